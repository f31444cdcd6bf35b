import { mkdtemp, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { syncFolder } from '../../files/atomic-file.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { ClusterPaths } from './cluster-paths.ts';
import { readOrCreatePassword } from './embedded-password.ts';
import { findCluster } from './find-cluster.ts';
import { runProgram } from './run-program.ts';
import type { ServerAccount } from './server-account.ts';

/** The superuser of the embedded cluster, and the name of its database. */
export const EMBEDDED_USER = 'monitor';

/**
 * Creates the cluster if there is none and returns its password. It is created in a staging folder and renamed when
 * it is complete and synced to disk, so that a crash never leaves an incomplete cluster in its place.
 *
 * @throws Error with what to do when the folder cannot be used; nothing is changed then
 */
export async function ensureCluster(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  account: ServerAccount,
): Promise<string> {
  const found = await findCluster(paths.cluster, account);
  // All clusters of this data folder share one password, so that a cluster that is moved back can be opened.
  const password = await readOrCreatePassword(paths.passwordFile);
  await removeLeftovers(paths.stagingPrefix);
  if (found === 'complete') return password;

  // A new name each time: after a kill, initdb keeps running for a while in its own folder.
  const staging = await mkdtemp(paths.stagingPrefix);
  const cluster = join(staging, 'cluster');
  const passwordCopy = join(staging, 'password');
  await writeFile(passwordCopy, password, { mode: 0o600 });
  await account.own(passwordCopy);
  await account.own(staging);

  await initCluster(binaries, account, { cluster, passwordFile: passwordCopy });
  if (found === 'empty') await rmdir(paths.cluster);
  await rename(cluster, paths.cluster);
  await rm(staging, { recursive: true, force: true });
  await syncFolder(dirname(paths.cluster));
  return password;
}

/**
 * Creates a cluster in a folder that does not exist, with the password in a file.
 *
 * @throws MessageError when initdb fails, with what to do if the disk is full
 */
export async function initCluster(
  binaries: PostgresBinaries,
  account: ServerAccount,
  { cluster, passwordFile }: { readonly cluster: string; readonly passwordFile: string },
): Promise<void> {
  const created = runProgram(account, binaries.initdb, [
    `--pgdata=${cluster}`,
    `--username=${EMBEDDED_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's built-in UTF-8 locale sorts the same on every machine and after every OS upgrade.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ]);
  await created.catch((cause: unknown) => {
    const [line] = /^.*(?:No space left on device|Disk quota exceeded).*$/m.exec(String(cause)) ?? [];
    if (line === undefined) throw cause;
    throw new MessageError(message('embedded.disk-full', { folder: dirname(cluster), detail: line }), {
      cause,
    });
  });
}

/** The contents of a staging folder. A folder with anything else was put there by a person and is kept. */
const STAGED = new Set(['cluster', 'password']);

async function removeLeftovers(stagingPrefix: string): Promise<void> {
  const base = dirname(stagingPrefix);
  for (const name of await readdir(base)) {
    if (!name.startsWith(basename(stagingPrefix))) continue;
    const folder = join(base, name);
    try {
      if ((await readdir(folder)).every((entry) => STAGED.has(entry))) await rm(folder, { recursive: true });
    } catch {
      // The initdb of a killed program still writes there, and the next start removes it; or it is not a folder.
    }
  }
}
