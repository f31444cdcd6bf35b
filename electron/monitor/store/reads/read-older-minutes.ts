import type { ClientBase } from 'pg';
import { bucketStart, type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { lockLocations } from '../archive/archive-lock.ts';
import { ARCHIVED_CANDLES, type CandleRow } from '../archive/archived-table.ts';
import { readArchive } from '../archive/read-archive.ts';
import type { OpenedTargets } from '../archive/targets/open-targets.ts';
import { float8Array, int4Array, timestamptzArray } from '../binary/binary-array.ts';

/** Opens the archives of minutes that are not in the database. */
export type Archives = Pick<OpenedTargets, 'open'>;

/** An archived minute candle of a series. */
export type ArchivedMinute = CandleRow & { readonly series_id: number };

export const MINUTE_COLUMNS = [
  'series_id',
  ...ARCHIVED_CANDLES.schema.map(({ name }) => name),
] as readonly (keyof ArchivedMinute)[];

/** Encodes minutes as query parameters, one array for each of `MINUTE_COLUMNS`. */
export function minuteArrays(minutes: readonly ArchivedMinute[]): readonly Buffer[] {
  return [
    int4Array(minutes.map(({ series_id }) => series_id)),
    ...ARCHIVED_CANDLES.schema.map(({ name, type }) => {
      const values = minutes.map((minute) => minute[name as keyof ArchivedMinute]);
      if (type === 'timestamp') return timestamptzArray(values);
      return type === 'double' ? float8Array(values) : int4Array(values);
    }),
  ];
}

/**
 * Whether the archive has minutes of series that are older than an instant, as an expression of SQL.
 *
 * @param seriesIds a subquery
 */
export const HAS_ARCHIVED_MINUTES = (seriesIds: string, before: string): string => `exists (
      select from archive_files
      join archived_months using (relation, month)
      where relation = 'series_candles_1m' and series_id in ${seriesIds} and first_at < ${before}
        and archive_files.state = 'archived' and archived_months.state = 'archived'
    )`;

/**
 * Reads the newest candles before an instant, computed from the minutes of both the table and the archive, going back as far as
 * `limit` candles require. Only row groups of that range are read.
 *
 * @param fold computes the candles of a range (start inclusive, end exclusive), oldest first, from the table and these minutes
 */
export async function readOlderMinutes<C>(
  client: ClientBase,
  archives: Archives,
  seriesIds: readonly number[],
  wanted: { readonly interval: Interval; readonly limit: number; readonly end: number },
  fold: (from: number, minutes: readonly ArchivedMinute[]) => Promise<readonly C[]>,
): Promise<readonly C[]> {
  const { interval, limit, end } = wanted;
  const lengthMs = intervalLengthMs(interval);
  await lockLocations(client);
  let minutes: readonly ArchivedMinute[] = [];
  let from = end;
  for (let span = limit * lengthMs; ; span *= 2) {
    const newest = await newestBefore(client, seriesIds, from);
    if (newest === null) return fold(from, minutes);
    // Gaps are skipped: the next range ends with the next existing minute.
    const to = Math.min(from, bucketStart(newest, interval) + lengthMs);
    const start = Math.max(EARLIEST, to - span);
    minutes = [...(await readArchivedMinutes(client, archives, seriesIds, start, to)), ...minutes];
    from = start;
    const candles = await fold(from, minutes);
    if (candles.length >= limit) return candles.slice(-limit);
    if (from === EARLIEST) return candles;
  }
}

const EARLIEST = Date.UTC(1000, 0, 1);

/** Reads the archived minutes of a range (start inclusive, end exclusive), by series and time. */
export async function readArchivedMinutes(
  client: ClientBase,
  archives: Archives,
  seriesIds: readonly number[],
  from: number,
  to: number,
): Promise<readonly ArchivedMinute[]> {
  const minutes: ArchivedMinute[] = [];
  for (const { seriesId, batches } of await readArchive(client, archives, ARCHIVED_CANDLES, {
    seriesIds,
    from,
    to,
  }))
    for await (const batch of batches)
      for (const row of batch as readonly CandleRow[]) minutes.push({ ...row, series_id: seriesId });
  return minutes;
}

async function newestBefore(
  client: ClientBase,
  seriesIds: readonly number[],
  before: number,
): Promise<number | null> {
  const found = [
    await newestMinute(client, IN_TABLE, seriesIds, before),
    await newestMinute(client, IN_ARCHIVE, seriesIds, before),
  ].filter((at) => at !== null);
  return found.length === 0 ? null : Math.max(...found);
}

async function newestMinute(
  client: ClientBase,
  query: string,
  seriesIds: readonly number[],
  before: number,
): Promise<number | null> {
  const values = [seriesIds, new Date(before).toISOString()];
  const { rows } = await client.query<{ newest_ms: number | null }>(query, values);
  return rows[0]?.newest_ms ?? null;
}

const IN_TABLE = `
  select extract(epoch from max(newest.bucket))::double precision * 1000 as newest_ms
  from unnest($1::integer[]) as wanted (id)
  cross join lateral (
    select bucket from series_candles_1m
    where series_id = wanted.id and bucket < $2::timestamptz
    order by bucket desc limit 1
  ) as newest`;

/**
 * For a file that begins before the instant and ends after it, uses the minute before the instant as a bound, without reading it.
 */
const IN_ARCHIVE = `
  select
    extract(epoch from max(least(last_at, $2::timestamptz - interval '1 minute')))::double precision * 1000 as newest_ms
  from archive_files
  join archived_months using (relation, month)
  where relation = 'series_candles_1m' and series_id = any($1::integer[]) and first_at < $2::timestamptz
    and archive_files.state = 'archived' and archived_months.state = 'archived'`;
