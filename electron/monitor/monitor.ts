import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { BudgetStatus, Problem, Snapshot, Tick } from '../../shared/domain.ts';
import { DESKTOP_SETTINGS, type SettingName, type Settings } from '../../shared/settings.ts';
import { type AlertEngine, createAlertEngine } from './alerts/alert-engine.ts';
import { createAlertsFile } from './alerts/alerts-file.ts';
import { type Answer, createAnswer } from './answer.ts';
import { createApi } from './api.ts';
import { type Clock, systemClock } from './clock.ts';
import { claimDataDir } from './data-dir.ts';
import { createEventHub, type EventListener } from './event-hub.ts';
import { createCoinCatalog } from './feed/coin-catalog.ts';
import { createCoinProblems } from './feed/coin-problems.ts';
import { createCoinSearch } from './feed/coin-search.ts';
import { fetchThroughProxy } from './feed/environment-proxy.ts';
import { demoExchangeUrl, usableExchanges } from './feed/exchange/demo-exchange.ts';
import { createExchangeFeed } from './feed/exchange/exchange-feed.ts';
import { isReferenceDown } from './feed/exchange/reference-down.ts';
import { createBackfill } from './feed/history/backfill.ts';
import { coinGeckoHistory } from './feed/history/coingecko-history.ts';
import { exchangeHistory } from './feed/history/exchange-history.ts';
import type { HistorySource } from './feed/history/history-source.ts';
import { openCoinGecko } from './feed/open-coingecko.ts';
import { createFeed } from './feed/poller.ts';
import { createQuoteCurrencies } from './feed/quote-currencies.ts';
import { createSourceGate } from './feed/source-gate.ts';
import { createKeeper } from './keeper.ts';
import { createLog, type Log } from './log.ts';
import { createPriceThrottle } from './price-throttle.ts';
import { createQuotes, type Quotes } from './quotes.ts';
import type { DatabasePassword } from './secrets/database-password.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import { openSettings, type SettingsStore } from './settings/settings.ts';
import type { FileSettings } from './settings/settings-file.ts';
import { createStatusBoard } from './status-board.ts';
import { openStorage } from './storage/open-storage.ts';
import { createTickBatcher } from './tick-batcher.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Ticks of this last stretch of time are replayed after a start, for sparklines and for the alert rules. */
const REPLAY_MS = 30 * MINUTE_MS;

export type MonitorOptions = {
  readonly dataDir: string;
  /** Text of command-line flags by setting name. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random?: () => number;
  /** Where log lines go; standard error when absent. */
  readonly log?: Log;
  /** Where the host keeps secrets; absent, they come from the environment alone. */
  readonly secrets?: SecretStore;
  readonly databasePassword?: DatabasePassword;
  /** How requests are made, for hosts that know the system's proxy; by the environment's proxy variables when absent. */
  readonly fetch?: typeof globalThis.fetch;
};

/** The running program, as hosts see it. */
export type Monitor = {
  /** Answers a message of a page. */
  readonly answer: Answer;
  /** Calls the listener with every event until the returned function is called. */
  subscribe(listener: EventListener): () => void;
  snapshot(): Snapshot;
  /** The settings in force. */
  settings(): Settings;
  /** No price is asked for until `resumePolling`; for the time that the machine sleeps. */
  pausePolling(): void;
  /** Prices are asked for again, the first at once. */
  resumePolling(): void;
  /** The next price is asked for at once, as far as the provider's limits allow; for when the network is back. */
  pollNow(): void;
  readonly dataDir: string;
  readonly log: Log;
  /** The port that the user wants for the browser host, or null. */
  readonly port: number | null;
  /**
   * Stops in the order of the way of the data: no more prices, then alerts told, then what waits written as far as the
   * database answers within `timeoutMs`. What is left is on disk and goes on at the next start.
   */
  stop(timeoutMs: number): Promise<void>;
};

/**
 * Puts the program together and starts it: settings, storage, alert engine, feed. Prices flow before the database is up.
 *
 * @throws DataDirError when the data folder cannot be used, SettingsError or ProxyError when a flag or variable is wrong
 */
export function startMonitor(options: MonitorOptions): Monitor {
  const dataDir = claimDataDir(options.dataDir);
  try {
    const settings = openSettings({
      path: join(dataDir.path, 'settings.json'),
      flags: options.flags,
      env: options.env,
      databasePassword: options.databasePassword,
    });
    const monitor = compose(options, dataDir.path, settings);
    return {
      ...monitor,
      async stop(timeoutMs) {
        await monitor.stop(timeoutMs);
        dataDir.release();
      },
    };
  } catch (cause) {
    dataDir.release();
    throw cause;
  }
}

function compose(options: MonitorOptions, dataDir: string, settings: SettingsStore): Monitor {
  const { clock, random = Math.random } = options;
  const start = settings.current();
  const log = options.log ?? createLog(start.logLevel);
  const providerFetch = options.fetch ?? fetchThroughProxy(options.env);
  const hub = createEventHub();
  let simulated = false;
  let coinProblem: Problem | null = null;

  const pollSeconds = (): number => coinGecko.status().intervalSeconds;
  const ruleParams = () => {
    const { alertThresholdPct, alertWindowMinutes } = settings.current();
    return { thresholdPct: alertThresholdPct, windowMs: alertWindowMinutes * MINUTE_MS };
  };
  const priceRequest = () => {
    const { coins, vsCurrency } = settings.current();
    return { coins, vsCurrency };
  };
  const exchangeRequest = () => {
    const { exchanges, realTime } = settings.current();
    return { ...priceRequest(), exchanges: usableExchanges(options.env, exchanges, simulated), realTime };
  };

  const status = createStatusBoard(
    {
      feed: () => feed.state(),
      database: () => storage.databaseState(),
      queue: () => storage.queueState(),
      alertsFile: () => alertsFile.state(),
      exchanges: () => exchangeFeed.state(),
      budget: () => coinGecko.status(),
      backfill: () => backfill.progress() ?? undefined,
      problems: () => [
        settings.problem,
        ...coinGecko.problems(),
        coinProblem,
        slowPollProblem(coinGecko.status(), ruleParams().windowMs),
        keeper.problem(),
        ...storage.problems(),
      ],
    },
    (payload) => hub.emit({ event: 'status', payload }),
  );

  const storage = openStorage({
    dataDir,
    databaseUrl: settings.databaseUrl(),
    clock,
    random,
    log,
    keepMs: () => replayMs(),
    onChange: status.changed,
  });
  const alertsFile = createAlertsFile({
    path: start.alertsFile ?? join(dataDir, 'alerts.txt'),
    clock,
    random,
    log,
    onTold: (alerts) => storage.markTold(alerts.map(({ id }) => id)),
    onChange: status.changed,
  });
  const keeper = createKeeper({
    accept: storage.accept,
    tell: alertsFile.tell,
    clock,
    random,
    log,
    onChange: status.changed,
  });

  let engine: AlertEngine;
  let quotes: Quotes;
  const replayMs = (): number => Math.max(REPLAY_MS, engine.memoryMs);
  /** Builds what depends on coins, currency and rule, and brings it to where it was by replaying what was accepted. */
  const rebuild = (): void => {
    const { coins, vsCurrency } = settings.current();
    engine = createAlertEngine(ruleParams());
    quotes = createQuotes(coins, vsCurrency);
    for (const { ticks } of storage.acceptedSince(clock.now() - replayMs())) {
      for (const tick of ticks) step(tick);
    }
  };
  const step = (tick: Tick) => {
    const alerts = engine.check(tick);
    quotes.update(tick, engine.reading(tick.coinId, tick.vsCurrency, tick.source));
    return alerts;
  };

  const batcher = createTickBatcher(systemClock, keeper.keep);
  const shown = createPriceThrottle(systemClock, (coinIds) =>
    hub.emit({ event: 'prices', payload: quotes.list(coinIds) }),
  );
  const onTicks = (ticks: readonly Tick[]): void => {
    const alerts = ticks.flatMap(step);
    batcher.add(ticks, alerts);
    shown.changed(new Set(ticks.map(({ coinId }) => coinId)));
    // The first prices tell whether the market is a simulated one, whose past no real exchange has.
    backfill.start();
    backfill.heard();
    for (const alert of alerts) {
      log.info({ alert: alert.id, ...alert.figures }, `${alert.coinId} ${alert.message}`);
      hub.emit({ event: 'alert', payload: alert });
    }
  };

  const coinGecko = openCoinGecko({
    dataDir,
    apiKey: options.env.COINGECKO_API_KEY?.trim() || null,
    baseUrl: start.coingeckoUrl,
    clock,
    random,
    log,
    fetch: providerFetch,
    wishedSeconds: () => settings.current().pollSeconds,
    request: priceRequest,
    onAccess: () => feed.change(priceRequest(), pollSeconds() * SECOND_MS),
    onChange: status.changed,
  });
  const coinCatalog = createCoinCatalog({ access: coinGecko.access, clock, log });
  const coinProblems = createCoinProblems({
    catalog: coinCatalog,
    log,
    onProblems: (problems) => {
      quotes.setProblems(problems);
      coinProblem = problemOfCoins([...problems.values()]);
      status.changed();
      hub.emit({ event: 'prices', payload: quotes.list() });
    },
  });
  const gate = createSourceGate(coinGecko.source);
  const feed = createFeed({
    source: gate.source,
    clock,
    random,
    log,
    request: priceRequest(),
    pollMs: pollSeconds() * SECOND_MS,
    listener: {
      onTicks: (ticks) => {
        onTicks(ticks);
        batcher.flush();
      },
      onState: () => {
        feed.repace(pollSeconds() * SECOND_MS);
        status.changed();
      },
      onBatch: (batch) => {
        if (batch.simulated !== simulated) {
          simulated = batch.simulated;
          hub.emit({ event: 'reset', payload: {} });
          exchangeFeed.change(exchangeRequest());
        }
        coinProblems.report(batch);
      },
    },
  });

  const pollNow = (): void => feed.change(priceRequest(), pollSeconds() * SECOND_MS);
  const startedAt = clock.now();
  const exchangeFeed = createExchangeFeed({
    clock,
    networkClock: systemClock,
    random,
    log,
    fetch: providerFetch ?? globalThis.fetch,
    urlOverride: demoExchangeUrl(options.env),
    request: exchangeRequest(),
    isReferenceDown: () => isReferenceDown(feed.state(), pollSeconds() * SECOND_MS, startedAt, clock.now()),
    reference: (coinId) => quotes.reference(coinId),
    catalogSymbols: async (signal) => {
      const coins = await coinCatalog.coins(signal);
      return coins && new Map(coins.map(({ id, symbol }) => [id, symbol]));
    },
    listener: { onTicks, onChange: status.changed },
  });

  const coinGeckoPast = coinGeckoHistory({ access: coinGecko.access, clock });
  /** Exchanges first, for their volume; but only where they are asked anyway, as each takes memory. */
  const historySources = (): readonly HistorySource[] => {
    const { exchanges, realTime } = exchangeRequest();
    const pasts = exchanges.map((id) =>
      exchangeHistory({
        id,
        client: () => exchangeFeed.client(id),
        marketOf: (coinId, vsCurrency) => exchangeFeed.marketOf(id, coinId, vsCurrency),
      }),
    );
    return realTime ? [...pasts, coinGeckoPast] : [coinGeckoPast];
  };
  const backfill = createBackfill({
    sources: historySources,
    store: storage.history,
    watched: () => ({ ...priceRequest(), pollMs: pollSeconds() * SECOND_MS }),
    clock,
    random,
    log,
    onHistory: (coinId, vsCurrency) => hub.emit({ event: 'history', payload: { coinId, vsCurrency } }),
    onChange: status.changed,
  });

  const snapshot = (): Snapshot => {
    const { vsCurrency, alertThresholdPct, alertWindowMinutes } = settings.current();
    return {
      version: packageJson.version,
      now: clock.now(),
      clockSpeed: clock.speed,
      simulated,
      vsCurrency,
      pollSeconds: pollSeconds(),
      alertRule: { thresholdPct: alertThresholdPct, windowMinutes: alertWindowMinutes },
      quotes: quotes.list(),
      status: status.current(),
    };
  };

  const changeSettings = async (patch: FileSettings): Promise<void> => {
    const changed = await settings.change(patch);
    if (changed.length === 0) return;
    if (!changed.every((name) => (DESKTOP_SETTINGS as readonly SettingName[]).includes(name))) {
      batcher.flush();
      rebuild();
      pollNow();
      exchangeFeed.change(exchangeRequest());
      backfill.check();
    }
    hub.emit({ event: 'reset', payload: {} });
    status.changed();
  };

  if (settings.problem) log.warn(settings.problem.message);
  settings.movePassword().catch((err: unknown) => {
    log.warn({ err }, 'the database password stays in settings.json');
  });
  rebuild();
  alertsFile.tell(storage.untoldAlerts());
  feed.start();
  coinGecko.start();
  exchangeFeed.start();

  return {
    answer: createAnswer(
      createApi({
        clock,
        storage,
        settings: settings.current,
        snapshot,
        settingsView: () => settings.view(dataDir),
        secrets: options.secrets,
        changeSettings,
        search: createCoinSearch({ access: coinGecko.access, catalog: coinCatalog, clock }),
        currencies: createQuoteCurrencies({ access: coinGecko.access, clock }),
      }),
      log,
    ),
    subscribe: hub.subscribe,
    snapshot,
    settings: settings.current,
    pausePolling: gate.close,
    resumePolling() {
      gate.open();
      pollNow();
    },
    pollNow,
    dataDir,
    log,
    port: start.port,
    async stop(timeoutMs) {
      await feed.stop();
      await backfill.stop();
      await exchangeFeed.stop();
      shown.stop();
      batcher.flush();
      await coinProblems.stop();
      await coinGecko.stop();
      await keeper.stop();
      await alertsFile.stop();
      await storage.stop(timeoutMs);
    },
  };
}

/** The average needs three earlier prices in its window; with an interval this long it never has them. */
function slowPollProblem({ intervalSeconds, reason }: BudgetStatus, windowMs: number): Problem | null {
  const most = Math.floor(windowMs / SECOND_MS / 3);
  if (intervalSeconds <= most) return null;
  return {
    id: 'slow-poll',
    message:
      `Prices are requested every ${intervalSeconds} s (${reason}), too seldom for a ${windowMs / MINUTE_MS}-minute ` +
      `average: no alert can be raised. Set at most ${most} s between requests where the plan allows it, or a longer average.`,
  };
}

const COINS_TOLD = 3;

/** The coins without a price in one problem: a notice each would bury the page. */
function problemOfCoins(sentences: readonly string[]): Problem | null {
  if (sentences.length === 0) return null;
  const more = sentences.length - COINS_TOLD;
  const rest = more > 0 ? ` ${more} more ${more === 1 ? 'coin has' : 'coins have'} no price.` : '';
  return { id: 'coins', message: `${sentences.slice(0, COINS_TOLD).join(' ')}${rest}` };
}
