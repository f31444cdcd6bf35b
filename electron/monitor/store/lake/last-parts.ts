import { ARCHIVED_CANDLES } from '../archive/archived-table.ts';
import { FOLDERS } from './lake-archive.ts';
import { identifier } from './sql-text.ts';

/**
 * Returns SQL that selects, of candles with the same bucket in several parts, the one of the last part. "$path" is the path of a
 * row's file in Athena and Redshift Spectrum. Names are quoted because `open` is a reserved word of Redshift.
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
