/** A table that is backed up, with all its columns. */
export type BackupTable = {
  readonly name: string;
  /**
   * Rows are divided into parts, one file each, by the UTC month or year of this column; rows where it is null are in one part.
   */
  readonly split: { readonly column: string; readonly by: 'month' | 'year' } | null;
  /** A total order that does not depend on a collation. */
  readonly order: string;
  /** Restricts the rows that are backed up. */
  readonly where?: string;
};

/** In the order of restoring. */
export const BACKUP_TABLES: readonly BackupTable[] = [
  { name: 'series', split: null, order: 'id' },
  { name: 'series_ticks', split: { column: 'observed_at', by: 'month' }, order: 'series_id, observed_at' },
  { name: 'series_candles_1m', split: { column: 'bucket', by: 'month' }, order: 'series_id, bucket' },
  { name: 'series_candles_1h', split: { column: 'bucket', by: 'year' }, order: 'series_id, bucket' },
  { name: 'series_candles_1d', split: { column: 'bucket', by: 'year' }, order: 'series_id, bucket' },
  { name: 'alerts', split: { column: 'observed_at', by: 'year' }, order: 'observed_at, id collate "C"' },
  {
    name: 'history_candles',
    split: { column: 'bucket', by: 'year' },
    order: 'coin_id collate "C", vs_currency collate "C", source collate "C", resolution_seconds, bucket',
  },
  {
    name: 'history_asked',
    split: null,
    order:
      'coin_id collate "C", vs_currency collate "C", source collate "C", resolution_seconds, found, asked_from',
  },
  // A month that is being archived is still entirely in the database. Its files are not recorded in the backup; otherwise a copy
  // of the database could mistake files that the original is writing for its own unfinished files.
  {
    name: 'archived_months',
    split: null,
    order: 'relation collate "C", month',
    where: `state <> 'writing'`,
  },
  {
    name: 'archive_files',
    split: null,
    order: 'relation collate "C", month, series_id, part',
    where: `state = 'archived'`,
  },
];

/** Tables that are not backed up, with the reason why nothing is lost. */
export const DERIVABLE_TABLES: Readonly<Record<string, string>> = {
  schema_migrations: 'made by the migrations; the manifest has the version',
  moving: 'empty, except while the tables of an earlier version are copied, when there is no backup',
  archive_proofs: 'of months that are being archived; archiving starts again',
  history_folds: 'made by triggers from history_candles',
};
