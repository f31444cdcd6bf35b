import type { ClientBase } from 'pg';
import type { VolumeKind } from '../../../../shared/domain/candle.ts';
import {
  bucketOrigin,
  bucketStart,
  type Interval,
  intervalLengthMs,
} from '../../../../shared/domain/interval.ts';
import type { CandleTable } from './candle-table.ts';
import type { HistoryPiece, MeasuredSpan } from './fill-candles.ts';
import type { CandleQuery } from './queries.ts';

const HOUR_SECONDS = 3_600;

/**
 * The candles of providers that a candle of the interval is made of and that have no tick of ours in them, in the newest
 * `limit` buckets that have any but those of times without trades.
 *
 * @param seriesIds what was measured of the coin
 * @param notBefore start of the oldest bucket that is wanted, in ms
 */
export async function readHistory(
  client: ClientBase,
  query: CandleQuery,
  seriesIds: readonly number[],
  notBefore: number,
): Promise<readonly HistoryPiece[]> {
  const { coinId, vsCurrency, interval, limit, before } = query;
  const end = bucketStart(before - 1, interval) + intervalLengthMs(interval);
  const { rows } = await client.query<PieceRow>(PIECES, [
    coinId,
    vsCurrency,
    timestamp(end),
    intervalLengthMs(interval) / 1_000,
    limit,
    timestamp(notBefore),
    timestamp(bucketOrigin(interval)),
    seriesIds,
  ]);
  return rows.map(({ start_ms, seconds, volume_kind, ...row }) => ({
    ...row,
    start: start_ms,
    lengthMs: seconds * 1_000,
    volumeKind: volume_kind,
  }));
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

type MeasuredTable = Exclude<CandleTable, 'series_candles_1d'>;

const tableOf = (interval: Interval): MeasuredTable =>
  intervalLengthMs(interval) > HOUR_SECONDS * 1_000 &&
  intervalLengthMs(interval) % (HOUR_SECONDS * 1_000) === 0
    ? 'series_candles_1h'
    : 'series_candles_1m';

const isMeasured = (table: MeasuredTable): string => `
      exists (
        select from ${table} as measured
        where measured.series_id = any($8::integer[])
          and measured.bucket >= piece.bucket
          and measured.bucket < piece.bucket + piece.resolution_seconds * interval '1 second'
      )`;

const PIECES = `
  with given as (
    select bucket, resolution_seconds, source, open, high, low, close, volume, volume_kind
    from history_candles
    where coin_id = $1 and vs_currency = $2 and $4::integer % resolution_seconds = 0
      and bucket < $3::timestamptz and bucket >= $6::timestamptz
  ),
  starts as (
    select date_bin($4::integer * interval '1 second', bucket, $7::timestamptz) as start
    from given
    group by 1
    having bool_or(volume_kind <> 'traded' or volume is distinct from 0)
    order by 1 desc
    limit $5
  )
  select
    extract(epoch from bucket)::double precision * 1000 as start_ms,
    resolution_seconds as seconds,
    source, open, high, low, close, volume, volume_kind
  from given as piece
  where bucket >= (select min(start) from starts)
    and not case when resolution_seconds < ${HOUR_SECONDS}
      then ${isMeasured('series_candles_1m')}
      else ${isMeasured('series_candles_1h')}
    end
  order by bucket, resolution_seconds, source`;

const SPANS = {
  series_candles_1m: spansOf('series_candles_1m'),
  series_candles_1h: spansOf('series_candles_1h'),
};

function spansOf(table: MeasuredTable): string {
  return `
    select
      extract(epoch from start)::double precision * 1000 as start_ms,
      extract(epoch from min(open_at))::double precision * 1000 as first_ms,
      extract(epoch from max(close_at))::double precision * 1000 as last_ms
    from unnest($2::timestamptz[]) as wanted (start)
    join ${table} on series_id = any($1::integer[]) and bucket >= start and bucket < start + $3::interval
    group by start`;
}

function timestamp(ms: number): string {
  return ms === Number.NEGATIVE_INFINITY ? '-infinity' : new Date(ms).toISOString();
}
