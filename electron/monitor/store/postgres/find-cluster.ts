import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../../files/file-error.ts';
import type { ServerAccount } from './server-account.ts';

/** A cluster can be created for `none` and `empty`. */
export type FoundCluster = 'none' | 'empty' | 'complete';

/**
 * Inspects the folder of the embedded cluster without changing it. Anything there that is not a complete cluster is
 * somebody's data, which the program must not delete.
 *
 * @throws Error with what was found and what to do
 */
export async function findCluster(cluster: string, account: ServerAccount): Promise<FoundCluster> {
  const found = await inspect(cluster);
  if (found === null) return 'none';
  if (found === 'no folder') {
    throw new Error(
      `${cluster} is where the folder of the embedded database goes, and it is not a folder. Move it away.`,
    );
  }
  const names = await readdir(cluster);
  if (names.length === 0) {
    if (!(await lstat(cluster)).isSymbolicLink()) return 'empty';
    throw new Error(
      `${cluster} is a link to an empty folder, and a new database is made in the data folder alone. Remove the link ` +
        'and start the program; then stop it, move the folder to where you want it, and link to it.',
    );
  }
  const isCluster = names.includes('base') && names.includes('global');
  if (!names.includes('PG_VERSION')) {
    throw new Error(
      isCluster
        ? `The folder ${cluster} of the embedded database is left as it is: its file PG_VERSION is missing. ` +
            `${await restoreAdvice(cluster)} Or move the folder away, for a new and empty database.`
        : `${cluster} is where the embedded database goes, and it holds something else. Move it away.`,
    );
  }
  const control = join(cluster, 'global', 'pg_control');
  if ((await inspect(control)) === null) {
    throw new Error(
      `${control} is missing, and without it PostgreSQL cannot open the database. Restore the folder ${cluster} from ` +
        'a backup, or move it away, for a new and empty database.',
    );
  }
  if (!account.isServer(found.uid)) {
    throw new Error(
      `The folder ${cluster} of the embedded database belongs to the user with the id ${found.uid}, and PostgreSQL ` +
        `only opens it as its owner, while it runs here as ${account.name}. Start the program as that user, or give ` +
        `the folder to this one: chown -R ${account.name} ${JSON.stringify(cluster)}`,
    );
  }
  return 'complete';
}

/** Null when the path does not exist. */
async function inspect(path: string): Promise<{ readonly uid: number } | 'no folder' | null> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? { uid: found.uid } : 'no folder';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError('look-at', path, error);
    const link = await lstat(path).catch(() => null);
    if (link === null) return null;
    throw new Error(
      `${path} is a link to ${await readlink(path)}, which is not there. Restore that, or remove the link, for a new ` +
        'and empty database.',
      { cause: error },
    );
  }
}

/** How to restore PG_VERSION. Each database of a cluster has a copy of the file. */
async function restoreAdvice(cluster: string): Promise<string> {
  const version = await readFile(join(cluster, 'base', '1', 'PG_VERSION'), 'utf8').catch(() => '');
  return version === ''
    ? 'Restore the folder from a backup.'
    : `When nothing else is, put it back, with the one line "${version.trim()}"; else restore the folder from a backup.`;
}
