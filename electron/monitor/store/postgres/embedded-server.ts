import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { type Message, message, verbatim } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { Logger } from '../../logging/logger.ts';
import { systemClock } from '../../time/clock.ts';
import { loadPostgresBinaries, type PostgresBinaries } from './binaries.ts';
import { clusterPaths } from './cluster-paths.ts';
import { EMBEDDED_USER, ensureCluster } from './create-cluster.ts';
import { DEFAULT_PORT, type EmbeddedConnection } from './embedded-url.ts';
import { freePort } from './free-port.ts';
import { lastServerError } from './last-server-error.ts';
import { runProgram, serverEnvironment } from './run-program.ts';
import { type ServerAccount, serverAccount } from './server-account.ts';
import { SERVER_SETTINGS } from './server-settings.ts';
import { makeSocketDir } from './socket-dir.ts';
import { FAST_SHUTDOWN_MS, removeStaleLock, stopOrphan } from './stop-orphan.ts';

const READY = 'database system is ready to accept connections';
const SOCKETS = process.platform !== 'win32';

/** The embedded PostgreSQL server of a data folder. */
export type EmbeddedServer = {
  /** Creates the cluster if needed and starts the server. Returns the connection if it is running already. */
  start(): Promise<EmbeddedConnection>;
  /**
   * Sets the cluster's password to that of the password file and restarts the server, for a cluster or a file that
   * comes from elsewhere. The file is not changed: it may belong to another cluster.
   */
  resetPassword(): Promise<EmbeddedConnection>;
  /** Closes connections and shuts the server down cleanly. It can be started again. */
  stop(): Promise<void>;
};

/** @param onExit called when the server exits unexpectedly, with its last error */
export function createEmbeddedServer(
  dataDir: string,
  log: Logger,
  onExit: (error: Error) => void,
): EmbeddedServer {
  const paths = clusterPaths(dataDir);
  let running: RunningServer | null = null;
  /**
   * Orphans are left by an earlier run. After the first start the server is a child process, whose exit is observed.
   */
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
            // A list; a quoted name may contain any character.
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
    // It may be in the system's temporary folder. The next start creates it again.
    if (SOCKETS) await rm(paths.socketDir, { recursive: true, force: true });
  };

  return {
    start,
    stop,
    async resetPassword() {
      const server = running;
      if (server === null) return start();
      await stop();
      log.warn(`the embedded database rejects the password in ${paths.passwordFile}; setting it`);
      await setPassword(server, paths.cluster);
      return start();
    },
  };
}

/** Sets the password in single-user mode, which requires no password. */
async function setPassword({ binaries, account, connection }: RunningServer, cluster: string): Promise<void> {
  const { user, password } = connection;
  const settings = SERVER_SETTINGS.flatMap((setting) => ['-c', setting]);
  const statement = `alter role "${user}" password '${password.replaceAll("'", "''")}'\n`;
  const output = await runProgram(
    account,
    binaries.postgres,
    ['--single', '-D', cluster, ...settings, 'template1'],
    statement,
  );
  // A failed statement does not end the program.
  if (/(?:ERROR|FATAL|PANIC): /.test(output))
    throw new MessageError(message('embedded.password-not-set', { said: lastServerError(output) }));
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
    // A separate process group: Ctrl-C in a terminal must not stop the server before the log is written to it.
    detached: SOCKETS,
    stdio: ['ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
}

/** Resolves when the server accepts connections and rejects when it exits first. Calls `onExit` on a later exit. */
function untilReady(child: ChildProcess, log: Logger, onExit: (error: Error) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let lastLines = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log.debug({ postgres: chunk.trimEnd() }, 'database server');
      lastLines = (lastLines + chunk).slice(-2_000);
      if (lastLines.includes(READY)) resolve();
    });
    const ended = (how: Message): void => {
      const said = lastServerError(lastLines);
      const error = new MessageError(message('embedded.ended', { how, said }));
      onExit(error);
      reject(error);
    };
    child.once('error', (error) => ended(verbatim(error.message)));
    child.once('close', (code, signal) => ended(message('embedded.exit', { code, signal })));
  });
}

async function stopServer(server: RunningServer, cluster: string): Promise<void> {
  const { child, account, binaries } = server;
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  if (!SOCKETS) {
    // Windows has no signals; pg_ctl uses the server's named pipe.
    await runProgram(account, binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast']);
    return ended;
  }
  child.kill('SIGINT');
  const timeout = new AbortController();
  // In the operating system's time: the program's clock may run faster.
  const immediateShutdown = systemClock.sleep(FAST_SHUTDOWN_MS, timeout.signal).then(
    () => child.kill('SIGQUIT'),
    () => false, // it exited in time
  );
  await ended;
  timeout.abort();
  await immediateShutdown;
}
