import type { Nested } from './nested.ts';

/** Backups of the whole database, and restoring them. */
export const backupTexts = {
  // The named place contains no usable backup.
  'backup.no-place': (p: { path: string }) => `There is no file or folder ${p.path}.`,
  'backup.no-folder': (p: { path: string }) =>
    `The folder ${p.path} does not exist. Create it, or mount the disk that it is on.`,
  'backup.not-a-backup': (p: { path: string }) =>
    `${p.path} is not a backup: it is not a tar file, or its beginning is damaged.`,
  'backup.cut-off': (p: { path: string }) =>
    `${p.path} is cut off, or is not a backup: it has no manifest, which is written last. Use another copy.`,
  'backup.other-file': (p: { path: string }) =>
    `${p.path} exists, and is not a complete backup. Choose another name, or remove it.`,
  'backup.none': (p: { place: string }) =>
    `There is no complete backup in ${p.place}. One that was interrupted is continued by the command backup.`,
  'backup.unknown': (p: { id: string; place: string; known: readonly string[] }) =>
    `There is no backup ${p.id} in ${p.place}. There are: ${p.known.join(', ') || 'none'}.`,
  'backup.damaged-manifest': (p: { path: string }) =>
    `The manifest ${p.path} is damaged or cut off. Choose another backup with --at, or another copy of this one.`,
  'backup.newer-format': (p: { path: string; version: number; newest: number }) =>
    `The backup ${p.path} has version ${p.version} of the format, and this program knows versions up to ${p.newest}. Update the program.`,

  // The command.
  'backup.where': () => 'Name a file, a folder or a URL for the backup.',
  'backup.settings-left-out': (p: { reason: Nested }) =>
    `The settings are not in the backup, because their file is invalid: ${p.reason}`,
  'backup.progress': (p: { table: string; label: string; percent: number }) =>
    `${p.percent}%: ${p.table} ${p.label}`,
  'backup.done': (p: {
    id: string;
    rows: number;
    written: number;
    writtenBytes: number;
    reused: number;
    seconds: number;
  }) =>
    `${p.id}: ${p.rows} rows; ${p.written} files of ${p.writtenBytes} bytes written, ${p.reused} taken from earlier backups, in ${p.seconds.toFixed(1)} s`,
  'backup.verified': (p: { id: string; files: number; rows: number }) =>
    `${p.id}: ${p.files} files with ${p.rows} rows are intact.`,
  'backup.faulty': (p: { id: string; count: number; files: number }) =>
    `${p.id}: ${p.count} of ${p.files} files are not as they were written; see above.`,

  'restore.newer-schema': (p: { id: string; version: number; newest: number }) =>
    `The backup ${p.id} is of a newer program: its tables have version ${p.version}, and this program knows versions up to ${p.newest}. Update the program.`,
  'restore.unknown-tables': (p: { id: string; unknown: readonly string[] }) =>
    `The backup ${p.id} has tables that this program does not know: ${p.unknown.join(', ')}. Update the program.`,
  'restore.not-empty': (p: { found: readonly string[] }) =>
    `The database is not empty; it has rows in: ${p.found.join(', ')}. Nothing was changed. Restore into another database, or add --replace to delete what is there.`,
  'restore.other-begun': (p: { id: string }) =>
    `The restore of another backup, ${p.id}, has begun in this database and was interrupted. Continue it with --at ${p.id}, or add --replace to start again.`,
  'restore.not-owner': (p: { said: string }) =>
    `The server says: ${p.said}. Restoring needs the owner of the tables: name it in --database-url.`,
  'restore.refuses-writing': () =>
    'a backup is being restored into this database; if that was interrupted, run crypto-price-monitor restore again',
  'restore.differs': (p: { table: string; label: string }) =>
    `The rows of ${p.table} (${p.label}) are not those of the backup: they were changed during the restore. Start again with --replace.`,
  'restore.progress': (p: { step: 'check' | 'write' | 'compare'; percent: number }) =>
    `${STEPS[p.step]}: ${p.percent}%`,
  'restore.done': (p: { id: string; rows: number; isContinued: boolean; seconds: number }) =>
    `${p.id}: ${p.rows} rows restored and compared${p.isContinued ? ', continued from an interrupted restore' : ''}, in ${p.seconds.toFixed(1)} s`,
  'restore.migrated': (p: { version: number }) =>
    `The backup had version ${p.version} of the tables; they were brought up to this program's. On a server with roles, run sql/roles.sql again.`,
  'restore.settings-written': (p: { path: string }) =>
    `The settings of the backup were written to ${p.path}. Enter secrets, such as keys and passwords, again.`,
  'restore.settings-kept': (p: { path: string; inBackup: string }) =>
    `${p.path} exists and was kept. The backup contains settings, too, which were not restored: ${p.inBackup}.`,
  'restore.archive-elsewhere': (p: { archives: readonly string[] }) =>
    `Archived months are not in the backup, but in ${p.archives.join(', ')}, where they are read as before. If the original database remains in use, configure another archiveUrl for this one.`,
};

const STEPS = { check: 'reading the backup', write: 'restoring', compare: 'comparing' };
