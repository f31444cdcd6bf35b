import { Command } from 'commander';
import { t } from '../../shared/messages/message.ts';
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
  const command = new Command('run').description(t('help.run')).option('--ui', t('help.run.ui'));
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
  // The reader of the URL may have exited; the program continues.
  process.stdout.on('error', (err) => log.debug({ err }, 'standard output is closed'));
  let host: BrowserHost | null = null;
  /** Before the start there is nothing to write. */
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

/** Timeout of the orderly stop after an uncaught error, which may prevent the stop, too. */
const FAULT_DEADLINE_MS = 30_000;

/**
 * Rejects on an uncaught exception. The program then has to exit, because its state is unknown, but with an orderly stop,
 * because PostgreSQL would be left running otherwise.
 */
function unexpectedFailure(log: Logger): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined); // it may reject after the last await
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'a fault of the program, which ends for it');
    setTimeout(() => process.exit(1), FAULT_DEADLINE_MS).unref();
    reject(err);
  });
  return promise;
}

/** A terminal and npm both forward Ctrl-C; a second signal within this time is the same one. */
const ECHO_MS = 1_000;

/** Resolves on the first signal. A later one exits the process at once. */
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
