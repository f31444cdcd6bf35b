import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

/** Linux's file system in memory. */
const MEMORY = '/dev/shm';
/** `TMPFS_MAGIC` of statfs(2). */
const TMPFS = 0x01_02_19_94;
/** Several times the peak usage of the tests: PostgreSQL clusters of 50 MB each, brokers, a packed app. */
const ENOUGH_BYTES = 8 * 1_024 ** 3;

export type MemoryFolder = { readonly path: string; remove(): void };

/**
 * Makes a temporary folder in memory. Many tests start a database, which syncs hundreds of files to disk; in memory, that costs
 * nothing. The tests are as conclusive there, because they kill processes and never the machine: what a process has written
 * survives its end on any file system.
 *
 * @returns null if there is no such file system with enough space, or the programs of the tests cannot use it
 */
export function makeMemoryFolder(): MemoryFolder | null {
  if (!hasRoom()) return null;
  const path = mkdtempSync(join(MEMORY, 'cpm-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  // The mode of /tmp, because some programs of the tests run as other users.
  chmodSync(path, 0o1777);
  if (canRunPrograms(path) && canBypassCache(path)) return { path, remove };
  remove();
  return null;
}

function hasRoom(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(MEMORY);
    return type === TMPFS && bavail * bsize >= ENOUGH_BYTES && freemem() >= ENOUGH_BYTES;
  } catch {
    return false;
  }
}

/** Fails if the file system is mounted with `noexec`, as in many containers. */
function canRunPrograms(folder: string): boolean {
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
  const { status } = spawnSync(program);
  rmSync(program);
  return status === 0;
}

/** Ceph's store opens its file with O_DIRECT, which Linux before 6.6 does not support on tmpfs. */
function canBypassCache(folder: string): boolean {
  const file = join(folder, 'direct');
  try {
    closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT));
    return true;
  } catch {
    return false;
  } finally {
    rmSync(file, { force: true });
  }
}
