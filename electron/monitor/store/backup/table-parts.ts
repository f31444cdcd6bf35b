import { createHash } from 'node:crypto';
import type { ClientBase, PoolClient } from 'pg';
import type { Row } from '../archive/hashed-file.ts';
import { withLongTimeout } from '../connection/migrate.ts';
import { copyOut } from '../export/copy-out.ts';
import { readBinaryCopy } from '../export/read-binary-copy.ts';
import type { RunInDatabase } from '../work/with-provider.ts';
import type { BackupTable } from './backup-tables.ts';
import { type BackupColumn, parquetSchemaOf } from './table-columns.ts';

/** The content of one part of a table. */
export type TablePart = {
  /** `2026-01`, `2026`, or `all`. */
  readonly label: string;
  readonly rows: number;
  /** The sum of the row hashes. */
  readonly fingerprint: string;
  /** The time of the first row, in milliseconds since the epoch; null for a table that is not divided by time. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
};

const LABELS = { month: 'YYYY-MM', year: 'YYYY' };

/** The parts of a table that have rows, oldest first; the server reads the table once. */
export async function readParts(
  client: ClientBase,
  { name, split, where = 'true' }: BackupTable,
): Promise<readonly TablePart[]> {
  const ms = (call: string): string => `(extract(epoch from ${call}) * 1000)::double precision`;
  const label =
    split === null ? `'all'` : `to_char(${split.column} at time zone 'UTC', '${LABELS[split.by]}')`;
  const [first, last] =
    split === null ? ['null', 'null'] : [ms(`min(${split.column})`), ms(`max(${split.column})`)];
  const { rows } = await client.query<TablePart>(
    withLongTimeout(`
      select
        ${label} as label,
        count(*)::double precision as rows,
        sum(hash_record_extended(stored_row, 0)::numeric)::text as fingerprint,
        ${first} as "firstAt",
        ${last} as "lastAt"
      from ${name} as stored_row
      where ${where}
      group by 1
      order by 1`),
  );
  return rows;
}

/** The rows of a part in the order of its table, in batches as they arrive. */
export function partRows(
  run: RunInDatabase,
  client: PoolClient,
  table: BackupTable,
  columns: readonly BackupColumn[],
  label: string,
): AsyncGenerator<readonly Row[]> {
  const schema = parquetSchemaOf(columns);
  const selected = schema.map(({ name, type }) => (type === 'text' ? `${name}::text as ${name}` : name));
  const query = `
    select ${selected.join(', ')} from ${table.name}
    where ${table.where ?? 'true'} and ${withinPart(table, label)}
    order by ${orderIn(table)}`;
  return readBinaryCopy(copyOut(run, client, `copy (${query}) to stdout with (format binary)`), schema);
}

/** Columns are qualified by their table, because the `select` list may have a text expression of the same name. */
function orderIn({ name, order }: BackupTable): string {
  return order
    .split(', ')
    .map((column) => `${name}.${column}`)
    .join(', ');
}

function withinPart({ name, split }: BackupTable, label: string): string {
  if (split === null) return 'true';
  const [year = 0, month = 1] = label.split('-').map(Number);
  const [from, to] =
    split.by === 'year'
      ? [Date.UTC(year, 0), Date.UTC(year + 1, 0)]
      : [Date.UTC(year, month - 1), Date.UTC(year, month)];
  const instant = (at: number): string => `timestamptz '${new Date(at).toISOString()}'`;
  return `${name}.${split.column} >= ${instant(from)} and ${name}.${split.column} < ${instant(to)}`;
}

/** The file name of a part. It depends only on the content, so that later backups find an equal file. */
export function partPath(
  table: string,
  columns: readonly BackupColumn[],
  { label, rows, fingerprint }: Pick<TablePart, 'label' | 'rows' | 'fingerprint'>,
): string {
  const content = JSON.stringify([table, columns, label, rows, fingerprint]);
  const key = createHash('sha256').update(content).digest('hex').slice(0, 24);
  return `data/${table}/${label}-${key}.parquet`;
}
