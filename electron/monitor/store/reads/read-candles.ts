import type { ClientBase } from 'pg';
import type { CandleSeries } from '../../../../shared/domain/candle-series.ts';
import {
  bucketOrigin,
  bucketStart,
  type Interval,
  intervalLengthMs,
  isOfDays,
} from '../../../../shared/domain/interval.ts';
import { type CandleOfBothVolumes, fillCandles } from './fill-candles.ts';
import type { CandleQuery } from './queries.ts';
import { readHistory, readMeasuredSpans } from './read-history.ts';

type CandleTable = 'candles_1m' | 'candles_1h';

/** The coarsest stored candles that the interval is a multiple of. Past days come from `ohlcv_daily`. */
function tableOf(interval: Interval): CandleTable {
  return intervalLengthMs(interval) % intervalLengthMs('1h') === 0 ? 'candles_1h' : 'candles_1m';
}

/**
 * The newest candles before an instant, oldest first: measured ones, and history of providers where nothing was measured.
 * When several sources have measured the same bucket, the prices of one count, see `PREFERENCE`. Volumes come from whichever
 * has them: the rolling one from the source that closed last, the traded one from that with the largest.
 *
 * @param dailyStaleFrom the first day, in ms, for which `ohlcv_daily` cannot be trusted
 */
export async function readCandles(
  client: ClientBase,
  query: CandleQuery,
  dailyStaleFrom: number,
): Promise<CandleSeries> {
  const { coinId, vsCurrency, interval } = query;
  const measured = isOfDays(interval)
    ? await readDays(client, query, dailyStaleFrom)
    : await readBuckets(client, query, Number.NEGATIVE_INFINITY);
  const isFull = measured.length === query.limit;
  const notBefore = (isFull && measured[0]?.start) || Number.NEGATIVE_INFINITY;
  const pieces = await readHistory(client, query, notBefore);
  const bucketsOfPieces = new Set(pieces.map(({ start }) => bucketStart(start, interval)));
  const inPart = measured.filter(({ start }) => bucketsOfPieces.has(start)).map(({ start }) => start);
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
      spans: await readMeasuredSpans(client, query, inPart),
    }),
  };
}

/** Buckets of days that changed since the view was refreshed come from hourly candles, the others from the view. */
async function readDays(
  client: ClientBase,
  query: CandleQuery,
  viewStaleFrom: number,
): Promise<CandleOfBothVolumes[]> {
  const { interval } = query;
  const staleFrom = Number.isFinite(viewStaleFrom) ? bucketStart(viewStaleFrom, interval) : viewStaleFrom;
  const live = await readBuckets(client, query, staleFrom);
  const missing = query.limit - live.length;
  if (missing === 0 || staleFrom === Number.NEGATIVE_INFINITY) return live;
  const { rows } = await client.query<CandleRow>(DAYS, [
    query.coinId,
    query.vsCurrency,
    dayOf(Math.min(bucketEnd(query.before - 1, interval), staleFrom) - 1),
    missing,
    `${intervalLengthMs(interval)} milliseconds`,
    timestamp(bucketOrigin(interval)),
  ]);
  return [...rows.reverse().map(candleOfRow), ...live];
}

/** @param notBefore start of the oldest bucket that is wanted */
async function readBuckets(
  client: ClientBase,
  query: CandleQuery,
  notBefore: number,
): Promise<CandleOfBothVolumes[]> {
  const { coinId, vsCurrency, interval, limit, before } = query;
  // All of the newest bucket belongs to the answer, also what of it lies after `before`.
  const end = bucketEnd(before - 1, interval);
  if (end <= notBefore) return [];
  const { rows } = await client.query<CandleRow>(BUCKETS[tableOf(interval)], [
    coinId,
    vsCurrency,
    timestamp(end),
    `${intervalLengthMs(interval)} milliseconds`,
    limit,
    timestamp(notBefore),
    timestamp(bucketOrigin(interval)),
  ]);
  return rows.map(candleOfRow);
}

type CandleRow = {
  /** `double precision`: milliseconds since the epoch. */
  readonly start_ms: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly rolling: number | null;
  readonly traded: number | null;
  readonly tick_count: number;
};

/** With each candle of a source, how much of its bucket its prices reach over, and the longest that any source's do. */
const withReach = (bucket: string): string =>
  `*, close_at - open_at as reach, max(close_at - open_at) over (partition by ${bucket}) as longest_reach`;

/**
 * Of the candles that sources have of one bucket, the one whose prices count: that of trades, if others reach over half an hour
 * more at most; else that of most ticks, but none that reaches over less than half of what others do, as the trades of a
 * day's last hour. The name only makes the choice certain.
 */
const PREFERENCE = [
  "(traded is not null and longest_reach - reach <= interval '30 minutes') desc",
  '(2 * reach >= longest_reach) desc',
  'tick_count desc',
  '(traded is not null) desc',
  'close_at desc',
  'source',
].join(', ');

const PRICES_OF_ONE = ['open', 'high', 'low', 'close', 'tick_count::integer']
  .map((column) => `(array_agg(${column} order by ${PREFERENCE}))[1] as ${column.split('::')[0]}`)
  .join(', ');

/**
 * The candle of one source from those of its minutes: where any of them has trades, from these alone. Of hours all count:
 * in those without trades prices were asked for because there was no connection.
 */
function merged(table: CandleTable): string {
  const aggregate = (call: string, pick: string): string =>
    table === 'candles_1h'
      ? `(${call})${pick}`
      : `coalesce((${call} filter (where traded is not null))${pick}, (${call})${pick})`;
  return `
        ${aggregate('array_agg(open order by open_at)', '[1]')} as open,
        ${aggregate('max(high)', '')} as high,
        ${aggregate('min(low)', '')} as low,
        ${aggregate('array_agg(close order by close_at desc)', '[1]')} as close,
        ${aggregate('min(open_at)', '')} as open_at,
        ${aggregate('max(close_at)', '')} as close_at`;
}

const BUCKETS: Readonly<Record<CandleTable, string>> = {
  candles_1m: bucketsFrom('candles_1m'),
  candles_1h: bucketsFrom('candles_1h'),
};

/**
 * `starts` jumps from bucket to bucket through the index, newest first, so that as many rows are read as are needed,
 * however long the gaps between them are.
 */
function bucketsFrom(table: CandleTable): string {
  const newestStartBefore = (end: string): string => `
      select date_bin($4::interval, bucket, $7::timestamptz) from ${table}
      where coin_id = $1 and vs_currency = $2 and bucket < ${end} and bucket >= $6::timestamptz
      order by bucket desc limit 1`;
  return `
    with recursive starts (start, number) as (
      select (${newestStartBefore('$3::timestamptz')}), 1
      union all
      select (${newestStartBefore('starts.start')}), number + 1
      from starts where starts.start is not null and number < $5
    ),
    by_source as (
      select
        date_bin($4::interval, bucket, $7::timestamptz) as start,
        source,
        ${merged(table)},
        (array_agg(volume_24h order by close_at desc))[1] as rolling,
        sum(traded) as traded,
        sum(tick_count)::integer as tick_count
      from ${table}
      where coin_id = $1 and vs_currency = $2
        and bucket >= (select min(start) from starts) and bucket < $3::timestamptz
      group by 1, 2
    ),
    ranked as (
      select ${withReach('start')} from by_source
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

const DAYS = `
  with by_source as (
    select
      date_bin($5::interval, day::timestamp at time zone 'UTC', $6::timestamptz) as start,
      source,
      ${merged('candles_1h')},
      (array_agg(volume_24h order by close_at desc))[1] as rolling,
      sum(traded) as traded,
      sum(tick_count)::integer as tick_count
    from ohlcv_daily
    where coin_id = $1 and vs_currency = $2 and day <= $3::date
    group by 1, 2
  ),
  ranked as (
    select ${withReach('start')} from by_source
  )
  select
    extract(epoch from start)::double precision * 1000 as start_ms,
    ${PRICES_OF_ONE},
    (array_agg(rolling order by close_at desc, source) filter (where rolling is not null))[1] as rolling,
    max(traded) as traded
  from ranked
  group by start
  order by start desc
  limit $4`;

function candleOfRow(row: CandleRow): CandleOfBothVolumes {
  const { start_ms, open, high, low, close, rolling, traded, tick_count } = row;
  const volumes = { traded, 'rolling-24h': rolling };
  return { start: start_ms, open, high, low, close, volumes, tickCount: tick_count };
}

function bucketEnd(at: number, interval: Interval): number {
  return bucketStart(at, interval) + intervalLengthMs(interval);
}

function timestamp(ms: number): string {
  return ms === Number.NEGATIVE_INFINITY ? '-infinity' : new Date(ms).toISOString();
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
