import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileError } from '../../files/file-error.ts';

/** What a running server records in `postmaster.pid`. */
export type PostmasterPid = {
  readonly pid: number;
  readonly port: number;
  /** Null when it listens only on TCP. */
  readonly socketDir: string | null;
  /** Whether it accepts connections. */
  readonly ready: boolean;
};

/**
 * Reads the lock file of a cluster; null when it is missing or incomplete. The lines are: process id, data directory,
 * start time, port, socket directory, listen address, shared memory key, status. Source: PostgreSQL's
 * src/include/utils/pidfile.h.
 */
export async function readPostmasterPid(cluster: string): Promise<PostmasterPid | null> {
  const path = postmasterPidFile(cluster);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // ENOTDIR: the cluster is not a folder, which is reported when it is opened.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw fileError('read', path, error);
  }
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3]), socketDir: lines[4] || null, ready: lines[7] === 'ready' };
}

/**
 * The id of the process that holds the socket in this folder, from the socket's lock file, whose first line has the
 * format of `postmaster.pid`; null when there is none.
 */
export async function readSocketLock(socketDir: string, port: number): Promise<number | null> {
  const text = await readFile(join(socketDir, `.s.PGSQL.${port}.lock`), 'utf8').catch(() => '');
  const pid = Number(text.split('\n')[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

export function postmasterPidFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}
