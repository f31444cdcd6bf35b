import { Command } from 'commander';
import { type BrowserHost, startBrowserHost } from '../hosts/browser/browser-host.ts';
import { closeAll } from '../monitor/async/close-all.ts';
import { openMonitor } from '../monitor/compose.ts';
import type { Logger } from '../monitor/logging/logger.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { addFlags, chosenDataDir, chosenFlags, MONITOR_FLAGS } from '../monitor/settings/flags.ts';
import { clockFromEnvironment } from '../monitor/time/clock-from-environment.ts';
import { keepHeapSmall } from './small-heap.ts';

/** As long as service managers wait by default before they kill (systemd: 90 s, Docker: 10 s), with room to spare. */
const STOP_TIMEOUT_MS = 8_000;

/** `run`: the monitor without a window, until SIGINT, SIGTERM or SIGHUP; with `--ui` it serves the page on loopback. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('watch prices, write them to PostgreSQL and alerts to alerts.txt')
    .option('--ui', 'serve the page on 127.0.0.1 and print its URL');
  addFlags(command, [...MONITOR_FLAGS, 'port']);
  return command.action(run);
}

async function run(options: Readonly<Record<string, unknown>>): Promise<void> {
  keepHeapSmall();
  const asked = stopAsked();
  const monitor = await openMonitor({
    dataDir: chosenDataDir(options, process.env),
    flags: chosenFlags(options),
    env: withSecretsFromFiles(process.env),
    clock: clockFromEnvironment(process.env),
  });
  const { log } = monitor;
  const failed = unexpectedFailure(log);
  // Whoever read the URL may be gone; the program goes on.
  process.stdout.on('error', (err) => log.debug({ err }, 'nobody reads the output'));
  let host: BrowserHost | null = null;
  /** Before the start nothing waits to be written. */
  let stopTimeoutMs = 0;
  try {
    if (options.ui === true) host = await startBrowserHost(monitor, monitor.port);
    stopTimeoutMs = STOP_TIMEOUT_MS;
    monitor.start();
    if (host) process.stdout.write(`UI: ${host.url}\n`);
    const signal = await Promise.race([asked, failed]);
    log.info({ signal }, 'stopping');
  } finally {
    await closeAll([() => host?.close(), () => monitor.stop(stopTimeoutMs)]);
    log.info('stopped');
  }
}

/** How long the orderly stop after a fault may take: the same fault may keep it from ending. */
const FAULT_DEADLINE_MS = 30_000;

/**
 * Rejects at an exception that nobody caught. The program has to end then, as its state is unknown; but by an orderly stop,
 * since PostgreSQL would otherwise be left running.
 */
function unexpectedFailure(log: Logger): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined); // it may happen when nobody waits for it any more
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'a fault of the program, which ends for it');
    setTimeout(() => process.exit(1), FAULT_DEADLINE_MS).unref();
    reject(err);
  });
  return promise;
}

/** A terminal and npm both pass a Ctrl-C on; what comes this soon after the first is an echo of it. */
const ECHO_MS = 1_000;

/** Resolves at the first signal. A later one ends the process at once, for those who cannot wait. */
function stopAsked(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    // SIGHUP is sent when the terminal is closed, also under nohup: Node resets signals that it was started to ignore.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (askedAt !== null && performance.now() - askedAt > ECHO_MS) process.exit(1);
        askedAt ??= performance.now();
        resolve(signal);
      });
    }
  });
}
