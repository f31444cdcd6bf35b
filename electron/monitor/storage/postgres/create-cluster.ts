import { randomBytes } from 'node:crypto';
import {
  chmod,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PostgresBinaries } from './binaries.ts';
import type { ClusterPaths } from './cluster-paths.ts';
import { runProgram } from './run-program.ts';
import type { ServerAccount } from './server-account.ts';

/** The owner of the embedded cluster, and the name of its database. */
export const EMBEDDED_USER = 'monitor';

/**
 * Makes the cluster if there is none, and gives its password. It is made in a folder beside and renamed when it is
 * complete and synced to disk, so that a crash at any moment leaves nothing that looks like a cluster and is none.
 */
export async function ensureCluster(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  account: ServerAccount,
): Promise<string> {
  await removeLeftovers(paths.stagingPrefix);
  if (await exists(join(paths.cluster, 'PG_VERSION'))) return readPassword(paths.passwordFile);

  const password = randomBytes(32).toString('base64url');
  await writeSynced(paths.passwordFile, password);

  // A new name each time: when the program is killed, initdb goes on alone for a while, in its own folder.
  const staging = await mkdtemp(paths.stagingPrefix);
  const cluster = join(staging, 'cluster');
  const passwordCopy = join(staging, 'password');
  await writeFile(passwordCopy, password, { mode: 0o600 });
  await account.own(passwordCopy);
  await account.own(staging);

  await runProgram(account, binaries.initdb, [
    `--pgdata=${cluster}`,
    `--username=${EMBEDDED_USER}`,
    `--pwfile=${passwordCopy}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own UTF-8 locale: the same order on every machine and after every upgrade of it.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ]);
  await removeEmpty(paths.cluster);
  await rename(cluster, paths.cluster);
  await rm(staging, { recursive: true, force: true });
  await syncFolder(dirname(paths.cluster));
  return password;
}

/** The password of the embedded server's user. */
export async function readPassword(passwordFile: string): Promise<string> {
  try {
    return (await readFile(passwordFile, 'utf8')).trim();
  } catch (error) {
    throw new Error(
      `The password of the embedded database cannot be read from ${passwordFile}. Without it the data in the ` +
        'folder "postgres" beside it cannot be opened.',
      { cause: error },
    );
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  // The mode given to `open` counts for a new file only.
  await chmod(path, 0o600);
}

async function removeLeftovers(stagingPrefix: string): Promise<void> {
  const base = dirname(stagingPrefix);
  for (const name of await readdir(base)) {
    if (!name.startsWith(basename(stagingPrefix))) continue;
    try {
      await rm(join(base, name), { recursive: true, force: true });
    } catch {
      // An initdb of a killed program still writes there; the next start removes it.
    }
  }
}

/** Whatever is in the way and is not empty is somebody's data, and not ours to delete. */
async function removeEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new Error(
      `${folder} is where the embedded database goes, but it holds something else: there is no file PG_VERSION in it. ` +
        'Move it away, or restore it from a backup.',
      { cause: error },
    );
  }
}

async function syncFolder(path: string): Promise<void> {
  // Windows cannot open folders as files, and its file system journals renames.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
