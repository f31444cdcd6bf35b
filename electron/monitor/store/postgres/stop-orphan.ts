import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Logger } from '../../logging/logger.ts';
import { systemClock } from '../../time/clock.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { ClusterPaths } from './cluster-paths.ts';
import { DEFAULT_PORT } from './embedded-url.ts';
import { postmasterPidFile, readPostmasterPid, readSocketLock } from './postmaster-pid.ts';

const run = promisify(execFile);
const POLL_MS = 20;
/** How long a fast shutdown may take before an immediate one follows. */
export const FAST_SHUTDOWN_MS = 10_000;

/**
 * Stops a server that outlived a killed program. The caller guarantees that no other program uses the data folder,
 * and must not create a cluster before this call: a server whose folder was moved keeps running there, but writes the
 * state of its cluster (`global/pg_control`) to the path that it was started with, and would damage a new cluster at
 * that path.
 */
export async function stopOrphan(
  { cluster, socketDir }: Pick<ClusterPaths, 'cluster' | 'socketDir'>,
  binaries: PostgresBinaries,
  log: Logger,
): Promise<void> {
  const lock = await readPostmasterPid(cluster);
  const socketHolder = await readSocketLock(socketDir, DEFAULT_PORT);
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
  } else if (socketHolder !== null && (await isServerOf(socketHolder, cluster))) {
    // Its folder was moved away, so it must not write again, as a fast shutdown would. Its next start recovers.
    log.warn({ pid: socketHolder }, 'stopping a database server whose folder was moved away');
    process.kill(socketHolder, 'SIGQUIT');
    await hasEnded(socketHolder, FAST_SHUTDOWN_MS);
  }
}

/**
 * Removes the lock file of a cluster whose server has stopped (after a reboot, its process id may be reused). If the
 * cluster is still in use, the server detects that itself, through shared memory.
 */
export async function removeStaleLock(cluster: string): Promise<void> {
  await rm(postmasterPidFile(cluster), { force: true });
}

/** Waits in real time, because it waits for the operating system. */
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
  // In a container whose init process does not reap children, an exited process stays as a zombie.
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return !/\) [ZX]/.test(state);
}

async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  if (!(await isRunning(pid))) return false;
  // pg_ctl uses a pipe that is named after the process id, which no other program has.
  if (process.platform === 'win32') return true;
  const commandLine = await commandLineOf(pid);
  return commandLine.includes('postgres') && commandLine.includes(cluster);
}

async function commandLineOf(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return (await run('ps', ['-p', String(pid), '-o', 'command='])).stdout;
  } catch {
    // It exited in the meantime.
    return '';
  }
}
