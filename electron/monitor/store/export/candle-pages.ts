import type { PoolClient } from 'pg';
import type { Candle } from '../../../../shared/domain/candle.ts';
import { bucketStart, type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { isOfMinutes, readCandlesBetween } from '../reads/read-candles.ts';
import type { Archives } from '../reads/read-older-minutes.ts';
import type { ExportRange } from './export-request.ts';

const CANDLES_PER_PAGE = 5_000;
/** Of candles that are computed from minutes, fewer, so that not too many minutes are in memory. */
const MINUTES_PER_PAGE = 20_000;

/**
 * The candles of a coin that start in a range, oldest first, as a chart shows them, a page at a time. Their volume is what was
 * traded, in units of the coin, where that is known.
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
  const first = await run((client) => readFirst(client, coinId, vsCurrency));
  if (first === null) return;
  const firstStart = bucketStart(Math.max(from, first), interval);
  for (let start = firstStart; start < to; start += perPage * lengthMs) {
    const range = { from: Math.max(start, from), to: Math.min(start + perPage * lengthMs, to) };
    const page = await run((client) =>
      readCandlesBetween(client, { coinId, vsCurrency, interval, ...range }, archives),
    );
    if (page.length > 0) yield page;
  }
}

/** The first instant of which there is a candle, in the database or the archive, in ms. */
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
       (
         select min(first_at) from archive_files
         where series_id in (select id from series where coin_id = $1 and vs_currency = $2)
           and relation = 'series_candles_1m' and state = 'archived'
       ),
       (select min(bucket) from history_candles where coin_id = $1 and vs_currency = $2)
     ))::double precision * 1000 as first_ms`,
    [coinId, vsCurrency],
  );
  return rows[0]?.first_ms ?? null;
}
