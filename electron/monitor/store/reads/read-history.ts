import type { ClientBase } from 'pg';
import type { VolumeKind } from '../../../../shared/domain/candle.ts';
import { bucketStart, type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { type CandleTable, eachTable, tableOf } from './candle-table.ts';
import { type HistoryPiece, haveCandle, type MeasuredSpan } from './fill-candles.ts';
import { readHistoryResolutions } from './history-resolutions.ts';
import type { CandleQuery } from './queries.ts';

const HOUR_SECONDS = 3_600;

/** JavaScript and PostgreSQL format years of four digits in the same way. */
const EARLIEST = Date.UTC(1000, 0, 1);

/**
 * Reads the candles of providers that candles of the interval can be composed of and that contain no tick of the program, oldest
 * first: those of the newest `limit` buckets with a candle (of history or of ticks), and possibly some older ones. First reads
 * the range that `limit` candles without gaps would fill, and then older ranges until there are enough.
 *
 * @param seriesIds the measured series of the coin
 * @param measuredStarts the buckets with measured candles
 * @param notBefore start of the oldest requested bucket, in milliseconds since the epoch
 */
export async function readHistory(
  client: ClientBase,
  query: CandleQuery,
  seriesIds: readonly number[],
  measuredStarts: readonly number[],
  notBefore: number,
): Promise<readonly HistoryPiece[]> {
  const { coinId, vsCurrency, interval, limit, before } = query;
  const resolutions = await readHistoryResolutions(client, query);
  if (resolutions.length === 0) return [];
  const oldest = Math.max(EARLIEST, notBefore);
  const coin = [coinId, vsCurrency, resolutions];
  let to = bucketStart(before - 1, interval) + intervalLengthMs(interval);
  let pieces: readonly HistoryPiece[] = [];
  for (let span = limit * intervalLengthMs(interval); ; span *= 2) {
    const from = Math.max(oldest, to - span);
    const { rows } = await client.query<PieceRow>(PIECES, [
      ...coin,
      timestamp(from),
      timestamp(to),
      seriesIds,
      Math.max(...resolutions),
    ]);
    pieces = [...rows.map(pieceOfRow), ...pieces];
    if (from === oldest || countBuckets(pieces, measuredStarts, interval, from) >= limit) return pieces;
    const newest = await newestBefore(client, coin, from);
    if (newest === null || newest < oldest) return pieces;
    // Gaps are skipped: the next range ends with the next existing candle.
    to = Math.min(from, bucketStart(newest, interval) + intervalLengthMs(interval));
  }
}

/** The number of buckets from an instant on that have a candle, of history or of ticks. */
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

async function newestBefore(
  client: ClientBase,
  coin: readonly unknown[],
  before: number,
): Promise<number | null> {
  const { rows } = await client.query<{ newest_ms: number | null }>(NEWEST, [...coin, timestamp(before)]);
  return rows[0]?.newest_ms ?? null;
}

/** Reads the times of the first and the last tick in each of these buckets. */
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

type PieceRow = {
  readonly start_ms: number;
  readonly seconds: number;
  readonly source: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
  readonly volume_kind: VolumeKind;
};

const isMeasured = (table: CandleTable): string => `
      exists (
        select from ${table} as measured
        where measured.series_id = any($6::integer[])
          and measured.bucket >= piece.bucket
          and measured.bucket < piece.bucket + piece.resolution_seconds * interval '1 second'
      )`;

/**
 * Parameters: `$1` coin, `$2` currency, `$3` lengths, `$4` start, `$5` end, `$6` series, `$7` the greatest length.
 *
 * Most of the history is before the first tick, where no ticks have to be looked up. Of pieces within a piece of the greatest
 * length of the same source, only the extremes are needed; they are merged into one piece, which is within it as well.
 */
const PIECES = `
  with first_measured as materialized (
    select coalesce(min(first.bucket), 'infinity') as bucket
    from unnest($6::integer[]) as wanted (id)
    cross join lateral (
      select bucket from series_candles_1h
      where series_id = wanted.id and bucket >= date_bin('1 hour', $4::timestamptz, 'epoch')
      order by bucket limit 1
    ) as first
  ),
  given as materialized (
    select
      bucket, resolution_seconds, source, open, high, low, close, volume, volume_kind,
      date_bin($7::integer * interval '1 second', bucket, 'epoch') as start
    from history_candles as piece
    where coin_id = $1 and vs_currency = $2 and resolution_seconds = any($3::integer[])
      and bucket >= $4::timestamptz and bucket < $5::timestamptz
      and not case
        when bucket + resolution_seconds * interval '1 second' <= (select bucket from first_measured) then false
        when resolution_seconds < ${HOUR_SECONDS} then ${isMeasured('series_candles_1m')}
        else ${isMeasured('series_candles_1h')}
      end
  ),
  whole as (
    select start, source, volume_kind from given
    where resolution_seconds = $7 and volume is not null and (volume_kind <> 'traded' or volume <> 0)
  ),
  sorted as (
    select given.*, whole.start is not null and resolution_seconds < $7 as is_part
    from given left join whole using (start, source, volume_kind)
  )
  select
    extract(epoch from bucket)::double precision * 1000 as start_ms,
    resolution_seconds as seconds,
    source, open, high, low, close, volume, volume_kind
  from sorted
  where not is_part
  union all
  select
    extract(epoch from min(bucket))::double precision * 1000, min(resolution_seconds),
    source, min(open), max(high), min(low), min(close), null, volume_kind
  from sorted
  where is_part and (volume_kind <> 'traded' or volume is distinct from 0)
  group by start, source, volume_kind
  order by start_ms, seconds, source`;

/** The same parameters, except that `$4` is the end. */
const NEWEST = `
  select extract(epoch from max(newest.bucket))::double precision * 1000 as newest_ms
  from unnest($3::integer[]) as wanted (seconds)
  cross join lateral (
    select bucket from history_candles
    where coin_id = $1 and vs_currency = $2 and resolution_seconds = wanted.seconds and bucket < $4::timestamptz
    order by bucket desc limit 1
  ) as newest`;

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

function pieceOfRow({ start_ms, seconds, volume_kind, ...row }: PieceRow): HistoryPiece {
  return { ...row, start: start_ms, lengthMs: seconds * 1_000, volumeKind: volume_kind };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
