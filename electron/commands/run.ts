import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { message, t } from '../../shared/messages/message.ts';
import { type BrowserHost, startBrowserHost } from '../hosts/browser/browser-host.ts';
import { openMetrics, type ServedMetrics } from '../hosts/metrics/open-metrics.ts';
import { closeAll } from '../monitor/async/close-all.ts';
import type { ServedPage } from '../monitor/cluster-basis.ts';
import { openMonitor } from '../monitor/compose.ts';
import type { Logger } from '../monitor/logging/logger.ts';
import type { MonitorOptions } from '../monitor/monitor.ts';
import { CLUSTER_ROLES, type ClusterRole } from '../monitor/roles.ts';
import { withSecretsFromFiles } from '../monitor/secrets/from-environment.ts';
import { addFlags, chosenDataDir, chosenFlags, MONITOR_FLAGS } from '../monitor/settings/flags.ts';
import { FlagError, SettingsError } from '../monitor/settings/settings-error.ts';
import { clockFromEnvironment } from '../monitor/time/clock-from-environment.ts';
import { keepHeapSmall } from './small-heap.ts';
import { onStopSignal } from './stop-signals.ts';

/** Shorter than service managers wait by default before they kill the process (Docker: 10 s, systemd: 90 s). */
const STOP_TIMEOUT_MS = 8_000;

/** `run`: the monitor without a window, until SIGINT, SIGTERM or SIGHUP; with `--ui` it serves the page on loopback. */
export function runCommand(): Command {
  const command = new Command('run')
    .description(t('help.run'))
    .option('--ui', t('help.run.ui'))
    .option(
      '--role <roles>',
      t('help.from-environment', { help: t('help.run.role'), variable: 'MONITOR_ROLE' }),
    );
  addFlags(command, [...MONITOR_FLAGS, 'port']);
  return command.action(run);
}

async function run(options: Readonly<Record<string, unknown>>): Promise<void> {
  keepHeapSmall();
  const roles = chosenRoles(options.role, process.env.MONITOR_ROLE);
  if (roles !== null && options.ui === true) throw new FlagError(message('cluster.not-with-page'));
  const env = withSecretsFromFiles(process.env);
  const metrics = await openMetrics(env, { roles: roles ?? ['all'], version: packageJson.version });
  try {
    const given: MonitorOptions = {
      dataDir: chosenDataDir(options, process.env),
      flags: chosenFlags(options),
      env,
      clock: clockFromEnvironment(process.env),
      ...(metrics && { meter: metrics.meter }),
    };
    await (roles === null ? runAll(given, options.ui === true, metrics) : runRoles(roles, given, metrics));
  } finally {
    await metrics?.close();
  }
}

/** The program on one machine. */
async function runAll(given: MonitorOptions, hasPage: boolean, metrics: ServedMetrics | null): Promise<void> {
  const stopRequested = untilStopRequested();
  const monitor = await openMonitor(given);
  const { log } = monitor;
  const failed = unexpectedFailure(log);
  // The process reading the URL may have exited; the program continues.
  process.stdout.on('error', (err) => log.debug({ err }, 'standard output is closed'));
  let host: BrowserHost | null = null;
  /** Before the start, there is nothing to write. */
  let stopTimeoutMs = 0;
  try {
    if (hasPage) host = await startBrowserHost(monitor, { port: monitor.port });
    metrics?.observe({ subscribe: monitor.subscribe, status: () => monitor.snapshot().status });
    stopTimeoutMs = STOP_TIMEOUT_MS;
    monitor.start();
    metrics?.enter('running');
    if (host) process.stdout.write(`UI: ${host.url}\n`);
    const signal = await Promise.race([stopRequested, failed]);
    log.info({ signal }, 'stopping');
  } finally {
    metrics?.enter('stopping');
    await closeAll([() => host?.close(), () => monitor.stop(stopTimeoutMs)]);
    log.info('stopped');
    endSoon(log);
  }
}

/** The chosen roles; null for the program on one machine. */
function chosenRoles(flag: unknown, variable: string | undefined): readonly ClusterRole[] | null {
  const names = String(flag ?? variable ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  if (names.length === 0 || (names.length === 1 && names[0] === 'all')) return null;
  const wrong = names.find((name) => !(CLUSTER_ROLES as readonly string[]).includes(name));
  if (wrong !== undefined) {
    const fault = message('cluster.wrong-role', { role: wrong, known: CLUSTER_ROLES.join(', ') });
    throw flag === undefined ? new SettingsError(fault) : new FlagError(fault);
  }
  return names as readonly string[] as readonly ClusterRole[];
}

/** One process of several. */
async function runRoles(
  roles: readonly ClusterRole[],
  given: MonitorOptions,
  metrics: ServedMetrics | null,
): Promise<void> {
  const stopRequested = untilStopRequested();
  const stopping = new AbortController();
  void stopRequested.then(() => stopping.abort());
  // The Kafka client takes longer to load than everything else.
  const { openCluster } = await import('../monitor/compose-cluster.ts');
  const opened = await openCluster(given, roles, stopping.signal).catch((cause: unknown) => {
    if (!stopping.signal.aborted) throw cause;
    return null; // it was waiting for a broker
  });
  if (opened === null) return endSoon();
  const failed = unexpectedFailure(opened.log);
  process.stdout.on('error', (err) => opened.log.debug({ err }, 'standard output is closed'));
  let host: BrowserHost | null = null;
  try {
    metrics?.observe(opened);
    host = opened.page && (await servePage(opened.page));
    opened.start();
    metrics?.enter('running');
    if (host) process.stdout.write(`UI: ${host.url}\n`);
    const signal = await Promise.race([stopRequested, failed]);
    opened.log.info({ signal }, 'stopping');
  } finally {
    metrics?.enter('stopping');
    await closeAll([() => host?.close(), () => opened.stop(STOP_TIMEOUT_MS)]);
    opened.log.info('stopped');
    endSoon(opened.log);
  }
}

/** The maximum number of pages of one process; each costs a socket and its share of every event. */
const MAX_SERVED_PAGES = 2_000;

/** Long enough for resources that close on their own, such as sockets that are closing. */
const GRACE_MS = 500;

/**
 * Ends the process if something still keeps it running: libraries wait for the timeout of a connection attempt. All pending data
 * is written by then.
 */
function endSoon(log?: Logger): void {
  setTimeout(() => {
    log?.debug(
      { held: process.getActiveResourcesInfo() },
      'something keeps the process running; it exits anyway',
    );
    process.exit();
  }, GRACE_MS).unref();
}

/** The page of an installation with several processes. */
function servePage({ monitor, port, settings, shareToken }: ServedPage): Promise<BrowserHost> {
  return startBrowserHost(monitor, {
    port,
    ...settings,
    maxPages: MAX_SERVED_PAGES,
    ...(shareToken && { shareToken }),
  });
}

/** Timeout of the orderly stop after an uncaught error, because that error may also prevent the stop. */
const FAULT_DEADLINE_MS = 30_000;

/**
 * Rejects on an uncaught exception. The program then has to exit, because its state is unknown, but with an orderly stop,
 * because PostgreSQL would be left running otherwise.
 */
function unexpectedFailure(log: Logger): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined); // it may reject after the last await
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'the program ends because of an internal error');
    setTimeout(() => process.exit(1), FAULT_DEADLINE_MS).unref();
    reject(err);
  });
  return promise;
}

/** Resolves on the first signal. A later one exits the process immediately. */
function untilStopRequested(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => void onStopSignal(resolve));
}
