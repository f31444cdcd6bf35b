import { type Alert, alertOfResolved, isResolvedEvent } from '../../shared/domain/alert.ts';
import { message } from '../../shared/messages/message.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import { withCoins } from '../../shared/settings/watchlists.ts';
import type { OpenParts } from './async/open-parts.ts';
import { createLiveMarket, type LiveMarket } from './cluster/live-market.ts';
import { beginAt, restoreRules } from './cluster/live-start.ts';
import { createRecentAlerts } from './cluster/recent-alerts.ts';
import { readServeSettings } from './cluster/serve-settings.ts';
import { quoteOfStored } from './cluster/stored-quote.ts';
import { createTopicFeedState } from './cluster/topic-feed-state.ts';
import { type ClusterBasis, type OpenPart, problemReporter } from './cluster-basis.ts';
import { NO_RECORDS, openDatabaseOf } from './cluster-database.ts';
import { composeReadOnlyApi } from './compose-api.ts';
import { openOwnLatest, openSharedLatest } from './compose-latest.ts';
import type { WatchConfig } from './ingest/watched.ts';
import { cacheCandles } from './latest/cached-candles.ts';
import { createLatest } from './latest/latest.ts';
import type { LatestStore } from './latest/latest-store.ts';
import { createQuotePublisher } from './latest/quote-publisher.ts';
import type { TopicPartition } from './log/kafka/fetch-records.ts';
import { followTopics } from './log/kafka/topic-tail.ts';
import type { LogRecord } from './log/tick-log.ts';
import { SettingsError } from './settings/settings-error.ts';
import { createEventHub } from './status/event-hub.ts';
import { createStatusBoard, INITIAL_STATES, NO_NOTICES } from './status/status-board.ts';
import { DatabaseUnavailable } from './store/connection/database.ts';
import type { Store } from './store/store.ts';
import { systemClock } from './time/clock.ts';

const MINUTE_MS = 60_000;
/** The length of sparklines that are read from the database. */
const RECENT_MINUTES = 30;
const COINS_AT_A_TIME = 500;
const RETRY_MS = 1_000;
const DEFAULT_POLL_SECONDS = 60;
/** A page receives each coin's price at most four times a second, so a fetch may wait for more records. */
const PAGES_WAIT = { minBytes: 65_536, maxWaitMs: 100 };
/** After this many poll intervals without a price, the feed counts as silent. */
const SILENT_POLLS = 3;
const MIN_SILENT_MS = 3 * MINUTE_MS;

/**
 * The part `pages`: shows the installation to pages, from the database and live from the topics. Each process reads all
 * partitions independently, without a consumer group, so that each shows everything. Pages have read access only.
 *
 * In order of dependency: output → the latest quotes → the database → quotes and rules derived from the topics → the procedures.
 */
export async function openServing(basis: ClusterBasis, parts: OpenParts): Promise<OpenPart> {
  const { options, dataDir, settings, clock, random, log } = basis;
  const { env } = options;
  const current = settings.current();
  if (current.databaseUrl === '') throw new SettingsError(message('serve.no-database'));
  const serveSettings = readServeSettings(env);
  const { coins, vsCurrency } = current;
  const config: WatchConfig = {
    coins,
    vsCurrency,
    rules: withCoins({ rules: rulesInForce(current), watchlists: current.watchlists }),
  };

  const hub = createEventHub(log);
  const status = parts.add(
    createStatusBoard(INITIAL_STATES, NO_NOTICES, (payload) => hub.emit({ event: 'status', payload })),
    (board) => board.close(),
  );

  const reportRedisHere = problemReporter(basis);
  const reportRedis = status.reporter();
  const shared = await openSharedLatest(
    {
      env,
      clock,
      random,
      log,
      report(problem) {
        reportRedisHere(problem);
        reportRedis(problem);
      },
    },
    parts,
  );
  const latestStore = shared ?? openOwnLatest(clock);

  const recentAlerts = createRecentAlerts();
  const reportStore = status.reporter();
  const store = openDatabaseOf(
    basis,
    parts,
    { ...NO_RECORDS, alerts: recentAlerts },
    {
      isReader: true,
      report({ database, replica, problems }) {
        status.report({ database, replica });
        basis.status.report({ database });
        reportStore(...problems);
      },
    },
  );

  const latest = parts.add(
    createLatest(systemClock, (payload) => hub.emit({ event: 'prices', payload })),
    (opened) => opened.stop(),
  );
  const quotes = latest.prepare(coins, vsCurrency);
  latest.show(quotes);
  const market = createLiveMarket(config, quotes, log);
  const publisher = parts.add(
    createQuotePublisher({
      store: latestStore,
      vsCurrency: () => vsCurrency,
      save: quotes.save,
      clock: systemClock,
    }),
    (opened) => opened.stop(),
  );
  const reportFeed = status.reporter();
  const signs = parts.add(
    createTopicFeedState({
      silentAfterMs: Math.max(
        MIN_SILENT_MS,
        SILENT_POLLS * (current.pollSeconds ?? DEFAULT_POLL_SECONDS) * 1_000,
      ),
      clock,
      report(feed, problem) {
        status.report({ feed });
        if (!basis.parts.includes('sources')) basis.status.report({ feed });
        reportFeed(problem);
      },
    }),
    (opened) => opened.stop(),
  );

  const { dispatch } = composeReadOnlyApi(
    {
      dataDir,
      settings,
      status,
      clock,
      log,
      store: { ...store, candles: readThrough(latestStore, store, market) },
      config,
      quotes: latest.list,
      phases: () => market.phases(clock.now()),
    },
    parts,
  );

  let isCaughtUp = false;
  const showAlert = (alert: Alert): void => {
    if (!recentAlerts.apply(alert) || !isCaughtUp) return;
    if (isResolvedEvent(alert)) hub.emit({ event: 'alert-resolved', payload: alertOfResolved(alert) });
    else hub.emit({ event: 'alert', payload: alert });
  };
  const applyRecords = (at: TopicPartition, records: readonly LogRecord[]): void => {
    if (at.topic === basis.names.alerts) {
      for (const { alerts } of records) for (const alert of alerts) showAlert(alert);
      return;
    }
    const touched = new Set<string>();
    for (const { ticks, appendedAt } of records) {
      for (const coinId of market.apply(ticks, isCaughtUp)) touched.add(coinId);
      signs.appended(appendedAt);
    }
    publisher.changed(touched);
    if (isCaughtUp) latest.changed(touched);
  };

  const stopping = parts.add(new AbortController(), (controller) => controller.abort());
  /** Open pages reload everything. */
  const showAll = (): void => hub.emit({ event: 'reset', payload: {} });

  /** Data that neither the last minutes of the topics nor Redis contain. */
  const fillFromDatabase = async (): Promise<void> => {
    for (let from = 0; from < coins.length; from += COINS_AT_A_TIME) {
      const coinIds = coins.slice(from, from + COINS_AT_A_TIME);
      const query = { vsCurrency, coinIds, minutes: RECENT_MINUTES };
      const stored = await whenStored(store, () => store.newestTicks(query), stopping.signal);
      for (const [coinId, ofCoin] of Map.groupBy(stored, ({ tick }) => tick.coinId)) {
        const quote = quoteOfStored(coinId, vsCurrency, ofCoin);
        if (quote !== null) market.fill(coinId, quote);
      }
    }
    showAll();
  };

  const begin = async (): Promise<void> => {
    const kept = await latestStore.quotes(vsCurrency, coins);
    for (const [coinId, quote] of kept) market.restore(coinId, null, quote);
    showAll();
    fillFromDatabase().catch((err: unknown) => {
      if (!stopping.signal.aborted) log.warn({ err }, 'the newest prices cannot be read from the database');
    });
    const starts = await restoreRules(basis, market, new Set(coins), kept);
    if (stopping.signal.aborted) return;
    parts.add(
      followTopics({
        connection: basis.cluster.connection,
        clients: basis.clients,
        partitions: [basis.names.ticks, basis.names.alerts].flatMap((topic) =>
          Array.from({ length: basis.partitions }, (_, partition) => ({ topic, partition })),
        ),
        wait: PAGES_WAIT,
        beginAt: (at) => beginAt(basis, at, starts.get(at.partition) ?? null),
        onRecords: applyRecords,
        onCaughtUp() {
          isCaughtUp = true;
          signs.caughtUp();
          basis.meter.caughtUp();
          showAll();
          log.info({ coins: coins.length }, 'all records of the topics have been read; pages are up to date');
        },
        onFailure: signs.failed,
        clock: systemClock,
        random,
        log,
      }),
      (opened) => opened.close(),
    );
  };

  return {
    page: {
      monitor: { dataDir, dispatch, subscribe: hub.subscribe, log },
      port: current.port,
      settings: serveSettings,
      shareToken: shared?.sharedToken,
    },
    start() {
      store.start();
      begin().catch((err: unknown) => {
        if (!stopping.signal.aborted) log.error({ err }, 'the topics cannot be followed');
      });
    },
  };
}

/** Reads candles through the cache of recently read candles, as long as these include all ticks of the topics. */
function readThrough(
  latestStore: LatestStore,
  store: Pick<Store, 'candles' | 'newestTicks'>,
  market: Pick<LiveMarket, 'newestAt'>,
): Store['candles'] {
  return cacheCandles({
    store: latestStore,
    read: store.candles,
    async newestStored({ coinId, vsCurrency }) {
      const stored = await store.newestTicks({ vsCurrency, coinIds: [coinId], minutes: 1 });
      return stored.length === 0 ? null : Math.max(...stored.map(({ tick }) => tick.observedAt));
    },
    newestSeen: market.newestAt,
  });
}

/** Reads from the database as soon as it is available. */
async function whenStored<T>(
  store: Pick<Store, 'history'>,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    await store.history.whenReady(signal);
    try {
      return await work();
    } catch (cause) {
      if (!(cause instanceof DatabaseUnavailable)) throw cause;
      await systemClock.sleep(RETRY_MS, signal);
    }
  }
}
