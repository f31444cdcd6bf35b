import type { ClientBase } from 'pg';
import type { Candle } from '../../../../shared/domain/candle.ts';
import type { CandleSeries } from '../../../../shared/domain/candle-series.ts';
import {
  bucketOrigin,
  bucketStart,
  type Interval,
  intervalLengthMs,
} from '../../../../shared/domain/interval.ts';
import { lockLocations } from '../archive/archive-lock.ts';
import { type CandleTable, INTERVAL_OF, isOfMinutes, tableOf } from './candle-table.ts';
import { type CandleOfBothVolumes, fillCandles } from './fill-candles.ts';
import { foldLevelOf } from './fold-level.ts';
import type { CandleQuery, CandleRange } from './queries.ts';
import { newestFoldStatement } from './read-folds.ts';
import { readHistory, readMeasuredSpans, type StoredCoin } from './read-history.ts';
import {
  type ArchivedMinute,
  type Archives,
  HAS_ARCHIVED_MINUTES,
  MINUTE_COLUMNS,
  minuteArrays,
  readArchivedMinutes,
  readOlderMinutes,
} from './read-older-minutes.ts';

/**
 * Reads the newest candles before an instant, oldest first: measured ones, and history of providers where nothing was measured.
 * When several sources have measured the same bucket, the prices of one are used, see `PREFERENCE`. Volumes come from any source:
 * rolling volume from the one that closed last, traded volume from the one with the largest.
 *
 * @param archives opens the archives of months that are not in the database; null leaves them out
 */
export async function readCandles(
  client: ClientBase,
  query: CandleQuery,
  archives: Archives | null = null,
): Promise<CandleSeries> {
  const { coinId, vsCurrency, interval, limit } = query;
  // The result includes the whole newest bucket, even the part after `before`.
  const end = bucketStart(query.before - 1, interval) + intervalLengthMs(interval);
  const stored = await readStored(client, query, end);
  const { seriesIds } = stored;
  const measured = await readMeasured(client, { interval, limit, end }, stored, archives);
  const starts = measured.map(({ start }) => start);
  const notBefore = (starts.length === limit && starts[0]) || Number.NEGATIVE_INFINITY;
  const pieces = await readHistory(client, query, stored, starts, notBefore);
  const bucketsOfPieces = new Set(pieces.map(({ start }) => bucketStart(start, interval)));
  const inPart = starts.filter((each) => bucketsOfPieces.has(each));
  return {
    coinId,
    vsCurrency,
    interval,
    ...fillCandles({
      interval,
      limit,
      volumeKind: query.volumeKind,
      measured,
      pieces,
      spans: await readMeasuredSpans(client, interval, seriesIds, inPart),
    }),
  };
}

/**
 * Reads the candles that start in a range, oldest first, like `readCandles`, with traded volume.
 *
 * @param archives opens the archives of months that are not in the database; null leaves them out
 */
export async function readCandlesBetween(
  client: ClientBase,
  { interval, from, to, ...coin }: CandleRange,
  archives: Archives | null = null,
): Promise<readonly Candle[]> {
  const lengthMs = intervalLengthMs(interval);
  const [start, end] = [bucketStart(from + lengthMs - 1, interval), bucketStart(to - 1, interval) + lengthMs];
  if (start >= end) return [];
  const limit = (end - start) / lengthMs;
  const stored = await readStored(client, { ...coin, interval }, end);
  const { seriesIds } = stored;
  const isArchived = archives !== null && isOfMinutes(interval) && stored.hasArchivedMinutes;
  if (isArchived) await lockLocations(client);
  const minutes = isArchived ? await readArchivedMinutes(client, archives, seriesIds, start, end) : null;
  const measured = await readBetween(client, interval, stored, { start, end }, minutes);
  const starts = measured.map((candle) => candle.start);
  const pieces = await readHistory(client, { ...coin, interval, limit }, stored, starts, start);
  const bucketsOfPieces = new Set(pieces.map((piece) => bucketStart(piece.start, interval)));
  const inPart = starts.filter((each) => bucketsOfPieces.has(each));
  const spans = await readMeasuredSpans(client, interval, seriesIds, inPart);
  return fillCandles({ interval, limit, volumeKind: 'traded', measured, pieces, spans }).candles;
}

type CoinOfChart = Pick<CandleQuery, 'coinId' | 'vsCurrency' | 'interval'>;

/** What is stored of a coin before the end of a chart. */
type Stored = StoredCoin & {
  /** The source of each series. */
  readonly sources: readonly string[];
  /** Whether the archive has minutes, if the interval is computed from minutes. */
  readonly hasArchivedMinutes: boolean;
};

async function readStored(
  client: ClientBase,
  { coinId, vsCurrency, interval }: CoinOfChart,
  before: number,
): Promise<Stored> {
  const values = [coinId, vsCurrency, foldLevelOf(interval), timestamp(before)];
  const { rows } = await client.query<Omit<Stored, 'firstMeasured'>>(storedStatement(interval), values);
  const stored = rows[0] ?? { seriesIds: [], sources: [], newestHistory: null, hasArchivedMinutes: false };
  return { ...stored, firstMeasured: firstMeasuredReader(client, stored.seriesIds) };
}

/** Reads when it is first called: most charts do not need it. */
function firstMeasuredReader(client: ClientBase, seriesIds: readonly number[]): () => Promise<number> {
  const read = async (): Promise<number> => {
    const { rows } = await client.query<{ first_ms: number | null }>(FIRST_MEASURED, [seriesIds]);
    return rows[0]?.first_ms ?? Number.POSITIVE_INFINITY;
  };
  let first: Promise<number> | undefined;
  return () => {
    first ??= seriesIds.length === 0 ? Promise.resolve(Number.POSITIVE_INFINITY) : read();
    return first;
  };
}

/** JavaScript and PostgreSQL format years of four digits in the same way. */
const EARLIEST = Date.UTC(1000, 0, 1);

/** A month, as long as partitions are. */
const NEARBY_MS = 31 * 86_400_000;

/**
 * First reads the range that `limit` candles without gaps would fill, which is in a few partitions at most. Older candles are
 * read only if some are missing, and not from before the first one.
 */
async function readMeasured(
  client: ClientBase,
  wanted: { readonly interval: Interval; readonly limit: number; readonly end: number },
  stored: Stored,
  archives: Archives | null,
): Promise<readonly CandleOfBothVolumes[]> {
  const { seriesIds, firstMeasured, hasArchivedMinutes } = stored;
  if (seriesIds.length === 0) return [];
  const { interval, limit, end } = wanted;
  if (archives !== null && hasArchivedMinutes && isOfMinutes(interval)) {
    return readOlderMinutes(client, archives, seriesIds, wanted, (start, minutes) =>
      readBetween(client, interval, stored, { start, end }, minutes),
    );
  }
  const start = Math.max(EARLIEST, end - limit * intervalLengthMs(interval));
  let found = await readBetween(client, interval, stored, { start, end });
  if (found.length === limit) return found;
  const firstMs = await firstMeasured();
  if (firstMs >= start) return found;
  const shape = shapeOf(interval, seriesIds);
  let before = start;
  const first = Math.max(EARLIEST, bucketStart(firstMs, interval));
  // Planning for all partitions takes longer than reading the nearest ones, which usually suffice.
  const nearby = bucketStart(start - NEARBY_MS, interval);
  for (const since of shape.table === 'series_candles_1m' && nearby > first ? [nearby, first] : [first]) {
    if (found.length === limit) break;
    const values = [
      seriesIds,
      timestamp(before),
      ...gridOf(interval),
      limit - found.length,
      timestamp(since),
    ];
    const { rows } = await client.query<CandleRow>(olderStatement(shape), values);
    found = [...candlesOfRows(rows, stored), ...found];
    before = since;
  }
  return found;
}

/**
 * The measured candles from one instant to before another, oldest first.
 *
 * @param minutes those of the archive in this time; null when the archive is not read
 */
async function readBetween(
  client: ClientBase,
  interval: Interval,
  { seriesIds, sources }: Pick<Stored, 'seriesIds' | 'sources'>,
  { start, end }: { readonly start: number; readonly end: number },
  minutes: readonly ArchivedMinute[] | null = null,
): Promise<readonly CandleOfBothVolumes[]> {
  const values = [seriesIds, timestamp(end), ...gridOf(interval), timestamp(start)];
  const shape = shapeOf(interval, seriesIds);
  const { rows } =
    minutes === null
      ? await client.query<CandleRow>(recentStatement(shape), values)
      : await client.query<CandleRow>(RECENT_WITH_ARCHIVED, [...values, ...minuteArrays(minutes)]);
  return candlesOfRows(rows, { sources });
}

/** Length and origin of the buckets, as parameters. */
function gridOf(interval: Interval): readonly [string, string] {
  return [`${intervalLengthMs(interval)} milliseconds`, timestamp(bucketOrigin(interval))];
}

type CandleRow = {
  /** `double precision`, milliseconds since the epoch. */
  readonly start_ms: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly rolling: number | null;
  readonly traded: number | null;
  readonly tick_count: number;
  /** Absent if there is only one. */
  readonly source?: string;
};

/** `$1` coin, `$2` quote currency, `$3` level of folds, `$4` an instant. */
const storedStatement = (interval: Interval): string => `
  with own as materialized (
    select id, source from series where coin_id = $1 and vs_currency = $2
  )
  select
    array(select id from own order by id) as "seriesIds",
    array(select source from own order by id) as sources,
    (${newestFoldStatement(foldLevelOf(interval))}) as "newestHistory",
    ${isOfMinutes(interval) ? HAS_ARCHIVED_MINUTES('(select id from own)', '$4::timestamptz') : 'false'} as "hasArchivedMinutes"`;

/** Every measured candle has an hour, except for minutes that another database has archived and that were restored in this one. */
const FIRST_MEASURED = `
  select date_part('epoch', least(
    (
      select min(first.bucket)
      from unnest($1::integer[]) as own (id)
      cross join lateral (
        select bucket from series_candles_1h where series_id = own.id order by bucket limit 1
      ) as first
    ),
    (
      select min(month)::timestamp at time zone 'UTC' from archived_months
      where relation = 'series_candles_1m' and state = 'restored'
    )
  )) * 1000 as first_ms`;

/**
 * Selects the source whose prices are used for a bucket: the one with trades, unless another one covers over half an hour more of
 * the bucket; otherwise the one with the most ticks among those that cover at least half of what any other covers, which excludes
 * the trades of only the last hour of a day. The name makes the choice deterministic.
 */
const PREFERENCE = [
  "(traded is not null and longest_reach - reach <= interval '30 minutes') desc",
  '(2 * reach >= longest_reach) desc',
  'tick_count desc',
  '(traded is not null) desc',
  'close_at desc',
  'source',
].join(', ');

/** The steps of a statement besides reading a table. Unnecessary ones would take time for each candle. */
type Shape = {
  readonly table: CandleTable;
  /** Whether buckets consist of several candles of the table. */
  readonly isFolded: boolean;
  /** Whether several sources may have the same bucket. */
  readonly hasSeveral: boolean;
  /** Rows that are read beside the table, in a subquery. */
  readonly archived?: string;
};

function shapeOf(interval: Interval, seriesIds: readonly number[]): Shape {
  const table = tableOf(interval);
  return {
    table,
    isFolded: intervalLengthMs(interval) !== intervalLengthMs(INTERVAL_OF[table]),
    hasSeveral: seriesIds.length > 1,
  };
}

/**
 * Computes the candle of one source from finer candles. If any minute has trades, only minutes with trades are used. All hours
 * are used: in hours without trades, prices were polled because there was no connection. All arrays have the same order, so that the
 * server sorts only once (since version 16).
 */
function folded({ table, archived }: Shape): string {
  const isOfMinutes = table === 'series_candles_1m';
  const order = (column: string): string => (isOfMinutes ? `traded is null, ${column}` : column);
  // Each of the two may contain a part of a minute.
  const [first, last] = archived === undefined ? ['bucket', 'bucket'] : ['open_at', 'close_at'];
  const count = isOfMinutes ? 'coalesce(nullif(count(traded), 0), count(*))' : 'count(*)';
  const counting = (call: string): string =>
    isOfMinutes ? `coalesce(${call} filter (where traded is not null), ${call})` : call;
  return `
        (array_agg(open order by ${order(first)}))[1] as open,
        ${counting('max(high)')} as high,
        ${counting('min(low)')} as low,
        (array_agg(close order by ${order(last)}))[${count}] as close,
        ${counting('min(open_at)')} as open_at,
        ${counting('max(close_at)')} as close_at,
        (array_agg(volume_24h order by ${order(last)}))[${count}] as rolling,
        sum(traded) as traded,
        sum(tick_count)::integer as tick_count`;
}

const STORED_VALUES = 'open, high, low, close, open_at, close_at, volume_24h as rolling, traded, tick_count';

/** Candles from an instant to before another, of the series, one for each bucket. */
function bucketsBetween(shape: Shape, from: string, end: string): string {
  const { table, isFolded, hasSeveral, archived = '' } = shape;
  const bySeries = `
    by_series as (
      select
        date_bin($3::interval, bucket, $4::timestamptz) as start,
        ${hasSeveral ? 'series_id,' : ''}
        ${isFolded ? folded(shape) : STORED_VALUES}
      from (
        select ${MINUTE_COLUMNS.join(', ')}
        from ${table}
        where series_id = any($1::integer[]) and bucket >= ${from} and bucket < ${end}
        ${archived}
      ) as stored
      ${isFolded ? `group by 1${hasSeveral ? ', 2' : ''}` : ''}
    )`;
  const prices = `date_part('epoch', start) * 1000 as start_ms, open, high, low, close, tick_count`;
  if (!hasSeveral)
    return `${bySeries}
    select ${prices}, rolling, traded
    from by_series
    order by start`;
  return `${bySeries},
    ranked as (
      select
        by_series.*, source,
        close_at - open_at as reach,
        max(close_at - open_at) over (partition by start) as longest_reach,
        max(traded) over (partition by start) as most_traded,
        first_value(rolling) over (partition by start order by rolling is null, close_at desc, source) as newest_rolling
      from by_series
      join series on series.id = series_id
    )
    select distinct on (start) ${prices}, source, newest_rolling as rolling, most_traded as traded
    from ranked
    order by start, ${PREFERENCE}`;
}

/** `$1` series, `$2` end, `$3` length, `$4` origin of the buckets, `$5` start. */
function recentStatement(shape: Shape): string {
  return `with ${bucketsBetween(shape, '$5::timestamptz', '$2::timestamptz')}`;
}

/** The same with minutes of the archive, an array for each column from `$6` on. */
const RECENT_WITH_ARCHIVED = recentStatement({
  table: 'series_candles_1m',
  isFolded: true,
  hasSeveral: true,
  archived: `union all
        select * from unnest(${MINUTE_COLUMNS.map((name, index) => `$${index + 6}::${minuteType(name)}[]`).join(', ')})`,
});

function minuteType(column: string): string {
  if (column === 'series_id' || column === 'tick_count') return 'integer';
  return column === 'bucket' || column.endsWith('_at') ? 'timestamptz' : 'double precision';
}

/**
 * `$5` is the number of candles, `$6` an instant before which none is requested. `starts` skips from bucket to bucket through the
 * index, newest first, so that only the required rows are read, however long the gaps between them are.
 */
function olderStatement(shape: Shape): string {
  const newestStartBefore = (end: string): string => `
      select max(newest.start)
      from unnest($1::integer[]) as wanted (id)
      cross join lateral (
        select date_bin($3::interval, bucket, $4::timestamptz) as start from ${shape.table}
        where series_id = wanted.id and bucket < ${end} and bucket >= $6::timestamptz and bucket < $2::timestamptz
        order by bucket desc limit 1
      ) as newest`;
  return `
    with recursive starts (start, number) as (
      select (${newestStartBefore('$2::timestamptz')}), 1
      union all
      select (${newestStartBefore('starts.start')}), number + 1
      from starts where starts.start is not null and number < $5
    ),
    ${bucketsBetween(shape, '(select min(start) from starts) and bucket >= $6::timestamptz', '$2::timestamptz')}`;
}

function candlesOfRows(
  rows: readonly CandleRow[],
  { sources }: Pick<Stored, 'sources'>,
): readonly CandleOfBothVolumes[] {
  const only = sources[0] ?? '';
  return rows.map(({ start_ms, open, high, low, close, rolling, traded, tick_count, source = only }) => ({
    ...{ start: start_ms, source, open, high, low, close, tickCount: tick_count },
    volumes: { traded, 'rolling-24h': rolling },
  }));
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
