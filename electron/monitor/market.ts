import type { BudgetStatus } from '../../shared/domain/budget-status.ts';
import type { FeedState } from '../../shared/domain/feed-state.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import type { Status } from '../../shared/domain/status.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { Watch } from './ingest/watch.ts';
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
import { createExchangeFeed } from './sources/exchanges/exchange-feed.ts';
import { knownSymbol } from './sources/exchanges/known-coins.ts';
import { isReferenceDown } from './sources/exchanges/reference-down.ts';
import { demoExchangeUrl, usableExchanges } from './sources/exchanges/usable-exchanges.ts';
import { createFeed } from './sources/polling/poller.ts';
import { createSourceGate } from './sources/polling/source-gate.ts';
import { FeedError, type PriceBatch } from './sources/price-source.ts';
import type { TickTimes } from './sources/tick-times.ts';
import type { Storage } from './store/storage.ts';
import { type Clock, systemClock } from './time/clock.ts';

const SECOND_MS = 1_000;

export type MarketOptions = {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The key for the address in the settings; null for keyless access. */
  readonly apiKey: string | null;
  /** The settings in force. */
  readonly settings: () => Settings;
  /** The present as far as it is known, see `correctedClock`. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly network: Network;
  readonly times: TickTimes;
  readonly watch: Pick<Watch, 'reference' | 'setProblems'>;
  readonly history: Storage['history'];
  /** New ticks; `isWhole` when they are all of one answer, and not trades of which more follow at once. */
  readonly onTicks: (ticks: readonly Tick[], isWhole: boolean) => void;
  /** Coins got a problem, or lost one. */
  readonly onProblems: () => void;
  readonly onHistory: (coinId: string, vsCurrency: string) => void;
  /** Prices turned out to be a simulated market's, or a real one's. */
  readonly onSimulated: () => void;
  /** A state below may have changed. */
  readonly onChange: () => void;
};

/** Where prices and history come from: CoinGecko, exchanges beside it, and what both cost. */
export type Market = {
  start(): void;
  stop(): Promise<void>;
  /** Takes changed settings over; prices are asked for at once. */
  change(): void;
  pollNow(): void;
  /** Asks nobody for prices or history until `resume`, and follows no trades. */
  pause(): void;
  /** Everybody is asked again, at once. */
  resume(): void;
  isSimulated(): boolean;
  feedState(): FeedState;
  exchanges(): Status['exchanges'];
  budget(): BudgetStatus;
  backfill(): Status['backfill'];
  problems(): readonly (Problem | null)[];
  readonly search: CoinSearch;
  readonly currencies: QuoteCurrencies;
  readonly catalog: CoinCatalog;
};

export function createMarket(options: MarketOptions): Market {
  const { dataDir, env, settings, clock, random, log, network, times, watch, onChange } = options;
  const startedAt = clock.now();
  let simulated = false;
  let paused = false;
  let coinProblem: Problem | null = null;

  const priceRequest = () => {
    const { coins, vsCurrency } = settings();
    return { coins, vsCurrency };
  };
  const exchangeRequest = () => {
    const { exchanges, realTime } = settings();
    return { ...priceRequest(), exchanges: usableExchanges(env, exchanges, simulated), realTime };
  };
  /** Takes over what is wanted of the exchanges, which is nothing during a pause. */
  const followExchanges = (): void => {
    const wanted = exchangeRequest();
    exchangeFeed.change(paused ? { ...wanted, exchanges: [] } : wanted);
  };
  const pollMs = (): number => coinGecko.status().intervalSeconds * SECOND_MS;
  const pollNow = (): void => feed.change(priceRequest(), pollMs());

  const coinGecko = openCoinGecko({
    dataDir,
    apiKey: options.apiKey,
    baseUrl: settings().coingeckoUrl,
    clock,
    random,
    log,
    fetch: network.fetch,
    latest: times.latest,
    wishedSeconds: () => settings().pollSeconds,
    request: priceRequest,
    onAccess: () => pollNow(),
    onChange,
  });
  const coinCatalog = createCoinCatalog({ access: coinGecko.access, clock, log });
  const coinProblems = createCoinProblems({
    catalog: coinCatalog,
    log,
    onProblems: (problems) => {
      watch.setProblems(problems);
      coinProblem = problemOfCoins([...problems.values()]);
      options.onProblems();
    },
  });

  const takeTicks = (ticks: readonly Tick[], isWhole: boolean): void => {
    options.onTicks(ticks, isWhole);
    // The first prices tell whether the market is a simulated one, whose past no real exchange has.
    backfill.start();
    backfill.heard();
  };
  const takeBatch = (batch: PriceBatch): void => {
    if (batch.simulated !== simulated) {
      simulated = batch.simulated;
      options.onSimulated();
      followExchanges();
    }
    coinProblems.report(batch);
  };

  const gate = createSourceGate(coinGecko.source);
  const feed = createFeed({
    source: gate.source,
    clock,
    random,
    log,
    request: priceRequest(),
    pollMs: pollMs(),
    isKnown: (coinId) => knownSymbol(coinId) !== null || watch.reference(coinId) !== null,
    listener: {
      onTicks: (ticks) => takeTicks(ticks, true),
      onState: () => {
        feed.repace(pollMs());
        onChange();
      },
      onBatch: takeBatch,
    },
  });

  /** Requests that wait for their turn at an exchange's limit are not made during a pause either. */
  const fetchOfExchanges: typeof globalThis.fetch = async (input, init) => {
    if (paused) throw new FeedError('unreachable', 'nobody is asked during a pause');
    return network.fetch(input, init);
  };
  const exchangeFeed = createExchangeFeed({
    clock,
    networkClock: systemClock,
    random,
    log,
    fetch: fetchOfExchanges,
    routesTo: network.routesTo,
    times,
    urlOverride: demoExchangeUrl(env),
    request: exchangeRequest(),
    isReferenceDown: () => isReferenceDown(feed.state(), pollMs(), startedAt, clock.now()),
    reference: watch.reference,
    catalogSymbols: async (signal) => {
      const coins = await coinCatalog.coins(signal);
      return coins && new Map(coins.map(({ id, symbol }) => [id, symbol]));
    },
    listener: { onTicks: (ticks) => takeTicks(ticks, false), onChange },
  });

  const coinGeckoPast = coinGeckoHistory({ access: coinGecko.access, clock });
  /** Exchanges first, for their volume; but only where they are asked anyway, as each takes memory. */
  const historySources = (): readonly HistorySource[] => {
    const { exchanges, realTime } = exchangeRequest();
    if (!realTime) return [coinGeckoPast];
    const pasts = exchanges.map((id) =>
      exchangeHistory({
        id,
        client: () => exchangeFeed.client(id),
        marketOf: (coinId, vsCurrency) => exchangeFeed.marketOf(id, coinId, vsCurrency),
      }),
    );
    return [...pasts, coinGeckoPast];
  };
  const backfill = createBackfill({
    sources: historySources,
    store: options.history,
    watched: () => ({ ...priceRequest(), pollMs: pollMs() }),
    clock,
    random,
    log,
    onHistory: options.onHistory,
    onChange,
  });

  return {
    start() {
      feed.start();
      coinGecko.start();
      exchangeFeed.start();
    },
    async stop() {
      await feed.stop();
      await backfill.stop();
      await exchangeFeed.stop();
      await coinProblems.stop();
      await coinGecko.stop();
    },
    change() {
      pollNow();
      followExchanges();
      backfill.check();
    },
    pollNow,
    pause() {
      paused = true;
      gate.close();
      followExchanges();
      backfill.pause();
    },
    resume() {
      paused = false;
      gate.open();
      pollNow();
      followExchanges();
      backfill.resume();
    },
    isSimulated: () => simulated,
    feedState: feed.state,
    exchanges: exchangeFeed.state,
    budget: coinGecko.status,
    backfill: () => backfill.progress() ?? undefined,
    problems: () => [...coinGecko.problems(), times.problem(), coinProblem, exchangeFeed.problem()],
    search: createCoinSearch({ access: coinGecko.access, catalog: coinCatalog, clock }),
    currencies: createQuoteCurrencies({ access: coinGecko.access, clock }),
    catalog: coinCatalog,
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
