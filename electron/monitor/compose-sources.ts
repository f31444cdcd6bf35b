import type { BudgetStatus } from '../../shared/domain/budget-status.ts';
import type { ExchangesState } from '../../shared/domain/exchanges-state.ts';
import type { FeedState } from '../../shared/domain/feed-state.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import type { Status } from '../../shared/domain/status.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { type Message, message } from '../../shared/messages/message.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import type { ExchangeId, Settings } from '../../shared/settings/settings.ts';
import { withCoins } from '../../shared/settings/watchlists.ts';
import { comparedSources } from './alerts/bound-rule.ts';
import type { HistoryStore } from './history/history-store.ts';
import type { Latest } from './latest/latest.ts';
import type { Logger } from './logging/logger.ts';
import type { Network } from './network/network.ts';
import { createBackfill } from './sources/backfill/backfill.ts';
import { coinGeckoHistory } from './sources/backfill/coingecko-history.ts';
import { exchangeHistory } from './sources/backfill/exchange-history.ts';
import type { HistorySource } from './sources/backfill/history-source.ts';
import { type CoinCatalog, createCoinCatalog } from './sources/coingecko/coin-catalog.ts';
import { createCoinProblems } from './sources/coingecko/coin-problems.ts';
import { type CoinSearch, createCoinSearch } from './sources/coingecko/coin-search.ts';
import { openCoinGecko } from './sources/coingecko/open-coingecko.ts';
import { createQuoteCurrencies, type QuoteCurrencies } from './sources/coingecko/quote-currencies.ts';
import type { ComparedCoins } from './sources/exchanges/assign-coins.ts';
import { createExchangeFeed } from './sources/exchanges/exchange-feed.ts';
import { createExchangeMarkets } from './sources/exchanges/exchange-markets.ts';
import { knownSymbol } from './sources/exchanges/known-coins.ts';
import { isReferenceDown } from './sources/exchanges/reference-down.ts';
import { demoExchangeUrl, usableExchanges } from './sources/exchanges/usable-exchanges.ts';
import { createPoller } from './sources/polling/poller.ts';
import { FeedError, type PriceBatch } from './sources/price-source.ts';
import type { TickTimes } from './sources/tick-times.ts';
import { type Clock, steadyClock, systemClock } from './time/clock.ts';

const SECOND_MS = 1_000;

type ReportProblems = (...problems: readonly (Problem | null)[]) => void;

export type SourcesOptions = {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The key for the address in the settings; null for keyless access. */
  readonly apiKey: string | null;
  /** The settings in force. */
  readonly settings: () => Settings;
  /** The corrected current time, see `correctedClock`. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly network: Network;
  readonly times: TickTimes;
  readonly latest: Pick<Latest, 'reference' | 'setProblems'>;
  readonly history: HistoryStore;
  /** Receives new ticks; `isFullResponse` if they are a complete response, rather than trades that more may follow immediately. */
  readonly onTicks: (ticks: readonly Tick[], isFullResponse: boolean) => void;
  readonly onHistory: (coinId: string, vsCurrency: string) => void;
  /** Called when `isSimulated` has changed. */
  readonly onSimulated: () => void;
  readonly report: {
    readonly feed: (feed: FeedState) => void;
    readonly exchanges: (exchanges: ExchangesState) => void;
    /** @param isPolling whether a poll runs, at whose end the budget is reported again */
    readonly budget: (budget: BudgetStatus, isPolling: boolean) => void;
    readonly backfill: (backfill: Status['backfill']) => void;
  };
  /** Creates a reporter for the problems of one part. */
  readonly reporter: () => ReportProblems;
};

/** The sources of prices and history: CoinGecko and exchanges, with their call budget. */
export type Sources = {
  start(): void;
  stop(): Promise<void>;
  /** Applies changed settings; prices are requested immediately. */
  change(): void;
  pollNow(): void;
  /** Whether prices come from a simulated market. */
  isSimulated(): boolean;
  /** Makes no requests for prices or history until `resume`, and follows no trades. */
  pause(): void;
  /** Resumes requests, the first one immediately. */
  resume(): void;
  readonly search: CoinSearch;
  readonly currencies: QuoteCurrencies;
  readonly catalog: CoinCatalog;
};

/**
 * Composes the sources in order: access to CoinGecko → the catalog of coins → markets of exchanges → backfill → trades → polled
 * prices. Polling comes last because its responses control the others.
 */
export function composeSources(options: SourcesOptions): Sources {
  const { dataDir, env, settings, clock, random, log, network, times, latest, report, reporter } = options;
  const startedAt = clock.now();
  /** Derived from the prices polled so far, as is the state of the feed. */
  let simulated = false;
  let feedState: FeedState = { status: 'starting' };
  let isPaused = false;

  const priceRequest = () => {
    const { coins, vsCurrency } = settings();
    return { coins, vsCurrency };
  };
  const exchangesInUse = () => usableExchanges(env, settings().exchanges, simulated);

  const coinGecko = openCoinGecko({
    dataDir,
    apiKey: options.apiKey,
    baseUrl: settings().coingeckoUrl,
    clock,
    random,
    log,
    fetch: network.fetch,
    latest: times.latest,
    preferredSeconds: () => settings().pollSeconds,
    request: priceRequest,
    reportBudget: report.budget,
    reportProblems: reporter(),
  });
  const pollMs = (): number => coinGecko.status().intervalSeconds * SECOND_MS;

  const catalog = createCoinCatalog({ access: coinGecko.access, clock, log });
  const reportCoinProblem = reporter();
  const coinProblems = createCoinProblems({
    catalog,
    log,
    onProblems(problems) {
      latest.setProblems(problems);
      reportCoinProblem(problemOfCoins([...problems.values()]));
    },
  });

  const markets = createExchangeMarkets({
    clock,
    networkClock: systemClock,
    // Requests that wait for an exchange's rate limit are not made during a pause either.
    async fetch(input, init) {
      if (isPaused) throw new FeedError('unreachable', message('source.paused'));
      return network.fetch(input, init);
    },
    routesTo: network.routesTo,
    times,
    urlOverride: demoExchangeUrl(env),
    reference: latest.reference,
    async catalogSymbols(signal) {
      const coins = await catalog.coins(signal);
      return coins && new Map(coins.map(({ id, symbol }) => [id, symbol]));
    },
  });

  const coinGeckoCandles = coinGeckoHistory({ access: coinGecko.access, clock });
  const backfill = createBackfill({
    /** Exchanges first, for their volume; but only those already in use, because each takes memory. */
    sources(): readonly HistorySource[] {
      if (!settings().realTime) return [coinGeckoCandles];
      const exchangeHistories = exchangesInUse().map((id) =>
        exchangeHistory({
          id,
          client: () => markets.client(id),
          marketOf: (coinId, vsCurrency) => markets.marketOf(id, coinId, vsCurrency),
        }),
      );
      return [...exchangeHistories, coinGeckoCandles];
    },
    store: options.history,
    watched: () => ({ ...priceRequest(), pollMs: pollMs() }),
    clock,
    random,
    log,
    onHistory: options.onHistory,
    report: (progress) => report.backfill(progress ?? undefined),
  });

  const acceptTicks = (ticks: readonly Tick[], isFullResponse: boolean): void => {
    options.onTicks(ticks, isFullResponse);
    // The first prices show whether the market is simulated; no real exchange has its history.
    backfill.start();
    backfill.ticksReceived();
  };

  const exchangeRequest = () => {
    const exchanges = isPaused ? [] : exchangesInUse();
    return {
      ...priceRequest(),
      compared: comparedCoins(settings(), exchanges),
      exchanges,
      realTime: settings().realTime,
    };
  };
  const reportExchangeProblem = reporter();
  const exchangeFeed = createExchangeFeed({
    markets,
    clock,
    // The length of a cooldown does not depend on the clock's offset.
    networkClock: steadyClock,
    random,
    log,
    request: exchangeRequest(),
    isReferenceDown: () => isReferenceDown(feedState, pollMs(), startedAt, clock.now()),
    onTicks: (ticks) => acceptTicks(ticks, false),
    report({ exchanges, problem }) {
      report.exchanges(exchanges);
      reportExchangeProblem(problem);
    },
  });

  const handleBatch = (batch: PriceBatch): void => {
    if (batch.simulated !== simulated) {
      simulated = batch.simulated;
      options.onSimulated();
      exchangeFeed.change(exchangeRequest());
    }
    coinProblems.report(batch);
  };
  const feed = createPoller({
    source: coinGecko.source,
    clock,
    random,
    log,
    request: priceRequest(),
    pollMs,
    isKnown: (coinId) => knownSymbol(coinId) !== null || latest.reference(coinId) !== null,
    listener: {
      onTicks: (ticks) => acceptTicks(ticks, true),
      onState(state) {
        feedState = state;
        report.feed(state);
        report.budget(coinGecko.status(), false);
        exchangeFeed.referenceChanged();
      },
      onBatch: handleBatch,
    },
  });
  const pollNow = (): void => feed.change(priceRequest());

  return {
    start() {
      feed.start();
      coinGecko.start(pollNow);
      exchangeFeed.start();
    },
    async stop() {
      await feed.stop();
      await exchangeFeed.stop();
      await backfill.stop();
      await markets.close();
      await coinProblems.stop();
      await coinGecko.stop();
    },
    change() {
      coinGecko.requestChanged();
      pollNow();
      exchangeFeed.change(exchangeRequest());
      backfill.check();
    },
    pollNow,
    isSimulated: () => simulated,
    pause() {
      isPaused = true;
      feed.pause();
      exchangeFeed.change(exchangeRequest());
      backfill.pause();
    },
    resume() {
      isPaused = false;
      feed.resume();
      pollNow();
      exchangeFeed.change(exchangeRequest());
      backfill.resume();
    },
    search: createCoinSearch({ access: coinGecko.access, catalog, clock }),
    currencies: createQuoteCurrencies({ access: coinGecko.access, clock }),
    catalog,
  };
}

/** For each exchange in use, the coins that a rule compares on it with another source. */
function comparedCoins(settings: Settings, exchanges: readonly ExchangeId[]): ComparedCoins {
  const { coins, watchlists } = settings;
  const rules = withCoins({ rules: rulesInForce(settings), watchlists }).filter(({ enabled }) => enabled);
  const coinsOf = (rule: Rule): readonly string[] =>
    coins.filter(
      (coinId) => rule.scope === 'all' || (!('watchlist' in rule.scope) && rule.scope.includes(coinId)),
    );
  return Object.fromEntries(
    exchanges.map((id) => [
      id,
      [...new Set(rules.filter((rule) => comparedSources(rule, []).includes(id)).flatMap(coinsOf))],
    ]),
  );
}

const MAX_COINS_NAMED = 3;

/** One problem for all coins without a price: a notice for each would fill the page. */
function problemOfCoins(all: readonly Message[]): Problem | null {
  if (all.length === 0) return null;
  const reasons = all.slice(0, MAX_COINS_NAMED);
  return {
    id: 'coins',
    message: message('coins.without-price', { reasons, more: all.length - reasons.length }),
  };
}
