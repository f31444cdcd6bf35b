import type { ClientBase } from 'pg';
import { bucketStart, type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { eachTable, tableOf } from './candle-table.ts';
import { type HistoryPiece, haveCandle, type MeasuredSpan } from './fill-candles.ts';
import { foldLevelOf } from './fold-level.ts';
import type { CandleQuery } from './queries.ts';
import { type FoldsQuery, readFolds, readNewestFold } from './read-folds.ts';

/** JavaScript and PostgreSQL format years of four digits in the same way. */
const EARLIEST = Date.UTC(1000, 0, 1);

/** What is known of the stored candles of a coin before the end of a chart. */
export type StoredCoin = {
  /** The measured series, of all sources. */
  readonly seriesIds: readonly number[];
  /** When the first measured candle starts or earlier, in milliseconds since the epoch; infinite when nothing was measured. */
  readonly firstMeasured: () => Promise<number>;
  /** When the newest historical candle of the chart's level starts, in milliseconds since the epoch; null when there is none. */
  readonly newestHistory: number | null;
};

/**
 * Reads the providers' candles, oldest first, that candles of the interval consist of and in whose time there are no measured
 * ticks: those of the newest `limit` buckets with a candle, historical or measured, and possibly of older ones. They are folded
 * to the interval as far as possible. First the range is read that the missing candles would fill without gaps; older ranges are
 * read only while some are still missing.
 *
 * @param measuredStarts the buckets with measured candles
 * @param notBefore start of the oldest requested bucket, in milliseconds since the epoch
 */
export async function readHistory(
  client: ClientBase,
  { coinId, vsCurrency, interval, limit }: Omit<CandleQuery, 'before'>,
  { seriesIds, firstMeasured, newestHistory }: StoredCoin,
  measuredStarts: readonly number[],
  notBefore: number,
): Promise<readonly HistoryPiece[]> {
  const oldest = Math.max(EARLIEST, notBefore);
  if (newestHistory === null || newestHistory < oldest) return [];
  const folds: FoldsQuery = {
    coinId,
    vsCurrency,
    seriesIds,
    firstMeasured: await firstMeasured(),
    level: foldLevelOf(interval),
  };
  const lengthMs = intervalLengthMs(interval);
  let pieces: readonly HistoryPiece[] = [];
  let from = Number.POSITIVE_INFINITY;
  let newest: number | null = newestHistory;
  for (let times = 1; newest !== null && newest >= oldest; times *= 2) {
    // Gaps are skipped: each range ends with the newest candle.
    const to = Math.min(from, bucketStart(newest, interval) + lengthMs);
    const missing = limit - countBuckets(pieces, measuredStarts, interval, to);
    if (missing <= 0) break;
    from = Math.max(oldest, to - times * missing * lengthMs);
    const found = await readFolds(client, folds, { from, to });
    pieces = [...found.toSorted(byStart), ...pieces];
    if (from === oldest || countBuckets(pieces, measuredStarts, interval, from) >= limit) break;
    newest = await readNewestFold(client, folds, from);
  }
  return pieces;
}

function byStart(a: HistoryPiece, b: HistoryPiece): number {
  return a.start - b.start;
}

/** Counts the buckets from an instant on that have a candle, historical or measured. */
function countBuckets(
  pieces: readonly HistoryPiece[],
  measuredStarts: readonly number[],
  interval: Interval,
  from: number,
): number {
  const byBucket = Map.groupBy(pieces, ({ start }) => bucketStart(start, interval));
  const filled = [...byBucket].filter(([, own]) => haveCandle(own)).map(([start]) => start);
  return new Set([...filled, ...measuredStarts.filter((start) => start >= from)]).size;
}

/**
 * The times of the first and the last tick in each of these buckets.
 *
 * @param starts the buckets, oldest first
 */
export async function readMeasuredSpans(
  client: ClientBase,
  interval: Interval,
  seriesIds: readonly number[],
  starts: readonly number[],
): Promise<ReadonlyMap<number, MeasuredSpan>> {
  if (starts.length === 0) return new Map();
  const lengthMs = intervalLengthMs(interval);
  const [from, to] = [starts[0] ?? 0, (starts.at(-1) ?? 0) + lengthMs];
  const { rows } = await client.query<{ start_ms: number; first_ms: number; last_ms: number }>(
    SPANS[tableOf(interval)],
    [seriesIds, starts.map(timestamp), `${lengthMs} milliseconds`, timestamp(from), timestamp(to)],
  );
  return new Map(rows.map((row) => [row.start_ms, { first: row.first_ms, last: row.last_ms }]));
}

/** The bounds of all buckets exclude the partitions of other months at planning. */
const SPANS = eachTable(
  (table) => `
    select
      extract(epoch from start)::double precision * 1000 as start_ms,
      extract(epoch from min(open_at))::double precision * 1000 as first_ms,
      extract(epoch from max(close_at))::double precision * 1000 as last_ms
    from unnest($2::timestamptz[]) as wanted (start)
    join ${table} on series_id = any($1::integer[]) and bucket >= start and bucket < start + $3::interval
      and bucket >= $4::timestamptz and bucket < $5::timestamptz
    group by start`,
);

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
