import type { PoolClient } from 'pg';
import type { Row } from '../../archive/hashed-file.ts';
import { float8Array, int4Array, textArray, timestamptzArray } from '../../binary/binary-array.ts';
import type { ParquetColumn } from '../../parquet/parquet-schema.ts';
import { type BackupColumn, parquetSchemaOf } from '../table-columns.ts';

/** Takes a few milliseconds. */
const ROWS_AT_A_TIME = 5_000;

/** Inserts rows unchanged, including generated columns. */
export async function insertRows(
  client: PoolClient,
  table: string,
  columns: readonly BackupColumn[],
  rows: readonly Row[],
): Promise<void> {
  const schema = parquetSchemaOf(columns);
  const names = columns.map(({ name }) => name).join(', ');
  const given = schema.map(({ type }, index) => `$${index + 1}::${ARRAYS[type]}[]`).join(', ');
  const values = columns.map(({ name, sqlType }) => `${name}::${sqlType}`).join(', ');
  const statement = `
    insert into ${table} (${names}) overriding system value
    select ${values} from unnest(${given}) as given (${names})`;
  for (let from = 0; from < rows.length; from += ROWS_AT_A_TIME) {
    const slice = rows.slice(from, from + ROWS_AT_A_TIME);
    await client.query(
      statement,
      schema.map((column) => arrayOf(column, slice)),
    );
  }
}

const ARRAYS = {
  timestamp: 'timestamptz',
  double: 'double precision',
  integer: 'integer',
  text: 'text',
} as const;

function arrayOf({ name, type }: ParquetColumn, rows: readonly Row[]): Buffer {
  const values = rows.map((row) => row[name] ?? null);
  switch (type) {
    case 'timestamp':
      return timestamptzArray(values as (number | null)[]);
    case 'double':
      return float8Array(values as (number | null)[]);
    case 'integer':
      return int4Array(values as (number | null)[]);
    case 'text':
      return textArray(values as (string | null)[]);
  }
}
