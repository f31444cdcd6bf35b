import type { ClientBase } from 'pg';
import type { VolumeKind } from '../../../../shared/domain/candle.ts';
import type { HistoryPiece } from './fill-candles.ts';
import type { FoldLevel } from './fold-level.ts';

const HOUR_SECONDS = 3_600;

/** From an instant to before another, in milliseconds since the epoch. */
type Stretch = { readonly from: number; readonly to: number };

export type FoldsQuery = {
  readonly coinId: string;
  readonly vsCurrency: string;
  /** The measured series of the coin. */
  readonly seriesIds: readonly number[];
  /** Nothing was measured before, in milliseconds since the epoch. */
  readonly firstMeasured: number;
  readonly level: FoldLevel;
};

/**
 * Reads the historical candles from one instant to before another in which nothing was measured: folded to `level` where nothing was
 * measured in the whole fold, otherwise to lower levels.
 */
export async function readFolds(
  client: ClientBase,
  query: FoldsQuery,
  stretch: Stretch,
): Promise<readonly HistoryPiece[]> {
  const { coinId, vsCurrency, seriesIds, firstMeasured, level } = query;
  // The common case: most history is older than the first tick.
  if (stretch.to <= firstMeasured) return readUnmeasured(client, query, stretch);
  if (level < HOUR_SECONDS) return readWithinHours(client, query, [stretch], false);
  const { rows } = await client.query<FoldRow>(FOLDS_OF_HOURS, [
    coinId,
    vsCurrency,
    level,
    timestamp(stretch.from),
    timestamp(stretch.to),
    seriesIds,
  ]);
  const measuredHours = new Set(rows.filter((row) => row.is_measured).map((row) => row.start_ms));
  const whole = rows.filter((row) => !row.is_measured).map(pieceOfRow);
  if (measuredHours.size === 0) return whole;
  const hours = [...measuredHours].map((from) => ({ from, to: from + HOUR_SECONDS * 1_000 }));
  return [...whole, ...(await readWithinHours(client, { ...query, level: 900 }, hours, true))];
}

/** A statement that does not look up measured candles takes a fraction of the time to plan. */
async function readUnmeasured(
  client: ClientBase,
  { coinId, vsCurrency, level }: FoldsQuery,
  { from, to }: Stretch,
): Promise<readonly HistoryPiece[]> {
  const values = [coinId, vsCurrency, level, timestamp(from), timestamp(to)];
  const { rows } = await client.query<FoldRow>(unmeasuredStatement(level), values);
  return rows.map(pieceOfRow);
}

/** @param areMeasured whether each stretch is an hour with ticks; hours whose minutes are no longer stored are left out */
async function readWithinHours(
  client: ClientBase,
  { coinId, vsCurrency, seriesIds, level }: FoldsQuery,
  stretches: readonly Stretch[],
  areMeasured: boolean,
): Promise<readonly HistoryPiece[]> {
  const { rows } = await client.query<FoldRow>(FOLDS_WITHIN_HOURS, [
    coinId,
    vsCurrency,
    level,
    timestamp(stretches.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY)),
    timestamp(stretches.reduce((most, { to }) => Math.max(most, to), Number.NEGATIVE_INFINITY)),
    seriesIds,
    stretches.map(({ from }) => timestamp(from)),
    stretches.map(({ to }) => timestamp(to)),
    areMeasured,
  ]);
  return rows.map(pieceOfRow);
}

/** The start of the newest historical candle before an instant, folded to a level, in ms; null when there is none. */
export async function readNewestFold(
  client: ClientBase,
  { coinId, vsCurrency, level }: FoldsQuery,
  before: number,
): Promise<number | null> {
  const values = [coinId, vsCurrency, level, timestamp(before)];
  const { rows } = await client.query<{ newest_ms: number | null }>(newestFoldStatement(level), values);
  return rows[0]?.newest_ms ?? null;
}

type FoldRow = {
  readonly start_ms: number;
  readonly level_seconds: number;
  readonly filled_seconds: number;
  readonly source: string;
  /** Prices are null if nothing was traded. */
  readonly open: number | null;
  readonly high: number | null;
  readonly low: number | null;
  readonly close: number | null;
  readonly volume: number | null;
  readonly volume_kind: VolumeKind;
  readonly is_measured: boolean;
};

function pieceOfRow({ open, high, low, close, ...row }: FoldRow): HistoryPiece {
  return {
    start: row.start_ms,
    lengthMs: row.level_seconds * 1_000,
    filledMs: row.filled_seconds * 1_000,
    isIdle: open === null,
    source: row.source,
    open: open ?? Number.NaN,
    high: high ?? Number.NaN,
    low: low ?? Number.NaN,
    close: close ?? Number.NaN,
    volume: row.volume,
    volumeKind: row.volume_kind,
  };
}

const COLUMNS = [
  'level_seconds',
  'bucket',
  'source',
  'filled_seconds',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'volume_kind',
].join(', ');

const RESULT = `
  select
    date_part('epoch', bucket) * 1000 as start_ms,
    level_seconds, filled_seconds, source, open, high, low, close, volume, volume_kind, is_measured
  from found`;

/** Most history is older than the first tick; for it, no measured candles have to be looked up. */
const FIRST_MEASURED = `
    first_measured as materialized (
      select coalesce(min(first.bucket), 'infinity') as bucket
      from unnest($6::integer[]) as wanted (id)
      cross join lateral (
        select bucket from series_candles_1h
        where series_id = wanted.id and bucket >= date_bin('1 hour', $4::timestamptz, 'epoch')
        order by bucket limit 1
      ) as first
    )`;

/** Whether there are ticks in the time of `fold`. */
function isMeasured(table: 'series_candles_1m' | 'series_candles_1h', within = ''): string {
  return `
        fold.bucket + fold.level_seconds * interval '1 second' > (select bucket from first_measured)
        and exists (
          select from ${table} as measured
          where measured.series_id = any($6::integer[])
            and measured.bucket >= fold.bucket
            and measured.bucket < fold.bucket + fold.level_seconds * interval '1 second'
            ${within}
        ) as is_measured`;
}

/** From the level `$3`, which is at least an hour, down to hours. The result includes hours with ticks. */
const FOLDS_OF_HOURS = `
  with recursive ${FIRST_MEASURED},
    found as (
      select ${COLUMNS}, ${isMeasured('series_candles_1h')}
      from history_folds as fold
      where coin_id = $1 and vs_currency = $2 and level_seconds = $3::integer
        and bucket >= $4::timestamptz and bucket < $5::timestamptz
      union all
      select fold.*, ${isMeasured('series_candles_1h')}
      from found
      cross join lateral (
        select ${COLUMNS} from history_folds as part
        where part.coin_id = $1 and part.vs_currency = $2
          and part.level_seconds = case found.level_seconds when 604800 then 86400 when 86400 then 14400 else 3600 end
          and part.source = found.source
          and part.bucket >= found.bucket
          and part.bucket < found.bucket + found.level_seconds * interval '1 second'
        offset 0
      ) as fold
      where found.is_measured and found.level_seconds > ${HOUR_SECONDS}
    )
  ${RESULT}
  where not is_measured or level_seconds = ${HOUR_SECONDS}`;

/** The folds of a level from an instant to before another. `isWanted` is a further condition. */
const foldsBetween = (level: string, from: string, to: string, isWanted = ''): string => `
        select ${COLUMNS} from history_folds
        where coin_id = $1 and vs_currency = $2 and level_seconds = ${level}
          and bucket >= ${from} and bucket < ${to} ${isWanted}`;

/** The providers' own candles of minutes, as folds. */
const minutesBetween = (from: string, to: string, isWanted = ''): string => `
        select
          resolution_seconds as level_seconds, bucket, source, resolution_seconds as filled_seconds,
          case when not is_idle then open end as open,
          case when not is_idle then high end as high,
          case when not is_idle then low end as low,
          case when not is_idle then close end as close,
          volume, volume_kind
        from history_candles
        cross join lateral (select volume_kind = 'traded' and volume is not distinct from 0 as is_idle) as known
        where coin_id = $1 and vs_currency = $2 and resolution_seconds = 60
          and bucket >= ${from} and bucket < ${to} ${isWanted}`;

/** Folds of less than an hour. */
const finerFolds = (level: string, from: string, to: string, isWanted = ''): string => `
        ${foldsBetween(level, from, to, isWanted)}
        union all
        ${minutesBetween(from, to, `and ${level} = 60 ${isWanted}`)}
        offset 0`;

/** Excludes the partitions of other months at planning. */
const WITHIN = 'and measured.bucket >= $4::timestamptz and measured.bucket < $5::timestamptz';

/** `$7` and `$8` are the stretches. */
const FOLDS_WITHIN_HOURS = `
  with recursive ${FIRST_MEASURED},
    stretches as materialized (
      select begins, ends
      from unnest($7::timestamptz[], $8::timestamptz[]) as given (begins, ends)
      where not $9::boolean or exists (
        select from series_candles_1m as measured
        where measured.series_id = any($6::integer[]) and measured.bucket >= begins and measured.bucket < ends ${WITHIN}
      )
    ),
    found as (
      select fold.*, ${isMeasured('series_candles_1m', WITHIN)}
      from stretches
      cross join lateral (${finerFolds('$3::integer', 'begins', 'ends')}
      ) as fold
      union all
      select fold.*, ${isMeasured('series_candles_1m', WITHIN)}
      from found
      cross join lateral (${finerFolds(
        'case found.level_seconds when 900 then 300 else 60 end',
        'found.bucket',
        "found.bucket + found.level_seconds * interval '1 second'",
        'and source = found.source',
      )}
      ) as fold
      where found.is_measured and found.level_seconds > 60
    )
  ${RESULT}
  where not is_measured`;

/** `$4` to before `$5`, of level `$3`. */
function unmeasuredStatement(level: FoldLevel): string {
  const [from, to] = ['$4::timestamptz', '$5::timestamptz'];
  // Two statements, because planning for a table that is not read would take as long as reading.
  const folds =
    level === 60 ? minutesBetween(from, to, 'and $3::integer = 60') : foldsBetween('$3::integer', from, to);
  return `with found as (select ${COLUMNS}, false as is_measured from (${folds}) as fold) ${RESULT}`;
}

/**
 * The start of the newest historical candle before the instant `$4`, folded to the level `$3`, in milliseconds since the epoch, as
 * `newest_ms`; no row when there is none. `$1` is the coin, `$2` the quote currency.
 */
export function newestFoldStatement(level: FoldLevel): string {
  const [table, length] =
    level === 60 ? ['history_candles', 'resolution_seconds'] : ['history_folds', 'level_seconds'];
  return `
    select date_part('epoch', bucket) * 1000 as newest_ms
    from ${table}
    where coin_id = $1 and vs_currency = $2 and ${length} = $3::integer and bucket < $4::timestamptz
    order by bucket desc limit 1`;
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
