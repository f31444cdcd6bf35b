import type { ClientBase } from 'pg';
import { type Month, monthName } from './partition-month.ts';

/** A table that has a partition for each month, and one for what has none. */
export type PartitionedTable = {
  readonly name: 'series_ticks' | 'series_candles_1m';
  /** The column by which it is partitioned. */
  readonly time: 'observed_at' | 'bucket';
  readonly options: string;
};

export const PARTITIONED_TABLES: readonly PartitionedTable[] = [
  { name: 'series_ticks', time: 'observed_at', options: '' },
  // A candle is updated many times while its bucket is the present one; room on the page keeps those updates off the index.
  { name: 'series_candles_1m', time: 'bucket', options: 'with (fillfactor = 80)' },
];

/** Any number will do that no other program takes for its own lock on the same database. */
const LOCK_KEY = 7_206_341_120;

/** Attaching waits for those who read the default partition, and all who come later wait behind it. */
const LOCK_TIMEOUT = '2s';

export function partitionName(table: PartitionedTable, month: Month): string {
  return `${table.name}_${monthName(month)}`;
}

/**
 * Makes the partition of a month unless it is there, and moves into it what the default partition has of that month. Within a
 * transaction. Throws when somebody else uses the default partition for longer than two seconds.
 */
export async function makePartition(
  client: ClientBase,
  table: PartitionedTable,
  month: Month,
): Promise<void> {
  const name = partitionName(table, month);
  const [from, to] = [month.from, month.to].map((at) => `timestamptz '${new Date(at).toISOString()}'`);
  await client.query('select pg_advisory_xact_lock($1)', [LOCK_KEY]);
  if (await isThere(client, name)) return;
  await client.query(`select set_config('lock_timeout', '${LOCK_TIMEOUT}', true)`);
  const hasDefault = await isThere(client, `${table.name}_default`);
  if (hasDefault) await client.query(`lock table ${table.name}_default in access exclusive mode`);
  // Attaching locks out nobody who reads or writes other partitions, as making it a partition at once would.
  await client.query(`create table ${name} (like ${table.name} including all) ${table.options}`);
  if (hasDefault) {
    await client.query(`
      with moved as (
        delete from ${table.name}_default where ${table.time} >= ${from} and ${table.time} < ${to} returning *
      )
      insert into ${name} select * from moved`);
  }
  await client.query(
    `alter table ${table.name} attach partition ${name} for values from (${from}) to (${to})`,
  );
}

/** What the default partition holds, by month: a month's start in milliseconds, and how many rows. */
export async function readDefaultPartition(
  client: ClientBase,
  table: PartitionedTable,
): Promise<readonly { readonly month: number; readonly rows: number }[]> {
  if (!(await isThere(client, `${table.name}_default`))) return [];
  const { rows } = await client.query<{ month: number; rows: number }>(`
    select
      extract(epoch from date_trunc('month', ${table.time} at time zone 'UTC') at time zone 'UTC')::double precision * 1000
        as month,
      count(*)::integer as rows
    from ${table.name}_default
    where ${table.time} between '0001-01-01' and '9999-12-31'
    group by 1
    order by 1`);
  return rows;
}

async function isThere(client: ClientBase, name: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [
    name,
  ]);
  return rows[0]?.there === true;
}
