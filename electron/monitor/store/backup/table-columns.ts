import type { ClientBase } from 'pg';
import { z } from 'zod';
import type { ParquetColumn, ParquetSchema } from '../parquet/parquet-schema.ts';

export const backupColumnSchema = z.strictObject({
  name: z.string().regex(/^[a-z_][a-z0-9_]*$/),
  /** The PostgreSQL type. */
  sqlType: z.string().regex(/^[a-z][a-z ]*$/),
  nullable: z.boolean(),
});
export type BackupColumn = Readonly<z.infer<typeof backupColumnSchema>>;

/** Types that Parquet supports. Values of all others are stored as PostgreSQL's text, which every version can parse. */
const PARQUET_TYPES: Readonly<Record<string, ParquetColumn['type']>> = {
  'double precision': 'double',
  integer: 'integer',
  'timestamp with time zone': 'timestamp',
};

/** The Parquet columns for the columns of a table. */
export function parquetSchemaOf(columns: readonly BackupColumn[]): ParquetSchema {
  return columns.map(({ name, sqlType, nullable }) => ({
    name,
    type: PARQUET_TYPES[sqlType] ?? 'text',
    nullable,
  }));
}

/** The columns of a table in order. */
export async function readColumns(client: ClientBase, table: string): Promise<readonly BackupColumn[]> {
  const { rows } = await client.query<BackupColumn>(
    `select attname::text as name, format_type(atttypid, atttypmod) as "sqlType", not attnotnull as nullable
     from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped
     order by attnum`,
    [table],
  );
  return rows.map((column) => backupColumnSchema.parse(column));
}
