import { join } from 'node:path';
import type { PostgresBinaries } from '../postgres/binaries.ts';
import { EMBEDDED_USER } from '../postgres/create-cluster.ts';
import { DEFAULT_PORT, type EmbeddedConnection } from '../postgres/embedded-url.ts';
import { freePort } from '../postgres/free-port.ts';
import { runProgram } from '../postgres/run-program.ts';
import type { ServerAccount } from '../postgres/server-account.ts';

export type TemporaryServer = {
  readonly connection: EmbeddedConnection;
  /** Shuts the server down, with everything synced to disk. */
  stop(): Promise<void>;
};

export type TemporaryServerOptions = {
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount;
  readonly cluster: string;
  readonly socketDir: string;
  readonly password: string;
  /** The folder of its log file. */
  readonly logFolder: string;
  /** A different number for each server of the same socket folder. */
  readonly place: number;
};

const SOCKETS = process.platform !== 'win32';

/** Starts a server of any version with its default settings, for the duration of an upgrade. */
export async function startTemporaryServer(options: TemporaryServerOptions): Promise<TemporaryServer> {
  const { binaries, account, cluster, socketDir, password, logFolder, place } = options;
  const port = SOCKETS ? DEFAULT_PORT + place : await freePort();
  const settings = [
    `port=${port}`,
    ...(SOCKETS
      ? ['listen_addresses=', `unix_socket_directories="${socketDir.replaceAll('"', '""')}"`]
      : ['listen_addresses=127.0.0.1']),
  ];
  // pg_ctl passes the options through a shell.
  const quote = (word: string): string =>
    SOCKETS ? `'${word.replaceAll("'", "'\\''")}'` : `"${word.replaceAll('"', '\\"')}"`;
  const words = settings.map((setting) => `-c ${quote(setting)}`).join(' ');
  const log = join(logFolder, `log-${place}`);
  await runProgram(account, binaries.pgCtl, [
    'start',
    '-w',
    '-t',
    '600',
    '-D',
    cluster,
    '-l',
    log,
    '-o',
    words,
  ]);
  return {
    connection: {
      host: SOCKETS ? socketDir : '127.0.0.1',
      port,
      user: EMBEDDED_USER,
      database: EMBEDDED_USER,
      password,
    },
    stop: async () => {
      await runProgram(account, binaries.pgCtl, ['stop', '-w', '-t', '600', '-D', cluster, '-m', 'fast']);
    },
  };
}
