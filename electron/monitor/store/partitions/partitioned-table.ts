import type { ClientBase } from 'pg';
import { type Month, monthName } from './partition-month.ts';

/** A table with a partition for each month and a default partition. */
export type PartitionedTable = {
  readonly name: 'series_ticks' | 'series_candles_1m';
  /** The column by which it is partitioned. */
  readonly time: 'observed_at' | 'bucket';
};

export const PARTITIONED_TABLES: readonly PartitionedTable[] = [
  { name: 'series_ticks', time: 'observed_at' },
  { name: 'series_candles_1m', time: 'bucket' },
];

export function partitionName(table: PartitionedTable, month: Month): string {
  return `${table.name}_${monthName(month)}`;
}

/**
 * Creates the partition of a month unless it exists, and moves the rows of that month from the default partition into it. This is
 * done by a function of the tables' owner (`sql/0009_work_of_the_owner.sql`), so that it also works for a user who may only
 * write. Throws when another session uses the default partition for longer than two seconds.
 */
export async function makePartition(
  client: ClientBase,
  table: PartitionedTable,
  month: Month,
): Promise<void> {
  await client.query('select make_partition($1, $2)', [table.name, new Date(month.from)]);
}

/** The content of the default partition: the start of each month in milliseconds and its number of rows. */
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
