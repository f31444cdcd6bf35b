import type { PoolClient } from 'pg';
import type { Clock } from '../../time/clock.ts';
import { float8Array, int4Array, timestamptzArray } from '../binary/binary-array.ts';
import type { Month } from '../partitions/partition-month.ts';
import { makePartition } from '../partitions/partitioned-table.ts';
import { REPLACE_CANDLE } from '../writer/fill-days.ts';
import { archiveFileRows } from './archive-file.ts';
import { lockLocations, type RunInTransaction, waitLong } from './archive-lock.ts';
import { noteMonth, readFilesOf } from './archive-tables.ts';
import type { ArchivedRow, ArchivedTable } from './archived-table.ts';
import { faultOfFile } from './hashed-file.ts';
import { mergeParts } from './merge-rows.ts';
import { archiveError } from './targets/archive-error.ts';
import type { OpenedTargets } from './targets/open-targets.ts';

export type RestoreContext = {
  readonly run: RunInTransaction;
  readonly targets: Pick<OpenedTargets, 'open'>;
  readonly clock: Clock;
  readonly onProgress: (done: number, total: number) => void;
};

/**
 * Copies an archived month back into its table, in one transaction: after a crash it is entirely in the archive or entirely in
 * the table. The files are kept. Each file is compared with what was written before its rows are inserted.
 *
 * @param keepUntil until when retention skips the month
 * @returns the number of restored rows
 */
export async function restoreMonth(
  { run, targets, clock, onProgress }: RestoreContext,
  table: ArchivedTable,
  month: Month,
  keepUntil: number,
): Promise<number> {
  const files = (await run((client) => readFilesOf(client, table, month))).filter(
    ({ state }) => state === 'archived',
  );
  for (const { archiveUrl, path, written } of files) {
    const fault =
      written === null
        ? null
        : await faultOfFile(await targets.open(archiveUrl), path, table.schema, written);
    if (fault !== null)
      throw archiveError('read', path, archiveUrl, { fault: 'unavailable', errorText: '', reason: fault });
  }
  const total = files.reduce((sum, { written }) => sum + (written?.rows ?? 0), 0);
  let done = 0;
  await run((client) => makePartition(client, table.partitioned, month));
  await run(async (client) => {
    await waitLong(client);
    await lockLocations(client);
    for (const [seriesId, parts] of Map.groupBy(files, (file) => file.seriesId)) {
      const batches: AsyncIterable<readonly ArchivedRow[]>[] = [];
      for (const { archiveUrl, path } of parts)
        batches.push(archiveFileRows(await targets.open(archiveUrl), path, table));
      for await (const rows of mergeParts(table, batches)) {
        await putBack(client, table, seriesId, rows);
        done += rows.length;
        onProgress(done, total);
      }
    }
    await noteMonth(client, table, month, 'restored', clock.now(), keepUntil);
  }, 0);
  return done;
}

/** Inserts the archived rows, merged with those written to the table later. */
async function putBack(
  client: PoolClient,
  table: ArchivedTable,
  seriesId: number,
  rows: readonly ArchivedRow[],
): Promise<void> {
  const late = await lateRows(client, table, seriesId, rows);
  const merged = rows.map((row) => {
    const other = late.get(table.timeOf(row));
    return other === undefined ? row : table.merge(row, other);
  });
  const names = table.schema.map(({ name }) => name);
  const arrays = table.schema.map(({ name, type }) => {
    const values = merged.map((row) => (row as Record<string, number | null>)[name] ?? null);
    if (type === 'timestamp') return timestamptzArray(values);
    return type === 'double' ? float8Array(values) : int4Array(values);
  });
  const types = table.schema.map(({ type }, index) => `$${index + 2}::${SQL_TYPES[type]}[]`);
  const onConflict =
    table.name === 'ticks'
      ? `on conflict (observed_at, series_id) do update set ${names
          .slice(1)
          .map((name) => `${name} = excluded.${name}`)
          .join(', ')}`
      : REPLACE_CANDLE;
  await client.query(
    `insert into ${table.partitioned.name} (series_id, ${names.join(', ')})
     select $1::integer, ${names.join(', ')} from unnest(${types.join(', ')}) as given (${names.join(', ')})
     ${onConflict}`,
    [seriesId, ...arrays],
  );
}

const SQL_TYPES = {
  timestamp: 'timestamptz',
  double: 'double precision',
  integer: 'integer',
  text: 'text',
} as const;

/** The rows of the series in the table at these times, by time. */
async function lateRows(
  client: PoolClient,
  table: ArchivedTable,
  seriesId: number,
  rows: readonly ArchivedRow[],
): Promise<ReadonlyMap<number, ArchivedRow>> {
  const { time } = table.partitioned;
  const columns = table.schema.map(({ name, type }) =>
    type === 'timestamp' ? `(extract(epoch from ${name}) * 1000)::double precision as ${name}` : name,
  );
  const found = await client.query(
    `select ${columns.join(', ')} from ${table.partitioned.name} as stored
     where series_id = $1 and stored.${time} >= $2::timestamptz and stored.${time} <= $3::timestamptz`,
    [seriesId, isoOf(rows.at(0), table), isoOf(rows.at(-1), table, 1)],
  );
  return new Map((found.rows as ArchivedRow[]).map((row) => [table.timeOf(row), row]));
}

/** @param later milliseconds to add: times have microseconds, which JavaScript does not format */
function isoOf(row: ArchivedRow | undefined, table: ArchivedTable, later = 0): string {
  return new Date(row === undefined ? 0 : Math.floor(table.timeOf(row)) + later).toISOString();
}
