import type { ClientBase } from 'pg';
import type { Candle } from '../../../../shared/domain/candle.ts';
import type { CandleSeries } from '../../../../shared/domain/candle-series.ts';
import { bucketOrigin, bucketStart, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { lockLocations } from '../archive/archive-lock.ts';
import { type CandleTable, eachTable, isOfMinutes, tableOf } from './candle-table.ts';
import { type CandleOfBothVolumes, fillCandles } from './fill-candles.ts';
import type { CandleQuery, CandleRange } from './queries.ts';
import { readHistory, readMeasuredSpans } from './read-history.ts';
import {
  type Archives,
  hasArchivedMinutes,
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
  const { coinId, vsCurrency, interval } = query;
  const seriesIds = await readSeriesIds(client, query);
  const measured = await readMeasured(client, query, seriesIds, archives);
  const starts = measured.map(({ start }) => start);
  const notBefore = (starts.length === query.limit && starts[0]) || Number.NEGATIVE_INFINITY;
  const pieces = await readHistory(client, query, seriesIds, starts, notBefore);
  const bucketsOfPieces = new Set(pieces.map(({ start }) => bucketStart(start, interval)));
  const inPart = starts.filter((each) => bucketsOfPieces.has(each));
  return {
    coinId,
    vsCurrency,
    interval,
    ...fillCandles({
      interval,
      limit: query.limit,
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
  const seriesIds = await readSeriesIds(client, coin);
  const grid = [`${lengthMs} milliseconds`, timestamp(bucketOrigin(interval))];
  const values = [seriesIds, timestamp(end), ...grid, timestamp(start)];
  const isArchived =
    archives !== null && isOfMinutes(interval) && (await hasArchivedMinutes(client, seriesIds, end));
  if (isArchived) await lockLocations(client);
  const { rows } = isArchived
    ? await client.query<CandleRow>(RECENT_WITH_ARCHIVED, [
        ...values,
        ...minuteArrays(await readArchivedMinutes(client, archives, seriesIds, start, end)),
      ])
    : await client.query<CandleRow>(RECENT[tableOf(interval)], values);
  const measured = rows.map(candleOfRow);
  const starts = measured.map((candle) => candle.start);
  const pieces = await readHistory(
    client,
    { ...coin, interval, limit, before: end },
    seriesIds,
    starts,
    start,
  );
  const bucketsOfPieces = new Set(pieces.map((piece) => bucketStart(piece.start, interval)));
  const inPart = starts.filter((each) => bucketsOfPieces.has(each));
  const spans = await readMeasuredSpans(client, interval, seriesIds, inPart);
  return fillCandles({ interval, limit, volumeKind: 'traded', measured, pieces, spans }).candles;
}

/** The series of a coin, of all sources. */
async function readSeriesIds(
  client: ClientBase,
  { coinId, vsCurrency }: Pick<CandleQuery, 'coinId' | 'vsCurrency'>,
): Promise<readonly number[]> {
  const { rows } = await client.query<{ id: number }>(
    'select id from series where coin_id = $1 and vs_currency = $2',
    [coinId, vsCurrency],
  );
  return rows.map(({ id }) => id);
}

/** JavaScript and PostgreSQL format years of four digits in the same way. */
const EARLIEST = Date.UTC(1000, 0, 1);

/**
 * First reads the range that `limit` candles without gaps would fill, which is in a few partitions at most. Older candles are
 * read only if some are missing.
 */
async function readMeasured(
  client: ClientBase,
  { interval, limit, before }: CandleQuery,
  seriesIds: readonly number[],
  archives: Archives | null,
): Promise<readonly CandleOfBothVolumes[]> {
  if (seriesIds.length === 0) return [];
  const table = tableOf(interval);
  // The result includes the whole newest bucket, even the part after `before`.
  const end = bucketStart(before - 1, interval) + intervalLengthMs(interval);
  const from = Math.max(EARLIEST, end - limit * intervalLengthMs(interval));
  const grid = [`${intervalLengthMs(interval)} milliseconds`, timestamp(bucketOrigin(interval))];
  const mayBeArchived = table === 'series_candles_1m' && archives !== null;
  if (mayBeArchived && (await hasArchivedMinutes(client, seriesIds, end))) {
    return readOlderMinutes(client, archives, seriesIds, { interval, limit, end }, async (start, minutes) => {
      const values = [seriesIds, timestamp(end), ...grid, timestamp(start), ...minuteArrays(minutes)];
      const { rows } = await client.query<CandleRow>(RECENT_WITH_ARCHIVED, values);
      return rows.map(candleOfRow);
    });
  }
  const recent = await client.query<CandleRow>(RECENT[table], [
    seriesIds,
    timestamp(end),
    ...grid,
    timestamp(from),
  ]);
  const missing = limit - recent.rows.length;
  if (missing === 0) return recent.rows.map(candleOfRow);
  const older = await client.query<CandleRow>(OLDER[table], [seriesIds, timestamp(from), ...grid, missing]);
  return [...older.rows, ...recent.rows].map(candleOfRow);
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
  readonly source: string;
};

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

const PRICES_OF_ONE = ['open', 'high', 'low', 'close', 'tick_count::integer', 'source']
  .map((column) => `(array_agg(${column} order by ${PREFERENCE}))[1] as ${column.split('::')[0]}`)
  .join(', ');

/**
 * Computes the candle of one source from finer candles. If any minute has trades, only minutes with trades are used. All hours
 * are used: in hours without trades, prices were polled because there was no connection.
 */
function merged(table: CandleTable): string {
  const aggregate = (call: string, pick: string): string =>
    table === 'series_candles_1m'
      ? `coalesce((${call} filter (where traded is not null))${pick}, (${call})${pick})`
      : `(${call})${pick}`;
  return `
        ${aggregate('array_agg(open order by open_at)', '[1]')} as open,
        ${aggregate('max(high)', '')} as high,
        ${aggregate('min(low)', '')} as low,
        ${aggregate('array_agg(close order by close_at desc)', '[1]')} as close,
        ${aggregate('min(open_at)', '')} as open_at,
        ${aggregate('max(close_at)', '')} as close_at`;
}

/** The candles of the series from `from` to before `end`, one for each bucket. */
function bucketsBetween(table: CandleTable, from: string, end: string, archived = ''): string {
  return `
    by_series as (
      select
        date_bin($3::interval, bucket, $4::timestamptz) as start,
        series_id,
        ${merged(table)},
        (array_agg(volume_24h order by close_at desc))[1] as rolling,
        sum(traded) as traded,
        sum(tick_count)::integer as tick_count
      from (
        select ${MINUTE_COLUMNS.join(', ')}
        from ${table}
        where series_id = any($1::integer[]) and bucket >= ${from} and bucket < ${end}
        ${archived}
      ) as stored
      group by 1, 2
    ),
    ranked as (
      select
        by_series.*, source,
        close_at - open_at as reach,
        max(close_at - open_at) over (partition by start) as longest_reach
      from by_series
      join series on series.id = series_id
    )
    select
      extract(epoch from start)::double precision * 1000 as start_ms,
      ${PRICES_OF_ONE},
      (array_agg(rolling order by close_at desc, source) filter (where rolling is not null))[1] as rolling,
      max(traded) as traded
    from ranked
    group by start
    order by start`;
}

/** Parameters: `$1` series, `$2` end, `$3` length, `$4` origin of the buckets, `$5` start. */
const RECENT: Readonly<Record<CandleTable, string>> = eachTable(
  (table) => `with ${bucketsBetween(table, '$5::timestamptz', '$2::timestamptz')}`,
);

/** The same with minutes of the archive, one array per column from `$6` on. Both may have a part of the same minute. */
const RECENT_WITH_ARCHIVED = `with ${bucketsBetween(
  'series_candles_1m',
  '$5::timestamptz',
  '$2::timestamptz',
  `union all
        select * from unnest(${MINUTE_COLUMNS.map((name, index) => `$${index + 6}::${minuteType(name)}[]`).join(', ')})`,
)}`;

function minuteType(column: string): string {
  if (column === 'series_id' || column === 'tick_count') return 'integer';
  return column === 'bucket' || column.endsWith('_at') ? 'timestamptz' : 'double precision';
}

/**
 * `$5` is the limit. `starts` skips through the index from bucket to bucket, newest first, so that only the required rows are
 * read, however long the gaps between them are.
 */
const OLDER: Readonly<Record<CandleTable, string>> = eachTable((table) => {
  const newestStartBefore = (end: string): string => `
      select max(newest.start)
      from unnest($1::integer[]) as wanted (id)
      cross join lateral (
        select date_bin($3::interval, bucket, $4::timestamptz) as start from ${table}
        where series_id = wanted.id and bucket < ${end}
        order by bucket desc limit 1
      ) as newest`;
  return `
    with recursive starts (start, number) as (
      select (${newestStartBefore('$2::timestamptz')}), 1
      union all
      select (${newestStartBefore('starts.start')}), number + 1
      from starts where starts.start is not null and number < $5
    ),
    ${bucketsBetween(table, '(select min(start) from starts)', '$2::timestamptz')}`;
});

function candleOfRow(row: CandleRow): CandleOfBothVolumes {
  const { start_ms, open, high, low, close, rolling, traded, tick_count, source } = row;
  const volumes = { traded, 'rolling-24h': rolling };
  return { start: start_ms, source, open, high, low, close, volumes, tickCount: tick_count };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
