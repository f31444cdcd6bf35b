import type { ClientBase } from 'pg';
import { monthOf } from '../partitions/partition-month.ts';
import { partitionName } from '../partitions/partitioned-table.ts';
import { ARCHIVED_TABLES, type ArchivedTable } from './archived-table.ts';

/** A month that has a partition. */
export type StoredMonth = {
  readonly table: ArchivedTable;
  /** First instant, in milliseconds since the epoch. */
  readonly month: number;
  /** Including the index. */
  readonly bytes: number;
};

/** The partitions of ticks and minutes, oldest first. Partitions with other names, which users have made, are not included. */
export async function readStoredMonths(client: ClientBase): Promise<readonly StoredMonth[]> {
  const months: StoredMonth[] = [];
  for (const table of ARCHIVED_TABLES) {
    const { rows } = await client.query<{ name: string; bytes: number }>(
      `select relname::text as name, pg_total_relation_size(pg_class.oid)::double precision as bytes
       from pg_inherits
       join pg_class on pg_class.oid = inhrelid
       where inhparent = to_regclass($1)`,
      [table.partitioned.name],
    );
    for (const { name, bytes } of rows) {
      const month = monthOfPartition(table, name);
      if (month !== null) months.push({ table, month, bytes });
    }
  }
  return months.sort((a, b) => a.month - b.month);
}

function monthOfPartition(table: ArchivedTable, name: string): number | null {
  const [, year, month] = /_(\d{4})_(\d\d)$/.exec(name) ?? [];
  if (year === undefined || month === undefined) return null;
  const at = Date.UTC(Number(year), Number(month) - 1, 1);
  return partitionName(table.partitioned, monthOf(at)) === name ? at : null;
}

/** The size of the program's tables with their indexes. */
export async function readDatabaseBytes(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(`
    select coalesce(sum(pg_total_relation_size(oid)), 0)::double precision as bytes
    from pg_class
    where relnamespace = (select relnamespace from pg_class where oid = 'series_ticks'::regclass)
      and relkind = 'r'
      and relname ~ '^(series|alerts|history_|moving|archive|ticks_to_move)'`);
  return rows[0]?.bytes ?? 0;
}
