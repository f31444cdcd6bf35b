import { mkdtemp, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncFolder } from '../../files/atomic-file.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { ClusterPaths } from './cluster-paths.ts';
import { findCluster } from './find-cluster.ts';
import { readOrMakePassword } from './password-file.ts';
import { runProgram } from './run-program.ts';
import type { ServerAccount } from './server-account.ts';

/** The owner of the embedded cluster, and the name of its database. */
export const EMBEDDED_USER = 'monitor';

/**
 * Makes the cluster if there is none, and gives its password. It is made in a folder beside and renamed when it is
 * complete and synced to disk, so that a crash at any moment leaves nothing that looks like a cluster and is none.
 *
 * @throws Error saying what to do when what is there cannot be used; nothing is changed then
 */
export async function ensureCluster(
  paths: ClusterPaths,
  binaries: PostgresBinaries,
  account: ServerAccount,
): Promise<string> {
  const found = await findCluster(paths.cluster, account);
  // One password for all clusters that were ever made here: whichever is moved back is opened by it.
  const password = await readOrMakePassword(paths.passwordFile);
  await removeLeftovers(paths.stagingPrefix);
  if (found === 'whole') return password;

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
  if (found === 'empty') await rmdir(paths.cluster);
  await rename(cluster, paths.cluster);
  await rm(staging, { recursive: true, force: true });
  await syncFolder(dirname(paths.cluster));
  return password;
}

/** What a start leaves that was killed while it made a cluster. A cluster that a person moved there holds more. */
const STAGED = new Set(['cluster', 'password']);

async function removeLeftovers(stagingPrefix: string): Promise<void> {
  const base = dirname(stagingPrefix);
  for (const name of await readdir(base)) {
    if (!name.startsWith(basename(stagingPrefix))) continue;
    const folder = join(base, name);
    try {
      if ((await readdir(folder)).every((entry) => STAGED.has(entry))) await rm(folder, { recursive: true });
    } catch {
      // An initdb of a killed program still writes there, and the next start removes it; or it is not a folder.
    }
  }
}
