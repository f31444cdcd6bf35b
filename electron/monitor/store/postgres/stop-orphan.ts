import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Logger } from '../../logging/logger.ts';
import { systemClock } from '../../time/clock.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { ClusterPaths } from './cluster-paths.ts';
import { DEFAULT_PORT } from './connection-url.ts';
import { postmasterPidFile, readPostmasterPid, readSocketLock } from './postmaster-pid.ts';

const run = promisify(execFile);
const POLL_MS = 20;
/** How long a fast shutdown may take before the server is told to drop everything. */
export const FAST_SHUTDOWN_MS = 10_000;

/**
 * Stops a server that outlived a killed program. The caller guarantees that no other program uses the data folder, and
 * makes no cluster before: a server whose folder was moved away goes on there, but writes the state of its cluster
 * (`global/pg_control`) by the path that it was started with, and so into whatever cluster is at that path then.
 */
export async function stopOrphan(
  { cluster, socketDir }: Pick<ClusterPaths, 'cluster' | 'socketDir'>,
  binaries: PostgresBinaries,
  log: Logger,
): Promise<void> {
  const lock = await readPostmasterPid(cluster);
  const holder = await readSocketLock(socketDir, DEFAULT_PORT);
  if (lock !== null && (await isServerOf(lock.pid, cluster))) {
    log.warn({ pid: lock.pid }, 'stopping a database server that an earlier run left behind');
    if (process.platform === 'win32') {
      await run(binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast']);
    } else {
      process.kill(lock.pid, 'SIGINT');
      if (!(await hasEnded(lock.pid, FAST_SHUTDOWN_MS))) {
        process.kill(lock.pid, 'SIGQUIT');
        await hasEnded(lock.pid, FAST_SHUTDOWN_MS);
      }
    }
  } else if (holder !== null && (await isServerOf(holder, cluster))) {
    // Its folder was moved away: it must not write once more, as a fast shutdown does. Its next start recovers.
    log.warn({ pid: holder }, 'stopping a database server whose folder was moved away');
    process.kill(holder, 'SIGQUIT');
    await hasEnded(holder, FAST_SHUTDOWN_MS);
  }
}

/**
 * Removes the lock file of a cluster whose server is stopped or gone (after a reboot, the number in it may be anyone's).
 * A lock that is still held is found by the server itself, through its shared memory.
 */
export async function removeStaleLock(cluster: string): Promise<void> {
  await rm(postmasterPidFile(cluster), { force: true });
}

/** Waits on the operating system, so in real time. */
async function hasEnded(pid: number, timeoutMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += POLL_MS) {
    if (!(await isRunning(pid))) return true;
    await systemClock.sleep(POLL_MS);
  }
  return false;
}

async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  // In a container whose first process reaps nobody, an ended process stays as a zombie.
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return !/\) [ZX]/.test(state);
}

async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  if (!(await isRunning(pid))) return false;
  // pg_ctl speaks to the server through a pipe named by its number, which no other program has.
  if (process.platform === 'win32') return true;
  const commandLine = await commandLineOf(pid);
  return commandLine.includes('postgres') && commandLine.includes(cluster);
}

async function commandLineOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return (await run('ps', ['-p', String(pid), '-o', 'command='])).stdout;
  } catch {
    // It ended in between.
    return '';
  }
}
