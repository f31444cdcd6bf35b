import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serverAccount } from '../../electron/monitor/store/postgres/server-account.ts';

const run = promisify(execFile);
const DEBIAN_FOLDER = '/usr/lib/postgresql';

export type InstalledPostgres = { readonly version: string; readonly bin: string };

/** The oldest PostgreSQL that Debian's packages have installed here, or null. */
export function findInstalledPostgres(): InstalledPostgres | null {
  if (!existsSync(DEBIAN_FOLDER)) return null;
  const versions = readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(a) - Number(b));
  for (const version of versions) {
    const bin = join(DEBIAN_FOLDER, version, 'bin');
    if (existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'pg_ctl'))) return { version, bin };
  }
  return null;
}

/** Runs work with a fresh server of that installation, reached by the URL. */
export async function withInstalledPostgres(
  { bin }: InstalledPostgres,
  work: (url: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'installed-postgres-'));
  const account = await serverAccount([bin, join(folder, 'cluster')]);
  await account.own(folder);
  const cluster = join(folder, 'cluster');
  const execute = async (program: string, ...args: string[]): Promise<void> => {
    const { file, args: all, ids } = account.command(join(bin, program), args);
    await run(file, [...all], { ...ids, cwd: '/' });
  };
  try {
    await execute(
      'initdb',
      '-D',
      cluster,
      '-U',
      'ada',
      '--auth=trust',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    );
    const options = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off`;
    await execute('pg_ctl', 'start', '-w', '-D', cluster, '-l', join(folder, 'log'), '-o', options);
    try {
      await work(`postgresql://ada:any@/postgres?host=${encodeURIComponent(folder)}`);
    } finally {
      await execute('pg_ctl', 'stop', '-w', '-D', cluster, '-m', 'fast');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
