import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import type { Logger } from '../../logging/logger.ts';
import { systemClock } from '../../time/clock.ts';
import { loadPostgresBinaries, type PostgresBinaries } from './binaries.ts';
import { clusterPaths } from './cluster-paths.ts';
import { DEFAULT_PORT, type EmbeddedConnection } from './connection-url.ts';
import { EMBEDDED_USER, ensureCluster } from './create-cluster.ts';
import { freePort } from './free-port.ts';
import { lastWords } from './last-words.ts';
import { runProgram, serverEnvironment } from './run-program.ts';
import { type ServerAccount, serverAccount } from './server-account.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { makeSocketDir } from './socket-dir.ts';
import { FAST_SHUTDOWN_MS, removeStaleLock, stopOrphan } from './stop-orphan.ts';

const READY = 'database system is ready to accept connections';
const SOCKETS = process.platform !== 'win32';

/** The PostgreSQL that the program brings along, on one data folder. */
export type EmbeddedServer = {
  /** Makes the cluster if needed and starts the server; when it is running already, only tells how to reach it. */
  start(): Promise<EmbeddedConnection>;
  /**
   * Gives the password of the password file to a cluster that refuses it, because the cluster or the file comes from
   * elsewhere, and starts the server again. The file is left as it is: it may open another cluster.
   */
  adoptPassword(): Promise<EmbeddedConnection>;
  /** Ends connections and the server; it writes what it must and can be started again. */
  stop(): Promise<void>;
};

/** @param onExit called when the server ends without having been asked to, with what it said last */
export function createEmbeddedServer(
  dataDir: string,
  log: Logger,
  onExit: (error: Error) => void,
): EmbeddedServer {
  const paths = clusterPaths(dataDir);
  let running: RunningServer | null = null;
  /** Orphans are of an earlier run: after the first start the server is our child, and its end is seen. */
  let orphanStopped = false;

  const start = async (): Promise<EmbeddedConnection> => {
    if (running !== null) return running.connection;
    const binaries = await loadPostgresBinaries();
    const account = await serverAccount([binaries.postgres, paths.cluster, paths.socketDir]);
    if (!orphanStopped) await stopOrphan(paths, binaries, log);
    const password = await ensureCluster(paths, binaries, account);
    if (!orphanStopped) await removeStaleLock(paths.cluster);
    orphanStopped = true;
    if (SOCKETS) await makeSocketDir(paths.socketDir, account);

    const port = SOCKETS ? DEFAULT_PORT : await freePort();
    const child = spawnServer(binaries, account, paths.cluster, [
      `port=${port}`,
      ...(SOCKETS
        ? [
            'listen_addresses=',
            // A list, in which a quoted name may hold any character.
            `unix_socket_directories="${paths.socketDir.replaceAll('"', '""')}"`,
            'unix_socket_permissions=0700',
          ]
        : ['listen_addresses=127.0.0.1']),
    ]);
    const started: RunningServer = {
      child,
      binaries,
      account,
      connection: {
        host: SOCKETS ? paths.socketDir : '127.0.0.1',
        port,
        user: EMBEDDED_USER,
        database: EMBEDDED_USER,
        password,
      },
    };
    running = started;
    await untilReady(child, log, (error) => {
      if (running !== started) return;
      running = null;
      onExit(error);
    });
    return started.connection;
  };

  const stop = async (): Promise<void> => {
    const server = running;
    if (server === null) return;
    running = null;
    await stopServer(server, paths.cluster);
    // It may lie in the system's temporary folder. The next start makes it again.
    if (SOCKETS) await rm(paths.socketDir, { recursive: true, force: true });
  };

  return {
    start,
    stop,
    async adoptPassword() {
      const server = running;
      if (server === null) return start();
      await stop();
      log.warn(`the embedded database does not take the password in ${paths.passwordFile}, and is given it`);
      await setPassword(server, paths.cluster);
      return start();
    },
  };
}

/** In single-user mode, which asks for no password: who owns the files owns the database. */
async function setPassword({ binaries, account, connection }: RunningServer, cluster: string): Promise<void> {
  const { user, password } = connection;
  const settings = SERVER_SETTINGS.flatMap((setting) => ['-c', setting]);
  const statement = `alter role "${user}" password '${password.replaceAll("'", "''")}'\n`;
  const said = await runProgram(
    account,
    binaries.postgres,
    ['--single', '-D', cluster, ...settings, 'template1'],
    statement,
  );
  // An error of a statement does not end the program.
  if (/(?:ERROR|FATAL|PANIC): /.test(said))
    throw new Error(`The password of the embedded database cannot be set: ${lastWords(said)}`);
}

type RunningServer = {
  readonly child: ChildProcess;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount;
  readonly connection: EmbeddedConnection;
};

function spawnServer(
  binaries: PostgresBinaries,
  account: ServerAccount,
  cluster: string,
  settings: readonly string[],
): ChildProcess {
  const args = ['-D', cluster];
  for (const setting of [...SERVER_SETTINGS, ...settings]) args.push('-c', setting);
  const command = account.command(binaries.postgres, args);
  return spawn(command.file, command.args, {
    ...command.ids,
    cwd: '/',
    env: serverEnvironment(),
    // A group of its own: Ctrl-C in a terminal must not stop the server before the queue is flushed into it.
    detached: SOCKETS,
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
}

/** Resolves when the server accepts connections; rejects when it ends before. Calls `onExit` when it ends later. */
function untilReady(child: ChildProcess, log: Logger, onExit: (error: Error) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let lastLines = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log.debug({ postgres: chunk.trimEnd() }, 'database server');
      lastLines = (lastLines + chunk).slice(-2_000);
      if (lastLines.includes(READY)) resolve();
    });
    const ended = (how: string): void => {
      const said = lastWords(lastLines);
      const error = new Error(`The embedded database server ended (${how})${said ? `: ${said}` : '.'}`);
      onExit(error);
      reject(error);
    };
    child.once('error', (error) => ended(error.message));
    child.once('close', (code, signal) => ended(signal ?? `exit code ${code}`));
  });
}

async function stopServer(server: RunningServer, cluster: string): Promise<void> {
  const { child, account, binaries } = server;
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  if (!SOCKETS) {
    // Windows has no signals; pg_ctl asks through the server's own pipe.
    await runProgram(account, binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast']);
    return ended;
  }
  child.kill('SIGINT');
  const patience = new AbortController();
  // The operating system's time, not the program's clock, which may run faster.
  const impatient = systemClock.sleep(FAST_SHUTDOWN_MS, patience.signal).then(
    () => child.kill('SIGQUIT'),
    () => false, // It ended in time.
  );
  await ended;
  patience.abort();
  await impatient;
}
