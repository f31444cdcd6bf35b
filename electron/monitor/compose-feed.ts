import type { Tick } from '../../shared/domain/tick.ts';
import { inhibitionInForce } from '../../shared/settings/inhibition.ts';
import type { OpenParts } from './async/open-parts.ts';
import { feedGroup } from './cluster/cluster-settings.ts';
import { type ClusterBasis, groupOptions, type OpenPart, problemReporter } from './cluster-basis.ts';
import { NO_RECORDS, openDatabaseOf } from './cluster-database.ts';
import { composeSources } from './compose-sources.ts';
import type { HistoryStore } from './history/history-store.ts';
import { createAppender } from './ingest/appender.ts';
import { mergeBatches } from './ingest/merge-batches.ts';
import { createTickBatcher } from './ingest/tick-batcher.ts';
import { createLatest } from './latest/latest.ts';
import { createBatchTopic } from './log/kafka/batch-topic.ts';
import { createGroupCursor } from './log/kafka/group-cursor.ts';
import { environmentNetwork } from './network/environment-network.ts';
import { CONSUMERS } from './roles.ts';
import { chooseApiKey } from './secrets/choose-api-key.ts';
import { createTickTimes } from './sources/tick-times.ts';
import { systemClock } from './time/clock.ts';
import { correctedClock, createClockOffset, fetchNotingTime } from './time/clock-offset.ts';

/** How long a tick waits for others to be appended with it. Short, because the rules receive ticks only from the topic. */
const LINGER_MS = 20;
/** The wait while more than `MAX_SHORT_LINGER_BATCHES` batches wait for the brokers, which limits their number. */
const LONG_LINGER_MS = 1_000;
const MAX_SHORT_LINGER_BATCHES = 50;
/** The maximum number of ticks in an append. */
const MAX_TICKS = 5_000;

/**
 * The part `sources`: fetches prices and appends them to the topic of ticks. Of the processes with the same coins and currency,
 * one is active; when it stops or dies, Kafka's group membership activates another one.
 */
export function openFeed(basis: ClusterBasis, parts: OpenParts): OpenPart {
  const { options, dataDir, settings, cluster, clients, names, random, log, meter, status } = basis;
  const { env } = options;
  // The settings at the start are kept: with other coins, the process would belong to another group.
  const started = settings.current();
  const { coins, vsCurrency, coingeckoUrl, databaseUrl, inhibition } = started;
  const hostNetwork = options.network ?? environmentNetwork(env);
  const offset = createClockOffset({
    clock: basis.clock,
    elapsed: () => performance.now() * basis.clock.speed,
    onChange: (offsetMs) => log.info({ offsetMs }, "the offset of the machine's clock changed"),
    report: problemReporter(basis),
  });
  const clock = correctedClock(basis.clock, offset);
  const times = createTickTimes({
    now: clock.now,
    isKnown: offset.isKnown,
    log,
    report: problemReporter(basis),
  });
  const ticksTopic = createBatchTopic({
    clients,
    topic: names.ticks,
    partitions: basis.partitions,
    copiedCoin: inhibitionInForce(inhibition)?.leadingCoin ?? null,
  });
  const appender = parts.add(
    createAppender({
      async append(batches) {
        const { merged, count } = mergeBatches(batches, MAX_TICKS);
        await ticksTopic.append(merged, basis.clock.now());
        return count;
      },
      deliverUnlogged: () => undefined, // a feed raises no alerts
      clock: systemClock,
      random,
      log,
      report: problemReporter(basis),
    }),
    (opened) => opened.stop(),
  );
  const lingerMs = (): number =>
    appender.waiting().length > MAX_SHORT_LINGER_BATCHES ? LONG_LINGER_MS : LINGER_MS;
  const batcher = parts.add(createTickBatcher(systemClock, appender.append, lingerMs), (opened) =>
    opened.flush(),
  );

  // Trades are checked against the newest prices of CoinGecko.
  const latest = parts.add(
    createLatest(systemClock, () => undefined),
    (opened) => opened.stop(),
  );
  const quotes = latest.prepare(coins, vsCurrency);
  latest.show(quotes);
  const onTicks = (ticks: readonly Tick[], isFullResponse: boolean): void => {
    for (const tick of ticks) quotes.update(tick, null);
    meter.ticks(ticks);
    batcher.add(ticks, []);
    if (isFullResponse) batcher.flush();
  };

  /** Whether this process is the active one of its group. */
  let isActive = false;
  const history = databaseUrl === '' ? NO_HISTORY : openHistory(basis, parts);
  const sources = parts.add(
    composeSources({
      dataDir,
      env,
      apiKey: chooseApiKey(env.COINGECKO_API_KEY, options.keptKey, coingeckoUrl).apiKey,
      settings: () => started,
      clock,
      random,
      log,
      network: { ...hostNetwork, fetch: fetchNotingTime(hostNetwork.fetch, basis.clock, offset) },
      times,
      latest,
      history,
      onTicks,
      onHistory: () => undefined,
      onSimulated: () => undefined,
      report: {
        feed(feed) {
          log.debug({ feed }, 'the state of the prices changed');
          // Earlier requests may complete while on standby.
          if (isActive) status.report({ feed });
        },
        exchanges: (exchanges) => log.debug({ exchanges }, 'the state of the exchanges changed'),
        budget: (budget) => status.report({ budget }),
        backfill: () => undefined,
      },
      reporter: () => problemReporter(basis),
    }),
    (opened) => opened.stop(),
  );

  let isStarted = false;
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
    // A feed on standby has no prices to report.
    if (!isActive) status.report({ feed: { status: 'starting' } });
  };
  // The topic is empty: it exists for the group membership.
  const membership = parts.add(
    createGroupCursor({
      ...groupOptions(basis, CONSUMERS.sources, feedGroup(cluster.prefix, coins, vsCurrency)),
      topics: [names.feeds],
    }),
    (opened) => opened.close(),
  );
  return { start: () => membership.join({ onAssigned: async (owned) => follow(owned.length > 0) }) };
}

function openHistory(basis: ClusterBasis, parts: OpenParts): HistoryStore {
  const store = openDatabaseOf(basis, parts, NO_RECORDS);
  store.start();
  return store.history;
}

/** Without a database there is no place to store a source's history, so none is requested. */
const NO_HISTORY: HistoryStore = {
  whenReady: (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  coverage: async () => [],
  save: async () => undefined,
};
