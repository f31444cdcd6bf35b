import type { ClientBase } from 'pg';
import type { Candle } from '../../../../shared/domain/candle.ts';
import { readCandles } from './read-candles.ts';

/** Candles that are read at once. */
const PAGE_CANDLES = 10_000;

export type MinutesQuery = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly from: number;
  /** Not included. */
  readonly to: number;
};

/** All candles of a minute in a stretch of time, oldest first. */
export async function readMinutes(client: ClientBase, query: MinutesQuery): Promise<readonly Candle[]> {
  const { coinId, vsCurrency, from, to } = query;
  const pages = [];
  for (let before = to; before > from; ) {
    const limit = Math.min(PAGE_CANDLES, Math.ceil((before - from) / 60_000) + 1);
    const { candles } = await readCandles(client, { coinId, vsCurrency, interval: '1m', limit, before });
    pages.unshift(candles.filter(({ start }) => start >= from));
    const oldest = candles[0]?.start;
    if (oldest === undefined || candles.length < limit) break;
    before = oldest;
  }
  return pages.flat();
}
