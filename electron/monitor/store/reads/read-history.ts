import type { ClientBase } from 'pg';
import { bucketStart, type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { eachTable, tableOf } from './candle-table.ts';
import { type HistoryPiece, haveCandle, type MeasuredSpan } from './fill-candles.ts';
import { foldLevelOf } from './fold-level.ts';
import type { CandleQuery } from './queries.ts';
import { type FoldsQuery, readFolds, readNewestFold } from './read-folds.ts';

/** JavaScript and PostgreSQL format years of four digits in the same way. */
const EARLIEST = Date.UTC(1000, 0, 1);

/**
 * The candles of providers that a candle of the interval is made of and that have no tick of ours in them, oldest first: those of
 * the newest `limit` buckets that have a candle, of history or of ticks, and maybe of older ones. They are folded to the interval, as far
 * as they can be. Read are as many as lie in the time that `limit` candles fill when none is missing, and of older times only as long as
 * some are.
 *
 * @param seriesIds the measured series of the coin
 * @param measuredStarts the buckets with measured candles
 * @param notBefore start of the oldest requested bucket, in milliseconds since the epoch
 */
export async function readHistory(
  client: ClientBase,
  { coinId, vsCurrency, interval, limit, before }: CandleQuery,
  seriesIds: readonly number[],
  measuredStarts: readonly number[],
  notBefore: number,
): Promise<readonly HistoryPiece[]> {
  const folds: FoldsQuery = { coinId, vsCurrency, seriesIds, level: foldLevelOf(interval) };
  const oldest = Math.max(EARLIEST, notBefore);
  let to = bucketStart(before - 1, interval) + intervalLengthMs(interval);
  let pieces: readonly HistoryPiece[] = [];
  for (let span = limit * intervalLengthMs(interval); ; span *= 2) {
    const from = Math.max(oldest, to - span);
    const found = await readFolds(client, folds, { from, to });
    pieces = [...found.toSorted(byStart), ...pieces];
    if (from === oldest || countBuckets(pieces, measuredStarts, interval, from) >= limit) return pieces;
    const newest = await readNewestFold(client, folds, from);
    if (newest === null || newest < oldest) return pieces;
    // Gaps are skipped: the next range ends with the next existing candle.
    to = Math.min(from, bucketStart(newest, interval) + intervalLengthMs(interval));
  }
}

function byStart(a: HistoryPiece, b: HistoryPiece): number {
  return a.start - b.start;
}

/** Buckets from an instant on that have a candle, of history or of ticks. */
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

/** The times of the first and the last tick in each of these buckets. */
export async function readMeasuredSpans(
  client: ClientBase,
  interval: Interval,
  seriesIds: readonly number[],
  starts: readonly number[],
): Promise<ReadonlyMap<number, MeasuredSpan>> {
  if (starts.length === 0) return new Map();
  const { rows } = await client.query<{ start_ms: number; first_ms: number; last_ms: number }>(
    SPANS[tableOf(interval)],
    [seriesIds, starts.map(timestamp), `${intervalLengthMs(interval)} milliseconds`],
  );
  return new Map(rows.map((row) => [row.start_ms, { first: row.first_ms, last: row.last_ms }]));
}

const SPANS = eachTable(
  (table) => `
    select
      extract(epoch from start)::double precision * 1000 as start_ms,
      extract(epoch from min(open_at))::double precision * 1000 as first_ms,
      extract(epoch from max(close_at))::double precision * 1000 as last_ms
    from unnest($2::timestamptz[]) as wanted (start)
    join ${table} on series_id = any($1::integer[]) and bucket >= start and bucket < start + $3::interval
    group by start`,
);

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
