import { Command } from 'commander';
import { startBrowserHost } from '../browser-host/browser-host.ts';
import { clockFromEnvironment } from '../monitor/clock-from-environment.ts';
import { type Monitor, startMonitor } from '../monitor/monitor.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { keepHeapSmall } from '../small-heap.ts';
import { addFlags, chosenDataDir, chosenFlags, MONITOR_FLAGS } from './common-flags.ts';

/** As long as service managers wait by default before they kill (systemd: 90 s, Docker: 10 s), with room to spare. */
const STOP_TIMEOUT_MS = 8_000;

/** `run`: the monitor without a window, until SIGINT or SIGTERM; with `--ui` it serves the page on loopback. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('watch prices, write them to PostgreSQL and alerts to alerts.txt')
    .option('--ui', 'serve the page on 127.0.0.1 and print its URL');
  addFlags(command, [...MONITOR_FLAGS, 'port']);
  return command.action(run);
}

async function run(options: Readonly<Record<string, unknown>>): Promise<void> {
  keepHeapSmall();
  const monitor = startMonitor({
    dataDir: chosenDataDir(options, process.env),
    flags: chosenFlags(options),
    env: withSecretsFromFiles(process.env),
    clock: clockFromEnvironment(process.env),
  });
  const asked = stopAsked();
  try {
    const host = options.ui === true ? await startBrowserHost(monitor, monitor.port) : null;
    if (host) process.stdout.write(`UI: ${host.url}\n`);
    const signal = await asked;
    monitor.log.info({ signal }, 'stopping');
    await host?.close();
  } finally {
    await stop(monitor);
  }
}

/** A terminal and npm both pass a Ctrl-C on; what comes this soon after the first is an echo of it. */
const ECHO_MS = 1_000;

/** Resolves at the first signal. A later one ends the process at once, for those who cannot wait. */
function stopAsked(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (askedAt !== null && performance.now() - askedAt > ECHO_MS) process.exit(1);
        askedAt ??= performance.now();
        resolve(signal);
      });
    }
  });
}

async function stop(monitor: Monitor): Promise<void> {
  await monitor.stop(STOP_TIMEOUT_MS);
  monitor.log.info('stopped');
}
