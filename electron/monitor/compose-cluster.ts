import { join } from 'node:path';
import type { Problem } from '../../shared/domain/problem.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { message, text } from '../../shared/messages/message.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import { withCoins } from '../../shared/settings/watchlists.ts';
import { createOpenParts, type OpenParts } from './async/open-parts.ts';
import { createSingleRun } from './async/single-run.ts';
import { type AlertWorker, createAlertWorker } from './cluster/alert-worker.ts';
import { type ClusterSettings, feedGroup, readClusterSettings } from './cluster/cluster-settings.ts';
import { createRuleStatesTopic } from './cluster/rule-states-topic.ts';
import { composeDelivery } from './compose-delivery.ts';
import { composeSources } from './compose-sources.ts';
import { openAlertTables } from './delivery/alert-tables.ts';
import { claimDataDir } from './files/data-dir.ts';
import type { HistoryStore } from './history/history-store.ts';
import { createAppender } from './ingest/appender.ts';
import { createTickBatcher } from './ingest/tick-batcher.ts';
import { createLatest } from './latest/latest.ts';
import { createBatchTopic } from './log/kafka/batch-topic.ts';
import { type GroupCursor, type GroupCursorOptions, openGroupCursor } from './log/kafka/group-cursor.ts';
import { type KafkaClients, openKafkaClients } from './log/kafka/kafka-clients.ts';
import { ensureTopic, type TopicNames, topicNames } from './log/kafka/topics.ts';
import { openLocalLog } from './log/local-log.ts';
import type { LogRecord } from './log/tick-log.ts';
import { createLogger, type Logger } from './logging/logger.ts';
import type { MonitorOptions } from './monitor.ts';
import { environmentNetwork } from './network/environment-network.ts';
import type { ClusterRole } from './roles.ts';
import { chooseApiKey } from './secrets/api-key.ts';
import { openKeptChannelSecrets } from './secrets/kept-channel-secrets.ts';
import { openSettings, type SettingsStore } from './settings/settings.ts';
import { SettingsError } from './settings/settings-error.ts';
import { createTickTimes } from './sources/tick-times.ts';
import { openKeptNotices } from './status/kept-notices.ts';
import { openStore, type StoredLog } from './store/open-store.ts';
import { nextDelayMs } from './time/backoff.ts';
import { type Clock, systemClock } from './time/clock.ts';
import { correctedClock, createClockOffset, fetchNotingTime } from './time/clock-offset.ts';

const RETRY = { baseMs: 500, capMs: 15_000 };

/** A process of an installation whose parts run in several processes. */
export type ClusterProcess = {
  readonly log: Logger;
  start(): void;
  /** Hands its work over and stops, as far as that is possible within `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
};

/** What the parts of a process are made from. */
type Basis = {
  readonly options: MonitorOptions;
  readonly dataDir: string;
  readonly settings: SettingsStore;
  readonly cluster: ClusterSettings;
  readonly clients: KafkaClients;
  readonly names: TopicNames;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Of the topics of ticks and alerts. */
  readonly partitions: number;
};

/** A part that `start` starts. */
type Startable = { start(): void };

/**
 * Puts one process of several together: those of the same parts as on one machine that its roles name, with Kafka in the place of the
 * log. Creates the topics where they are missing; until a broker can be reached, it tries again.
 *
 * @param signal ends the waiting for a broker, and rejects
 * @throws SettingsError when a variable is missing or wrong, DataDirError when the data folder cannot be used
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
    await parts.close(0).catch(() => undefined); // what keeps a part from closing is worth less than the cause
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
    notices: openKeptNotices(join(dataDir, 'notices.json')),
  });
  const log = options.log ?? createLogger(settings.current().logLevel);
  const clients = parts.add(openKafkaClients(cluster.connection), (opened) => opened.close());
  const names = topicNames(cluster.prefix);
  const partitions = await whenReachable(() => ensureTopics(clients, names, cluster), {
    random,
    log,
    signal,
  });
  const basis: Basis = {
    options,
    dataDir,
    settings,
    cluster,
    clients,
    names,
    clock,
    random,
    log,
    partitions,
  };

  // In the order of the way of the data, from its end: what is started first is there for what comes.
  const open: Readonly<Record<ClusterRole, () => Startable>> = {
    store: () => openStoring(basis, parts),
    deliver: () => openDelivering(basis, parts),
    alert: () => openAlerting(basis, parts),
    feed: () => openFeed(basis, parts),
  };
  const started = (['store', 'deliver', 'alert', 'feed'] as const)
    .filter((role) => roles.includes(role))
    .map((role) => open[role]());
  return {
    log,
    start() {
      log.info({ roles, topics: names, partitions }, 'this process takes part in an installation of several');
      for (const part of started) part.start();
    },
    stop: parts.close,
  };
}

/** Services start in any order: Kafka may be there later than this process. */
async function whenReachable<T>(
  ask: () => Promise<T>,
  { random, log, signal }: Pick<Basis, 'random' | 'log'> & { readonly signal: AbortSignal },
): Promise<T> {
  for (let delayMs = 0; ; ) {
    try {
      return await ask();
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
  // As many as of the ticks, whatever the variable says by now: a coin is in the same partition of each.
  await ensure(names.alerts, { partitions: count });
  await ensure(names.states, { partitions: count, retentionMs: null, isCompacted: true });
  await ensure(names.deadLetters, { partitions: 1, retentionMs: null });
  await ensure(names.feeds, { partitions: 1 });
  return count;
}

/** What all consumer groups of a process have in common. */
function groupOptions(
  { cluster, clients, names, random, log }: Basis,
  name: string,
): Omit<GroupCursorOptions, 'topics' | 'onRecords'> {
  return {
    connection: cluster.connection,
    clients,
    group: `${cluster.prefix}.${name}`,
    deadLetterTopic: names.deadLetters,
    clock: systemClock,
    random,
    log,
    onFailure: () => undefined, // it is logged
  };
}

/**
 * The role `feed`: prices to the topic of ticks. Of the processes with the same coins and currency one is active; when it stops or
 * dies, Kafka's group membership makes another one active.
 */
function openFeed(basis: Basis, parts: OpenParts): Startable {
  const { options, dataDir, settings, cluster, clients, names, random, log } = basis;
  const { env } = options;
  const { coins, vsCurrency, coingeckoUrl, databaseUrl } = settings.current();
  const wayOut = options.network ?? environmentNetwork(env);
  const offset = createClockOffset({
    clock: basis.clock,
    elapsed: () => performance.now() * basis.clock.speed,
    onChange: (offsetMs) => log.info({ offsetMs }, "the offset of the machine's clock changed"),
    report: logProblem(log),
  });
  const clock = correctedClock(basis.clock, offset);
  const times = createTickTimes({ now: clock.now, isKnown: offset.isKnown, log, report: logProblem(log) });
  const ticksTopic = createBatchTopic(clients, names.ticks, basis.partitions);
  const appender = parts.add(
    createAppender({
      append: (batch) => ticksTopic.append(batch, basis.clock.now()),
      deliverUnlogged: () => undefined, // a feed raises no alerts
      clock: systemClock,
      random,
      log,
      report: logProblem(log),
    }),
    (opened) => opened.stop(),
  );
  const batcher = parts.add(createTickBatcher(systemClock, appender.append), (opened) => opened.flush());

  // Trades are checked against the newest prices of CoinGecko.
  const latest = parts.add(
    createLatest(systemClock, () => undefined),
    (opened) => opened.stop(),
  );
  const quotes = latest.prepare(coins, vsCurrency);
  latest.show(quotes);
  const onTicks = (ticks: readonly Tick[], isWhole: boolean): void => {
    for (const tick of ticks) quotes.update(tick, null);
    batcher.add(ticks, []);
    if (isWhole) batcher.flush();
  };

  const history = databaseUrl === '' ? NO_HISTORY : openHistory(basis, parts);
  const sources = parts.add(
    composeSources({
      dataDir,
      env,
      apiKey: chooseApiKey(env.COINGECKO_API_KEY, options.keptKey, coingeckoUrl).apiKey,
      settings: settings.current,
      clock,
      random,
      log,
      network: { ...wayOut, fetch: fetchNotingTime(wayOut.fetch, basis.clock, offset) },
      times,
      latest,
      history,
      onTicks,
      onHistory: () => undefined,
      onSimulated: () => undefined,
      report: {
        feed: (feed) => log.debug({ feed }, 'the state of the prices changed'),
        exchanges: (exchanges) => log.debug({ exchanges }, 'the state of the exchanges changed'),
        budget: () => undefined,
        backfill: () => undefined,
      },
      reporter: () => logProblem(log),
    }),
    (opened) => opened.stop(),
  );

  let isStarted = false;
  let isActive = false;
  const follow = (isNowActive: boolean): void => {
    if (isNowActive === isActive) return;
    isActive = isNowActive;
    log.info(
      { coins: coins.length, vsCurrency },
      isActive ? 'this feed is active' : 'this feed is on standby',
    );
    if (!isActive) sources.pause();
    else if (isStarted) sources.resume();
    else sources.start();
    isStarted ||= isActive;
  };
  return {
    start() {
      parts.add(
        openGroupCursor({
          ...groupOptions(basis, ''),
          group: feedGroup(cluster.prefix, coins, vsCurrency),
          topics: [names.feeds],
          onRecords: () => undefined, // the topic is empty: it is there for the membership
          onAssigned: async (owned) => follow(owned.length > 0),
        }),
        (opened) => opened.close(),
      );
    },
  };
}

/** The role `alert`: ticks through the rules, alerts to their topic. */
function openAlerting(basis: Basis, parts: OpenParts): Startable {
  const { settings, clients, names, clock, log } = basis;
  const current = settings.current();
  let cursor: GroupCursor | null = null;
  const worker: AlertWorker = createAlertWorker(
    {
      rules: withCoins({ rules: rulesInForce(current), watchlists: current.watchlists }),
      states: createRuleStatesTopic(clients, names.states, log),
      alerts: createBatchTopic(clients, names.alerts, basis.partitions),
      clock,
      realClock: systemClock,
      log,
    },
    () => {
      if (cursor === null) throw new Error('The consumer group was not joined yet.');
      return cursor;
    },
  );
  return {
    start() {
      cursor = openGroupCursor({
        ...groupOptions(basis, 'alert'),
        topics: [names.ticks],
        onRecords: worker.wake,
        onAssigned: worker.assign,
      });
      parts.add(cursor, (opened) => opened.close());
      parts.add(worker, (opened) => opened.stop());
    },
  };
}

/** The role `store`: ticks and alerts to PostgreSQL. */
function openStoring(basis: Basis, parts: OpenParts): Startable {
  const { settings, names } = basis;
  if (settings.current().databaseUrl === '') throw new SettingsError(message('cluster.no-database'));
  const followers: ((record: LogRecord) => void)[] = [];
  const onRecords = (records: readonly LogRecord[]): void => {
    for (const record of records) for (const follow of followers) follow(record);
  };
  const cursor = parts.add(
    openGroupCursor({ ...groupOptions(basis, 'store'), topics: [names.ticks, names.alerts], onRecords }),
    (opened) => opened.close(),
  );
  return openDatabaseOf(basis, parts, {
    ...NO_RECORDS,
    cursor: () => cursor,
    follow: (listener) => void followers.push(listener),
    keepDeadLetter: (record, error) => cursor.keepRefused(record, error),
  });
}

/**
 * The role `deliver`: alerts from their topic to the channels. They pass the outbox in the data folder, which remembers what each
 * channel got; an alert is committed when it is in there.
 */
function openDelivering(basis: Basis, parts: OpenParts): Startable {
  const { options, dataDir, settings, names, clock, random, log } = basis;
  const tickLog = parts.add(
    openLocalLog({
      path: join(dataDir, 'journal.sqlite'),
      clock,
      log,
      openAlerts: (database, onDamage) => openAlertTables(database, { clock, log, onDamage }),
      report: ({ problems }) => logProblem(log)(...problems),
    }),
    (opened) => opened.close(),
  );
  const delivery = composeDelivery(
    {
      dataDir,
      alertsPath: settings.current().alertsFile ?? join(dataDir, 'alerts.txt'),
      env: options.env,
      settings: settings.current,
      candles: readNoCandles,
      keptSecrets: openKeptChannelSecrets(options.keptChannelSecrets ?? null, options.secrets),
      tickLog,
      clock,
      random,
      log,
      network: options.network ?? environmentNetwork(options.env),
      report: { alertsFile: () => undefined, quiet: () => undefined, problems: logProblem(log) },
    },
    parts,
  );
  return {
    start() {
      delivery.start([]);
      const cursor: GroupCursor = openGroupCursor({
        ...groupOptions(basis, 'deliver'),
        topics: [names.alerts],
        onRecords: () => copy.request(),
      });
      const copy = createSingleRun(async () => {
        try {
          for (;;) {
            const records = await cursor.read({ maxRecords: 500, maxTicks: 5_000 });
            const last = records.at(-1);
            if (last === undefined) return;
            for (const { alerts } of records) await tickLog.append({ ticks: [], alerts });
            await cursor.commit(last.offset);
          }
        } catch (err) {
          log.error({ err }, 'alerts could not be taken over; trying again with the next ones');
          cursor.rewind();
        }
      });
      parts.add(cursor, (opened) => opened.close());
    },
  };
}

/** A log without records: of a process that only reads the database, or writes history to it. */
const NO_RECORDS: StoredLog = {
  cursor: () => ({
    read: async () => [],
    commit: async () => undefined,
    rewind: () => undefined,
    lag: () => ({ records: 0, ticks: 0 }),
  }),
  follow: () => undefined,
  trim: () => undefined, // Kafka's retention does that
  reportReadFailure: () => undefined,
  keepDeadLetter: async () => undefined,
  alerts: { newest: () => [], within: () => [] },
};

/** Messages go without a chart: delivery has no database of its own. */
const readNoCandles = async () => [];

function openDatabaseOf(basis: Basis, parts: OpenParts, tickLog: StoredLog) {
  const { options, dataDir, settings, clock, log, random } = basis;
  return parts.add(
    openStore({
      tickLog,
      retention: settings.current,
      env: options.env,
      dataDir,
      databaseUrl: settings.databaseUrl(),
      clock,
      log,
      random,
      report: ({ problems }) => logProblem(log)(...problems),
    }),
    (opened, timeoutMs) => opened.stop(timeoutMs),
  );
}

function openHistory(basis: Basis, parts: OpenParts): HistoryStore {
  const store = openDatabaseOf(basis, parts, NO_RECORDS);
  store.start();
  return store.history;
}

/** Without a database there is nowhere to keep what a source knows of the past: it is never asked for. */
const NO_HISTORY: HistoryStore = {
  whenReady: (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  coverage: async () => [],
  save: async () => undefined,
};

/** Problems are logged when they begin; there is no page that shows them. */
function logProblem(log: Logger): (...problems: readonly (Problem | null)[]) => void {
  let known = new Set<string>();
  return (...problems) => {
    const now = new Map(problems.flatMap((problem) => (problem === null ? [] : [[problem.id, problem]])));
    for (const [id, problem] of now) if (!known.has(id)) log.warn({ problem: id }, text(problem.message));
    known = new Set(now.keys());
  };
}
