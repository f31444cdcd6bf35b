import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { syncFolder } from '../../files/atomic-file.ts';
import type { Logger } from '../../logging/logger.ts';
import { loadPostgresBinaries } from '../postgres/binaries.ts';
import { type ClusterPaths, clusterPaths } from '../postgres/cluster-paths.ts';
import { initCluster } from '../postgres/create-cluster.ts';
import { readOrCreatePassword } from '../postgres/embedded-password.ts';
import { serverAccount } from '../postgres/server-account.ts';
import { makeSocketDir } from '../postgres/socket-dir.ts';
import { removeStaleLock, stopOrphan } from '../postgres/stop-orphan.ts';
import { copyDatabase } from './copy-database.ts';
import { findOlderPrograms, majorOfProgram } from './older-programs.ts';
import { startTemporaryServer } from './temporary-server.ts';

export type UpgradeOptions = {
  readonly log: Logger;
  /** Called with the current step, and with the result. */
  readonly report: (problem: Problem) => void;
};

/**
 * Copies the data of a cluster of an earlier major version of PostgreSQL into a new one, and keeps the old folder as
 * `postgres-<version>`. Does nothing when the cluster is not older. The old cluster stays in its place until the new one is
 * complete and synced to disk; after a crash, the next start begins again or finishes the renaming.
 *
 * @throws MessageError with what to do when the programs of the older version are missing; nothing is changed then
 */
export async function upgradeCluster(dataDir: string, { log, report }: UpgradeOptions): Promise<void> {
  const paths = clusterPaths(dataDir);
  await finishRenaming(paths);
  const from = await majorOfCluster(paths.cluster);
  if (from === null) return;
  const binaries = await loadPostgresBinaries();
  const to = await majorOfProgram(binaries.postgres);
  if (from >= to) return;
  const older = findOlderPrograms(from, process.env);
  if (older === null)
    throw new MessageError(message('embedded.older-cluster', { folder: paths.cluster, from, to }));
  log.warn({ from, to }, 'moving the data to a new version of PostgreSQL');
  report({ id: 'database-upgrade', message: message('embedded.upgrading', { from, to }) });

  const staging = stagingFolder(paths);
  const staged = join(staging, 'cluster');
  const account = await serverAccount([binaries.postgres, older.postgres, paths.cluster]);
  await stopOrphan(paths, binaries, log);
  await stopOrphan({ cluster: staged, socketDir: paths.socketDir }, binaries, log);
  await removeStaleLock(paths.cluster);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging);
  await account.own(staging);
  const password = await readOrCreatePassword(paths.passwordFile);
  const passwordCopy = join(staging, 'password');
  await writeFile(passwordCopy, password, { mode: 0o600 });
  await account.own(passwordCopy);
  await initCluster(binaries, account, { cluster: staged, passwordFile: passwordCopy });
  await makeSocketDir(paths.socketDir, account);

  const shared = { account, socketDir: paths.socketDir, password, logFolder: staging };
  const source = await startTemporaryServer({ ...shared, binaries: older, cluster: paths.cluster, place: 0 });
  try {
    const target = await startTemporaryServer({ ...shared, binaries, cluster: staged, place: 1 });
    try {
      await copyDatabase(source.connection, target.connection, log);
    } finally {
      await target.stop();
    }
  } finally {
    await source.stop();
  }
  await rename(staged, upgradedFolder(paths));
  await finishRenaming(paths);
  await rm(staging, { recursive: true, force: true });
  const folder = keptFolder(paths, from);
  log.warn({ from, to, folder }, 'the data was moved to a new version of PostgreSQL; the old folder is kept');
  report({ id: 'database-upgrade', message: message('embedded.upgraded', { from, to, folder }) });
}

const stagingFolder = ({ cluster }: ClusterPaths): string => `${cluster}.upgrading`;
/** The folder of a complete new cluster. */
const upgradedFolder = ({ cluster }: ClusterPaths): string => `${cluster}.upgraded`;
const keptFolder = ({ cluster }: ClusterPaths, major: number): string => `${cluster}-${major}`;

/** Replaces the old cluster by a complete new one. */
async function finishRenaming(paths: ClusterPaths): Promise<void> {
  const upgraded = upgradedFolder(paths);
  if (!existsSync(upgraded)) return;
  const from = await majorOfCluster(paths.cluster);
  if (from !== null) await rename(paths.cluster, keptFolder(paths, from));
  await rename(upgraded, paths.cluster);
  await syncFolder(dirname(paths.cluster));
}

/** The major version of a cluster; null when there is no cluster or its version is unknown. */
async function majorOfCluster(cluster: string): Promise<number | null> {
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => '');
  const major = Number.parseInt(text, 10);
  return Number.isNaN(major) ? null : major;
}
