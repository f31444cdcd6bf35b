import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../files/package-root.ts';
import type { PostgresBinaries } from '../postgres/binaries.ts';

const run = promisify(execFile);
const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** The major version of a PostgreSQL program. */
export async function majorOfProgram(program: string): Promise<number> {
  const { stdout } = await run(program, ['--version']);
  return Number(/\d+/.exec(stdout)?.[0]);
}

/**
 * Finds the programs of an earlier major version: in the folder that `PGBINOLD` names, as for pg_upgrade; in this installation;
 * or in the folders of the Debian and Homebrew packages and the Windows installer. Null when there are none.
 */
export function findOlderPrograms(major: number, env: NodeJS.ProcessEnv): PostgresBinaries | null {
  const folders = [
    ...(env.PGBINOLD ? [env.PGBINOLD] : []),
    join(packageRoot(), `postgres-${major}`, 'bin'),
    `/usr/lib/postgresql/${major}/bin`,
    `/opt/homebrew/opt/postgresql@${major}/bin`,
    `/usr/local/opt/postgresql@${major}/bin`,
    `C:\\Program Files\\PostgreSQL\\${major}\\bin`,
  ];
  const folder = folders.find((one) => existsSync(join(one, `postgres${SUFFIX}`)));
  if (folder === undefined) return null;
  const program = (name: string): string => join(folder, `${name}${SUFFIX}`);
  return { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') };
}
