import { hostname } from 'node:os';
import { join } from 'node:path';
import { t } from '../../shared/messages/message.ts';
import { createOpenParts, type OpenParts } from './async/open-parts.ts';
import { type ClusterSettings, readClusterSettings } from './cluster/cluster-settings.ts';
import type { ClusterBasis, OpenPart, ServedPage } from './cluster-basis.ts';
import { openFeed } from './compose-feed.ts';
import { openServing } from './compose-serve.ts';
import { openDelivering, openRules, openStoring } from './compose-workers.ts';
import { claimDataDir } from './files/data-dir.ts';
import { type KafkaClients, openKafkaClients } from './log/kafka/kafka-clients.ts';
import { ensureTopic, type TopicNames, topicNames } from './log/kafka/topics.ts';
import { createLogger, type Logger } from './logging/logger.ts';
import type { Monitor, MonitorOptions } from './monitor.ts';
import { type ClusterRole, type Part, partsOf } from './roles.ts';
import { openSettings } from './settings/settings.ts';
import { watchFile } from './settings/watch-file.ts';
import { createEventHub } from './status/event-hub.ts';
import { NO_METER } from './status/meter.ts';
import { createStatusBoard, INITIAL_STATES, NO_NOTICES, type StatusBoard } from './status/status-board.ts';
import { openStoredNotices } from './status/stored-notices.ts';
import { nextDelayMs } from './time/backoff.ts';
import { systemClock } from './time/clock.ts';

const RETRY = { baseMs: 500, capMs: 15_000 };

/** A process of an installation whose parts run in several processes. */
export type ClusterProcess = {
  readonly log: Logger;
  /** The page server; null in a process without pages. */
  readonly page: ServedPage | null;
  /** Emits the state of this process as events `status`. */
  readonly subscribe: Monitor['subscribe'];
  /** The state of this process now. */
  readonly status: StatusBoard['current'];
  start(): void;
  /** Hands over its work and stops, as far as possible within `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
};

/**
 * Composes one process of several: the parts of its roles, the same as on one machine, with Kafka as the log. Creates missing
 * topics; retries until a broker can be reached.
 *
 * @param signal ends the wait for a broker, and rejects
 * @throws SettingsError when a variable is missing or invalid, DataDirError when the data folder cannot be used
 */
export async function openCluster(
  options: MonitorOptions,
  roles: readonly ClusterRole[],
  signal: AbortSignal,
): Promise<ClusterProcess> {
  const parts = createOpenParts();
  try {
    return await compose(options, roles, parts, signal);
  } catch (cause) {
    await parts.close(0).catch(() => undefined); // report the cause rather than an error of closing a part
    throw cause;
  }
}

async function compose(
  options: MonitorOptions,
  roles: readonly ClusterRole[],
  parts: OpenParts,
  signal: AbortSignal,
): Promise<ClusterProcess> {
  const { env, random = Math.random, clock } = options;
  const cluster = readClusterSettings(env);
  const dataDir = parts.add(claimDataDir(options.dataDir), (claimed) => claimed.release()).path;
  const settings = openSettings({
    path: join(dataDir, 'settings.json'),
    flags: options.flags,
    env,
    databasePassword: options.databasePassword,
    notices: openStoredNotices(join(dataDir, 'notices.json')),
  });
  const log = (options.log ?? createLogger(settings.current().logLevel)).child({
    roles,
    instance: `${hostname()}:${process.pid}`,
  });
  if (env.KINESIS_TICKS_STREAM_ARN?.trim()) log.warn(t('cluster.no-tick-stream'));
  const events = createEventHub(log);
  const status = parts.add(
    createStatusBoard(INITIAL_STATES, NO_NOTICES, (payload) => events.emit({ event: 'status', payload })),
    (board) => board.close(),
  );
  let deadLetters = 0;
  const clients = parts.add(openKafkaClients(cluster.connection), (opened) => opened.close());
  const names = topicNames(cluster.prefix);
  const partitions = await whenReachable(() => ensureTopics(clients, names, cluster), {
    random,
    log,
    signal,
  });
  const basis: ClusterBasis = {
    parts: partsOf(roles),
    options,
    dataDir,
    settings,
    cluster,
    clients,
    names,
    clock,
    random,
    log,
    meter: options.meter ?? NO_METER,
    status,
    countDeadLetter: () => status.report({ deadLetters: ++deadLetters }),
    partitions,
  };

  const open: Readonly<Record<Part, () => OpenPart | Promise<OpenPart>>> = {
    pages: () => openServing(basis, parts),
    store: () => openStoring(basis, parts),
    delivery: () => openDelivering(basis, parts),
    rules: () => openRules(basis, parts),
    sources: () => openFeed(basis, parts),
  };
  const opened: OpenPart[] = [];
  for (const part of basis.parts) opened.push(await open[part]());
  const reload = async (): Promise<void> => {
    const changed = await settings.reload();
    if (changed.length === 0) return;
    log.info({ settings: changed }, 'settings.json was changed');
    for (const part of opened) await part.settingsChanged?.(changed);
  };
  return {
    log,
    page: opened.find(({ page }) => page !== undefined)?.page ?? null,
    subscribe: events.subscribe,
    status: status.current,
    start() {
      log.info({ topics: names, partitions }, 'this process takes part in an installation of several');
      for (const part of opened) part.start();
      const watched = watchFile(join(dataDir, 'settings.json'), reload, { clock: systemClock, log });
      parts.add(watched, (watch) => watch.stop());
    },
    stop: parts.close,
  };
}

/** Services start in any order: Kafka may become available after this process. */
async function whenReachable<T>(
  operation: () => Promise<T>,
  { random, log, signal }: Pick<ClusterBasis, 'random' | 'log'> & { readonly signal: AbortSignal },
): Promise<T> {
  for (let delayMs = 0; ; ) {
    try {
      return await operation();
    } catch (err) {
      delayMs = nextDelayMs(delayMs, RETRY, random());
      log.error({ err, delayMs }, 'Kafka cannot be used yet; trying again');
      await systemClock.sleep(delayMs, signal);
    }
  }
}

/** Resolves with the number of partitions of the ticks. */
async function ensureTopics(
  clients: KafkaClients,
  names: TopicNames,
  { partitions, replicas, retentionMs }: ClusterSettings,
): Promise<number> {
  const ensure = (topic: string, plan: object): Promise<number> =>
    ensureTopic(clients, topic, { partitions, replicas, retentionMs, ...plan }, systemClock);
  const count = await ensure(names.ticks, {});
  // The same number of partitions as the ticks, whatever the variable says now: a coin has the same partition in each topic.
  await ensure(names.alerts, { partitions: count });
  await ensure(names.states, { partitions: count, retentionMs: null, isCompacted: true });
  await ensure(names.deadLetters, { partitions: 1, retentionMs: null });
  await ensure(names.feeds, { partitions: 1 });
  return count;
}
