import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  loadPostgresBinaries,
  type PostgresBinaries,
} from '../../electron/monitor/store/postgres/binaries.ts';
import { runProgram } from '../../electron/monitor/store/postgres/run-program.ts';
import { serverAccount } from '../../electron/monitor/store/postgres/server-account.ts';
import { findPostgres } from '../counterparts/postgres.ts';
import { servicePort } from '../counterparts/service-port.ts';

/** A PostgreSQL server like a user's own, which listens at a TCP port of 127.0.0.1 and a socket. */
export type OwnPostgres = {
  readonly port: number;
  /** The URL of the superuser "ada" over the socket, with `trust` authentication. */
  readonly adminUrl: string;
  /** Creates a file that only the server can read and returns its path. */
  file(name: string, text: string): Promise<string>;
  /** Restarts the server with these settings and these lines of pg_hba.conf for TCP. */
  restart(settings: readonly string[], rules?: readonly string[]): Promise<void>;
  /** Stops the server as in a crash; `restart` starts it again. */
  stop(): Promise<void>;
  close(): Promise<void>;
};

/** A standby with streaming replication. */
export type OwnReplica = {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
};

const TRUST_ALL = ['host all all 127.0.0.1/32 trust'];
/** The lines of pg_hba.conf for a primary with replicas. */
export const TRUST_REPLICAS = [...TRUST_ALL, 'host replication all 127.0.0.1/32 trust'];

/**
 * Starts a server of the embedded version, or of the one that `TEST_POSTGRES` names.
 *
 * @param bin the folder with the programs of another version
 */
export async function startOwnPostgres(bin: string | null = testedPostgres()): Promise<OwnPostgres> {
  const { initdb, pgCtl, postgres } = await programsOf(bin);
  const folder = mkdtempSync(join(tmpdir(), 'own-postgres-'));
  const cluster = join(folder, 'cluster');
  const account = await serverAccount([postgres, cluster]);
  await account.own(folder);
  const sockets = join(folder, 'sockets');
  mkdirSync(sockets);
  await account.own(sockets);
  const port = await servicePort();
  await runProgram(account, initdb, [
    ...['-D', cluster, '-U', 'ada', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
  ]);

  const file = async (name: string, text: string): Promise<string> => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    await account.own(path);
    return path;
  };
  let isRunning = false;
  const stop = async (): Promise<void> => {
    if (isRunning) await runProgram(account, pgCtl, ['stop', '-w', '-D', cluster, '-m', 'immediate']);
    isRunning = false;
  };
  const own: OwnPostgres = {
    port,
    adminUrl: `postgresql://ada@/postgres?host=${encodeURIComponent(sockets)}&port=${port}`,
    file,
    stop,
    async restart(settings, rules = TRUST_ALL) {
      await stop();
      const hba = await file('pg_hba.conf', [...rules, 'local all all trust', ''].join('\n'));
      const all = [
        `port=${port}`,
        'listen_addresses=127.0.0.1',
        `unix_socket_directories=${sockets}`,
        `hba_file=${hba}`,
        'fsync=off',
        'max_connections=30',
        'shared_buffers=16MB',
        ...(bin === null ? ['io_method=sync'] : []),
        ...settings,
      ];
      const options = all.map((setting) => `-c ${setting}`).join(' ');
      await runProgram(account, pgCtl, [
        ...['start', '-w', '-D', cluster, '-l', join(folder, 'log'), '-o', options],
      ]);
      isRunning = true;
    },
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await own.restart([]);
  return own;
}

async function programsOf(bin: string | null): Promise<PostgresBinaries> {
  if (bin === null) return loadPostgresBinaries();
  return { initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl'), postgres: join(bin, 'postgres') };
}

/** The folder with the programs of the major version that `TEST_POSTGRES` names, for tests that need no embedded server; or null. */
export function testedPostgres(): string | null {
  const major = process.env.TEST_POSTGRES;
  if (!major) return null;
  const bin = findPostgres(Number(major));
  if (bin === null) throw new Error(`PostgreSQL ${major} is not there: run npm run counterparts`);
  return bin;
}

/**
 * Makes a replica of a server with `pg_basebackup`, and starts it.
 *
 * @param primary started with `TRUST_REPLICAS`
 * @param bin the folder with the programs of its version
 */
export async function startOwnReplica(primary: OwnPostgres, bin: string): Promise<OwnReplica> {
  const { pgCtl, postgres } = await programsOf(bin);
  const folder = mkdtempSync(join(tmpdir(), 'own-replica-'));
  const cluster = join(folder, 'cluster');
  const account = await serverAccount([postgres, cluster]);
  await account.own(folder);
  const port = await servicePort();
  await runProgram(account, join(bin, 'pg_basebackup'), [
    ...['--dbname', `postgresql://ada@127.0.0.1:${primary.port}/postgres`, '--pgdata', cluster],
    ...['--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast', '--no-sync'],
  ]);
  let isRunning = false;
  const stop = async (): Promise<void> => {
    if (isRunning) await runProgram(account, pgCtl, ['stop', '-w', '-D', cluster, '-m', 'immediate']);
    isRunning = false;
  };
  const start = async (): Promise<void> => {
    const settings = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=${folder}`,
      // The primary has its files on its command line, so the settings in the base backup do not name them.
      `hba_file=${join(cluster, 'pg_hba.conf')}`,
      'fsync=off',
      'max_connections=30',
      'shared_buffers=16MB',
      'wal_receiver_status_interval=1s',
    ];
    await runProgram(account, pgCtl, [
      ...['start', '-w', '-D', cluster, '-l', join(folder, 'log')],
      ...['-o', settings.map((setting) => `-c ${setting}`).join(' ')],
    ]);
    isRunning = true;
  };
  await start();
  return {
    url: `postgresql://ada@127.0.0.1:${port}/postgres`,
    start,
    stop,
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
