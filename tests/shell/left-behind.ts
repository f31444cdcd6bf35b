import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { claimDataDir } from '../../electron/monitor/files/data-dir.ts';

/** Every process of the machine whose arguments contain the folder, including the database's. Windows has no `ps`. */
function processesOf(folder: string): readonly string[] {
  if (process.platform === 'win32') return [];
  const all = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(folder));
}

/**
 * What a program has left behind after its exit: processes, the database's lock, its own lock.
 */
export function leftBehind(folder: string): readonly string[] {
  const left = [...processesOf(folder)];
  if (existsSync(join(folder, 'postgres/postmaster.pid'))) left.push('postgres/postmaster.pid');
  try {
    claimDataDir(folder).release();
  } catch (cause) {
    left.push(String(cause));
  }
  return left;
}
