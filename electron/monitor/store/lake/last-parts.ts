import { ARCHIVED_CANDLES } from '../archive/archived-table.ts';
import { FOLDERS } from './lake-archive.ts';
import { identifier } from './sql-text.ts';

/**
 * SQL that takes of candles in several parts with the same bucket that of the later part. Athena and Redshift Spectrum call the path
 * of a row's file "$path". Names are quoted: `open` is a word of Redshift.
 */
export function lastParts(table: string): string {
  const columns = [...FOLDERS, ...ARCHIVED_CANDLES.schema.map(({ name }) => name)].map(identifier);
  return `select ${columns.join(', ')}
from (
  select
    ${columns.join(', ')},
    row_number() over (
      partition by "source", "coin_id", "vs_currency", "bucket" order by "$path" desc
    ) as place
  from ${table}
) as parts
where place = 1`;
}
