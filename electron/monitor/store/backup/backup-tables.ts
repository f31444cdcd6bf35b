/** A table that is in backups, with all its columns. */
export type BackupTable = {
  readonly name: string;
  /** Its rows are in parts, a file each, by UTC months or years of this column; in one part where it is null. */
  readonly split: { readonly column: string; readonly by: 'month' | 'year' } | null;
  /** An order in which no two rows are equal, and which depends on no collation. */
  readonly order: string;
  /** The rows that are backed up, where not all are. */
  readonly where?: string;
};

/** In the order in which they are restored. */
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
  // A month that is being archived is wholly in the database. Its files are not restored, so that a copy of the database never takes
  // for leftovers of its own what the original is writing.
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

/** Tables that are in no backup, and why nothing is lost by that. */
export const DERIVABLE_TABLES: Readonly<Record<string, string>> = {
  schema_migrations: 'made by the migrations; the manifest has the version',
  moving: 'empty, except while the tables of an earlier version are copied, when there is no backup',
  archive_proofs: 'of months that are being archived, which begins anew',
  ohlcv_daily: 'refreshed from series_candles_1d',
};
