import type { Month } from '../partitions/partition-month.ts';
import type { SeriesName } from '../series/series-ids.ts';
import type { ArchivedTable } from './archived-table.ts';

/** `2026-01`. */
export function monthLabel({ from }: Month): string {
  return new Date(from).toISOString().slice(0, 7);
}

/**
 * The path of a file in the layout of Hive, DuckDB, Athena and pandas: columns that are constant in a file are in the names of
 * its folders. Special characters are percent-encoded, such as `%3A`.
 */
export function archivePath(table: ArchivedTable, series: SeriesName, month: Month, part: number): string {
  const folders = [
    ['source', series.source],
    ['coin_id', series.coinId],
    ['vs_currency', series.vsCurrency],
    ['month', monthLabel(month)],
  ] as const;
  const names = folders.map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return [table.name, ...names, `part-${String(part).padStart(4, '0')}.parquet`].join('/');
}
