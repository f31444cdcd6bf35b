import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { claimDataDir } from '../../electron/monitor/files/data-dir.ts';

/** Every process of the machine that names the folder, the database's among them. Windows has no `ps`. */
function processesOf(folder: string): readonly string[] {
  if (process.platform === 'win32') return [];
  const all = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(folder));
}

/**
 * What a program that has ended left in its data folder and on the machine: processes, the database's lock, its own. Empty
 * when it left nothing.
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
