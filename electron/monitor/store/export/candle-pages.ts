import type { PoolClient } from 'pg';
import type { Candle } from '../../../../shared/domain/candle.ts';
import { bucketStart, type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { isOfMinutes } from '../reads/candle-table.ts';
import { readCandlesBetween } from '../reads/read-candles.ts';
import { readNextCandleTime } from '../reads/read-next-candle-time.ts';
import type { Archives } from '../reads/read-older-minutes.ts';
import type { ExportRange } from './export-request.ts';

const CANDLES_PER_PAGE = 5_000;
/** Smaller for candles that are computed from minutes, to limit the minutes in memory. */
const MINUTES_PER_PAGE = 20_000;

/**
 * The candles of a coin that start in a range, oldest first, as in a chart, in pages. Their volume is the traded one, in units of
 * the coin, if it is known. Each page begins with the next stored candle, so that gaps cost nothing.
 *
 * @param archives opens the archives of months that are not in the database; null leaves them out
 */
export async function* candlePages(
  run: <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>,
  { coinId, vsCurrency, from, to }: ExportRange,
  interval: Interval,
  archives: Archives | null = null,
): AsyncGenerator<readonly Candle[]> {
  const lengthMs = intervalLengthMs(interval);
  const mostOfMinutes = Math.max(1, Math.floor((MINUTES_PER_PAGE * intervalLengthMs('1m')) / lengthMs));
  const perPage = isOfMinutes(interval) ? Math.min(CANDLES_PER_PAGE, mostOfMinutes) : CANDLES_PER_PAGE;
  const coin = { coinId, vsCurrency, interval };
  for (let at = bucketStart(from, interval); at < to; ) {
    const next = await run((client) => readNextCandleTime(client, coin, at));
    if (next === null || next >= to) return;
    const start = bucketStart(next, interval);
    const end = start + perPage * lengthMs;
    const range = { from: Math.max(start, from), to: Math.min(end, to) };
    const page = await run((client) =>
      readCandlesBetween(client, { coinId, vsCurrency, interval, ...range }, archives),
    );
    if (page.length > 0) yield page;
    at = end;
  }
}
