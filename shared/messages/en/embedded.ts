import type { Nested } from './nested.ts';

/** The PostgreSQL that is bundled with the program, and the folder of its data. */
export const embeddedTexts = {
  'embedded.not-installed': (p: { platform: string; package: string }) =>
    `There is no PostgreSQL for ${p.platform} in this installation (package ${p.package}). ` +
    'Install with optional dependencies, or set DATABASE_URL to a PostgreSQL of your own.',
  'embedded.not-running': (p: { folder: string }) =>
    `The embedded database in ${p.folder} is not running. It runs while the program does: start it first.`,
  'embedded.ended': (p: { how: Nested; said: string }) =>
    `The embedded database server ended (${p.how})${p.said === '' ? '.' : `: ${p.said}`}`,
  'embedded.password-not-set': (p: { said: string }) =>
    `The password of the embedded database cannot be set: ${p.said}`,
  'embedded.no-password': (p: { path: string }) =>
    `There is no password in ${p.path}. The next start of the program creates one.`,
  'embedded.program-failed': (p: { program: string; how: Nested; said: string }) =>
    `${p.program} failed (${p.how}): ${p.said}`,
  'embedded.disk-full': (p: { folder: string; detail: string }) =>
    `The embedded database cannot be created in ${p.folder}: the disk is full. Free some space, or choose another folder with --data-dir. (${p.detail})`,
  'embedded.exit': (p: { code: number | null; signal: string | null }) => p.signal ?? `exit code ${p.code}`,
  'embedded.no-folder': (p: { folder: string }) =>
    `${p.folder} must be the folder of the embedded database, but it is not a folder. Move it away.`,
  'embedded.empty-link': (p: { folder: string }) =>
    `${p.folder} is a link to an empty folder, and a new database is created only in the data folder. Remove the link ` +
    'and start the program; then stop it, move the folder to where you want it, and link to it.',
  'embedded.no-version': (p: { folder: string; advice: Nested }) =>
    `The folder ${p.folder} of the embedded database was not changed: its file PG_VERSION is missing. ` +
    `${p.advice} Or move the folder away, for a new and empty database.`,
  'embedded.restore': () => 'Restore the folder from a backup.',
  'embedded.older-cluster': (p: { folder: string; from: number; to: number }) =>
    `The folder ${p.folder} was made by PostgreSQL ${p.from}, and this version of the program has PostgreSQL ${p.to}. It is left as it ` +
    `is. Install PostgreSQL ${p.from} or name the folder of its programs with PGBINOLD, and start again: the data is then moved.`,
  'embedded.upgrading': (p: { from: number; to: number }) =>
    `The data is being moved from PostgreSQL ${p.from} to ${p.to}. Prices are kept meanwhile, and alerts continue.`,
  'embedded.upgraded': (p: { from: number; to: number; folder: string }) =>
    `The data was moved from PostgreSQL ${p.from} to ${p.to}. The old folder is kept: delete ${p.folder} when you do not need it.`,
  'embedded.upgrade-unfinished': () =>
    'The tables of an earlier version are still being copied. Run the version of the program that began it until that is done, then this one.',
  'embedded.upgrade-counts': (p: { table: string; read: number; written: number }) =>
    `Of the table ${p.table}, ${p.read} rows were read and ${p.written} written. The old database stays in use; start again.`,
  'embedded.put-version-back': (p: { version: string }) =>
    `If nothing else is missing, create it with the one line "${p.version}"; otherwise restore the folder from a backup.`,
  'embedded.something-else': (p: { folder: string }) =>
    `${p.folder} is reserved for the embedded database, but contains something else. Move it away.`,
  'embedded.no-control-file': (p: { file: string; folder: string }) =>
    `${p.file} is missing, and without it PostgreSQL cannot open the database. Restore the folder ${p.folder} from ` +
    'a backup, or move it away, for a new and empty database.',
  'embedded.other-owner': (p: { folder: string; uid: number; account: string }) =>
    `The folder ${p.folder} of the embedded database belongs to the user with the id ${p.uid}, and PostgreSQL ` +
    `only opens it as its owner, while it runs here as ${p.account}. Start the program as that user, or give ` +
    `the folder to this one: chown -R ${p.account} ${JSON.stringify(p.folder)}`,
  'embedded.dead-link': (p: { path: string; target: string }) =>
    `${p.path} is a link to ${p.target}, which is not there. Restore that, or remove the link, for a new ` +
    'and empty database.',
  'embedded.closed-folder': (p: { account: string; folder: string }) =>
    `The system user "${p.account}", under which PostgreSQL runs when the program is started as root, cannot enter ` +
    `${p.folder}, and setpriv cannot help here. Start the program as an ordinary user, or move the data folder ` +
    `and the installation out of ${p.folder}.`,
  'embedded.no-account': (p: { account: string }) =>
    `PostgreSQL does not run as root, and the system user "${p.account}" could not be created. ` +
    'Create it, or start the program as an ordinary user.',
  'embedded.foreign-socket': (p: { folder: string }) =>
    `${p.folder} is needed for the database's socket and belongs to somebody else. Remove it.`,
};
