import { asSentence } from '../../format/as-sentence.ts';
import type { Nested } from './nested.ts';

const RELATIONS = { ticks: 'ticks', candles_1m: 'minute candles' };
/** What is archived, by the name of its view. */
type Relation = { relation: keyof typeof RELATIONS };

const ACTIONS = { write: 'write', read: 'read', remove: 'remove', list: 'list', adopt: 'adopt' };

/** The archive of months that are older than what the database keeps. */
export const archiveTexts = {
  // Predicates of a sentence whose subject is the setting.
  'archive-url.form': () =>
    'must be an absolute folder, s3://bucket/prefix or webhdfs://host:port/folder, see docs/archive.md',
  'archive-url.secret': () =>
    'must not contain a password, key or token: they are taken from the environment, see docs/archive.md',
  'archive-url.option': (p: { name: string; known: readonly string[] }) =>
    `has the option "${p.name}", which is not one of ${p.known.join(', ')}`,
  'archive-url.bucket': () => 'names no bucket, as in s3://bucket/prefix',
  'archive-url.endpoint': () => 'has an endpoint that is not an http:// or https:// URL',
  'archive-url.sse': () => 'has an sse that is not one of AES256, aws:kms, aws:kms:dsse',

  // Failures of a target of archives and backups. `said` is its own error text.
  'archive.failed': (p: { action: keyof typeof ACTIONS; path: string; archive: string; reason: Nested }) =>
    `Cannot ${ACTIONS[p.action]} ${p.path === '' ? p.archive : `${p.path} in ${p.archive}`}: ${p.reason}`,
  'archive.no-folder': (p: { folder: string }) =>
    `the folder ${p.folder} does not exist. Create it, or mount the disk that it is on.`,
  'archive.exists': () =>
    'a file of this name exists that this database has not written. Choose another folder or prefix for this database.',
  'archive.missing': () => 'it does not exist. It was removed or renamed; put it back.',
  'archive.refused': (p: { said: string }) =>
    `access is refused: ${asSentence(p.said)} Check the credentials, and what they are allowed to do.`,
  'archive.full': (p: { said: string }) =>
    `there is no space: ${asSentence(p.said)} Free some, or raise the quota.`,
  'archive.unavailable': (p: { said: string }) => `it cannot be reached: ${asSentence(p.said)}`,
  'archive.incomplete': (p: { bytes: number; expected: number }) =>
    `only ${p.bytes} of ${p.expected} bytes were returned.`,
  'archive.said': (p: { said: string }) => asSentence(p.said),

  // A file that is not what was written.
  'archive.other-size': (p: { bytes: number; expected: number }) =>
    `it has ${p.bytes} bytes instead of ${p.expected}.`,
  'archive.cut-off': (p: { bytes: number }) => `it ends after ${p.bytes} bytes.`,
  'archive.other-bytes': () => 'its bytes are not those that were written: their SHA-256 differs.',
  'archive.other-count': (p: { rows: number; expected: number }) =>
    `it has ${p.rows} rows instead of ${p.expected}.`,
  'archive.other-rows': () => 'its rows are not those that were written: their SHA-256 differs.',
  'archive.unreadable': (p: { said: Nested }) => `it cannot be read as Parquet: ${asSentence(p.said)}`,

  // The running program.
  'archive.running': (p: Relation & { month: string; percent: number }) =>
    `The ${RELATIONS[p.relation]} of ${p.month} are being archived: ${p.percent}%.`,
  'archive.stopped': (p: { reason: Nested; inMinutes: number }) =>
    `Months that are due cannot be archived, and stay in the database: ${p.reason} Next try in ${p.inMinutes} minutes.`,
  'archive.too-large': (p: { gigabytes: number; most: number; isArchived: boolean }) =>
    `The database has ${p.gigabytes.toFixed(1)} GB, more than its limit of ${p.most} GB. ${
      p.isArchived
        ? 'The current and the previous month always stay, and so does what is kept forever.'
        : 'Nothing is dropped before it is archived: choose an archive in the settings.'
    }`,
  'archive.other-program': () => 'Another program is archiving this database.',
  'archive.not-owner': (p: { said: string }) =>
    `${asSentence(p.said)} Only the owner of the tables can archive and restore: run crypto-price-monitor archive as the owner, named in --database-url.`,
  'archive.changing': (p: Relation & { month: string }) =>
    `The ${RELATIONS[p.relation]} of ${p.month} changed while they were archived; they stay in the database until the next run.`,
  'archive.locked': (p: Relation & { month: string }) =>
    `The partition of the ${RELATIONS[p.relation]} of ${p.month} is in use; it is dropped by the next run.`,
  'archive.copying': () =>
    'The ticks of an earlier version are still being copied. Run the program until that is done.',

  // The command.
  'archive.none': () => 'No archive is set. Name one with --archive-url, or in the settings.',
  'archive.nothing-due': () => 'No month is due.',
  'archive.done': (
    p: Relation & { month: string; rows: number; files: number; bytes: number; seconds: number },
  ) =>
    `${p.month} ${RELATIONS[p.relation]}: ${p.rows} rows archived in ${p.files} files of ${p.bytes} bytes, in ${p.seconds.toFixed(1)} s`,
  'archive.adopted': (p: Relation & { month: string; files: number }) =>
    `${p.month} ${RELATIONS[p.relation]}: ${p.files} of these files existed already with exactly these rows, and were not written again`,
  'archive.other-name': () => 'its name does not match its content. Restore its original name.',
  'archive.month-stored': (p: { month: string }) =>
    `the database has rows of ${p.month} itself; archive run compares them, and writes what differs to a file beside it.`,
  'archive.month-deleted': (p: { month: string }) =>
    `${p.month} was deleted from the archive; files that reappear are not used.`,
  'archive.month-unfinished': (p: { month: string }) =>
    `archiving ${p.month} was interrupted; archive run finishes it.`,
  'archive.part-known': () => 'this file is registered with another URL, or with other options of the URL.',
  'archive.known-now': (p: Relation & { month: string; files: number; rows: number }) =>
    `${p.month} ${RELATIONS[p.relation]}: ${p.files} files with ${p.rows} rows were registered`,
  'archive.nothing-unknown': () => 'All files of the archive are registered in the database.',
  'archive.not-adopted': (p: { count: number }) => `${p.count} files were skipped; see above.`,
  'archive.other-file': (p: { path: string }) =>
    `${p.path} exists with other rows, and is not changed. This database does not use it; its own rows are in a file beside it. ` +
    'See docs/archive.md, "After the database was lost".',
  'archive.deleted': (p: Relation & { month: string }) =>
    `${p.month} ${RELATIONS[p.relation]}: deleted without archive`,
  'archive.is-due': (p: Relation & { month: string; bytes: number }) =>
    `${p.month} ${RELATIONS[p.relation]}: due, ${p.bytes} bytes in the database`,
  'archive.verified': (p: { files: number; rows: number }) =>
    `${p.files} files with ${p.rows} rows are intact.`,
  'archive.faulty': (p: { count: number; files: number }) =>
    `${p.count} of ${p.files} files are not as they were written; see above.`,
  'archive.restored': (p: Relation & { month: string; rows: number; until: string }) =>
    `${p.month} ${RELATIONS[p.relation]}: ${p.rows} rows restored; retention skips them until ${p.until}`,
  'archive.nothing-to-restore': () => 'No archived month lies in that time.',
  'archive.pruned': (p: Relation & { month: string; files: number }) =>
    `${p.month} ${RELATIONS[p.relation]}: ${p.files} files deleted permanently`,
  'archive.prune-asks': (p: { months: number; files: number; rows: number }) =>
    `${p.files} files of ${p.months} ${p.months === 1 ? 'month' : 'months'}, with ${p.rows} rows, would be deleted permanently. Add --yes to do it.`,
  'verify.archived': (p: Relation & { month: string }) =>
    `The ${RELATIONS[p.relation]} of ${p.month} are not in the database, so what is computed from them is not compared. ` +
    'Restore them first: crypto-price-monitor archive restore',
};
