import type { PoolClient } from 'pg';
import type { Candle } from '../../../../shared/domain/candle.ts';
import { bucketStart, type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { readCandles } from '../reads/read-candles.ts';
import type { ExportRange } from './export-request.ts';

const CANDLES_PER_PAGE = 5_000;

/**
 * The candles of a coin that start in a range, oldest first, as a chart shows them, a page at a time. Their volume is what was
 * traded, in units of the coin, where that is known.
 */
export async function* candlePages(
  run: <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>,
  { coinId, vsCurrency, from, to }: ExportRange,
  interval: Interval,
): AsyncGenerator<readonly Candle[]> {
  const length = CANDLES_PER_PAGE * intervalLengthMs(interval);
  const first = await run((client) => readFirst(client, coinId, vsCurrency));
  if (first === null) return;
  for (let start = bucketStart(Math.max(from, first), interval); start < to; start += length) {
    const before = Math.min(start + length, to);
    const query = {
      coinId,
      vsCurrency,
      interval,
      limit: CANDLES_PER_PAGE,
      before,
      volumeKind: 'traded',
    } as const;
    const { candles } = await run((client) => readCandles(client, query));
    const page = candles.filter((candle) => candle.start >= Math.max(start, from));
    if (page.length > 0) yield page;
  }
}

/** The first instant of which there is a candle, in ms. */
async function readFirst(client: PoolClient, coinId: string, vsCurrency: string): Promise<number | null> {
  const { rows } = await client.query<{ first_ms: number | null }>(
    `select extract(epoch from least(
       (
         select min(bucket) from series_candles_1m
         where series_id in (select id from series where coin_id = $1 and vs_currency = $2)
       ),
       (
         select min(bucket) from series_candles_1h
         where series_id in (select id from series where coin_id = $1 and vs_currency = $2)
       ),
       (select min(bucket) from history_candles where coin_id = $1 and vs_currency = $2)
     ))::double precision * 1000 as first_ms`,
    [coinId, vsCurrency],
  );
  return rows[0]?.first_ms ?? null;
}
