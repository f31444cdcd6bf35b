import type { ExchangesState } from '../../../../shared/domain/exchanges-state.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { formatSource } from '../../../../shared/format/name.ts';
import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { Logger } from '../../logging/logger.ts';
import type { RoutesTo } from '../../network/network.ts';
import { asSentence } from '../../status/as-sentence.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import type { TickTimes } from '../tick-times.ts';
import { assignCoins, type Lane } from './assign-coins.ts';
import { believedClient } from './believed-client.ts';
import { createExchangeClient, type ExchangeClient } from './exchange-client.ts';
import { knownSymbol } from './known-coins.ts';
import { type CoinSymbol, type MappedMarket, mapMarkets } from './map-markets.ts';
import { createMarketTrust, type ReferencePrice } from './market-trust.ts';
import { ExchangeGivenUp, runPricePolls } from './price-polls.ts';
import { createTradeMemory } from './trade-memory.ts';
import { createTradeStream, type MarketStatus, type TradeStream } from './trade-stream.ts';

/** How often it is looked at whether exchanges are needed, when they are not. */
const LOOK_MS = 1_000;
/** In the order in which they are told. */
const STATUSES: readonly MarketStatus[] = ['live', 'connecting', 'waiting', 'refused'];
/** How long an exchange that failed is left alone. */
const LEFT_ALONE = { baseMs: 30_000, capMs: 10 * 60_000 };

/** What is wanted of the exchanges. */
export type ExchangeRequest = {
  readonly coins: readonly string[];
  readonly vsCurrency: string;
  /** The preferred one first. */
  readonly exchanges: readonly ExchangeId[];
  readonly realTime: boolean;
};

export type ExchangeFeedOptions = {
  readonly clock: Clock;
  /** Real time, for connections. */
  readonly networkClock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly fetch: typeof globalThis.fetch;
  /** The ways of WebSockets; directly when absent. */
  readonly routesTo?: RoutesTo | undefined;
  /** Which times of trades can be believed. */
  readonly times: Pick<TickTimes, 'believes'>;
  /** A simulated exchange in place of the real ones. */
  readonly urlOverride: string | null;
  readonly silentAfterMs?: number;
  readonly request: ExchangeRequest;
  /** Whether the source of reference has been without news for too long. */
  readonly isReferenceDown: () => boolean;
  /** The newest price of the source of reference. */
  readonly reference: (coinId: string) => ReferencePrice | null;
  /** Trading symbols by a catalogue of coins, for those that are not well known; null while it cannot be had. */
  readonly catalogSymbols: (signal: AbortSignal) => Promise<ReadonlyMap<string, string> | null>;
  readonly listener: {
    /** Called synchronously, as trades come. Never empty. */
    onTicks(ticks: readonly Tick[]): void;
    onChange(): void;
  };
};

/** Prices from exchanges beside the feed: every trade where real time is wanted, and polls where prices are missing. */
export type ExchangeFeed = {
  start(): void;
  change(request: ExchangeRequest): void;
  state(): ExchangesState;
  /** Markets whose trades an exchange refuses to tell, in a sentence; null while there is none. */
  problem(): Problem | null;
  /** The exchange's client, for those who want candles of it; loaded when first asked. */
  client(id: ExchangeId): ExchangeClient;
  /** The market of a coin by the exchange's name; null when it has none, or none that can be believed to be this coin's. */
  marketOf(id: ExchangeId, coinId: string, vsCurrency: string): Promise<string | null>;
  stop(): Promise<void>;
};

export function createExchangeFeed(options: ExchangeFeedOptions): ExchangeFeed {
  const { clock, networkClock, random, log, listener, isReferenceDown } = options;
  const clients = new Map<ExchangeId, ExchangeClient>();
  const stopping = new AbortController();
  let round = new AbortController();
  let request = options.request;
  let running: Promise<void> | null = null;
  const streams = new Map<ExchangeId, { readonly lane: Lane; readonly stream: TradeStream }>();
  const polling = new Set<ExchangeId>();
  /** Exchanges that failed, and until when they are left alone. */
  const leftAlone = new Map<ExchangeId, { delayMs: number; until: number }>();
  const trust = createMarketTrust(options.reference);
  const memory = createTradeMemory();
  let catalog: ReadonlyMap<string, string> | null = null;

  const client = (id: ExchangeId): ExchangeClient => {
    const known = clients.get(id);
    if (known) return known;
    const { urlOverride, fetch, routesTo, silentAfterMs } = options;
    const all = createExchangeClient({
      id,
      urlOverride,
      fetch,
      routesTo,
      networkClock,
      ...(silentAfterMs === undefined ? {} : { silentAfterMs }),
    });
    const made = believedClient(all, options.times);
    clients.set(id, made);
    return made;
  };

  const symbolOf = (coinId: string): CoinSymbol | null => {
    const known = knownSymbol(coinId);
    if (known !== null) return { symbol: known, isKnown: true };
    const listed = catalog?.get(coinId);
    return listed === undefined ? null : { symbol: listed, isKnown: false };
  };

  const leaveAlone = (exchange: ExchangeId, error: unknown): void => {
    const delayMs = nextDelayMs(leftAlone.get(exchange)?.delayMs ?? 0, LEFT_ALONE, random());
    leftAlone.set(exchange, { delayMs, until: networkClock.now() + delayMs });
    log.info(
      { err: error, exchange, delayMs },
      'an exchange failed and is not asked until the delay is over',
    );
  };

  const isNeeded = (): boolean => request.realTime || isReferenceDown();

  const runLane = async (lane: Lane, wanted: ExchangeRequest, signal: AbortSignal): Promise<void> => {
    const { exchange } = lane;
    const { vsCurrency, realTime } = wanted;
    const onTicks = (ticks: readonly Tick[]): void => {
      leftAlone.delete(exchange);
      listener.onTicks(ticks);
    };
    const shared = { client: client(exchange), lane, vsCurrency, memory, trust, clock, log, onTicks };
    const { onChange } = listener;
    const stream = realTime ? createTradeStream({ ...shared, networkClock, random, onChange }) : null;
    const isStreamed = ({ coinId }: MappedMarket): boolean => stream?.statusOf(coinId) === 'live';
    if (stream !== null) streams.set(exchange, { lane, stream });
    const work = [
      runPricePolls(
        {
          ...shared,
          needed: () => (isNeeded() ? lane.markets.filter((market) => !isStreamed(market)) : []),
          onAnswer(worked) {
            if (worked) polling.add(exchange);
            else polling.delete(exchange);
            // What is live changes with the reference, too.
            onChange();
          },
        },
        signal,
      ),
    ];
    if (stream !== null) work.push(stream.run(signal));
    try {
      await Promise.all(work);
    } catch (error) {
      if (!(error instanceof ExchangeGivenUp)) throw error;
      leaveAlone(exchange, error);
    } finally {
      streams.delete(exchange);
      polling.delete(exchange);
    }
  };

  /** Serves one request until it changes, an exchange gives up, or one that was left alone may be tried again. */
  const serve = async (wanted: ExchangeRequest, signal: AbortSignal): Promise<void> => {
    while (!isNeeded()) await clock.sleep(LOOK_MS, signal);
    if (wanted.coins.some((coinId) => knownSymbol(coinId) === null)) {
      catalog = (await options.catalogSymbols(signal)) ?? catalog;
    }
    const able = wanted.exchanges.filter((id) => !leftAlone.has(id));
    const { lanes, failures } = await assignCoins({ ...wanted, clients: able.map(client), symbolOf, signal });
    for (const { exchange, error } of failures) leaveAlone(exchange, error);
    const ending = new AbortController();
    const inner = AbortSignal.any([signal, ending.signal]);
    const working = lanes.map((lane) => runLane(lane, wanted, inner));
    listener.onChange();
    try {
      await Promise.race([...working, untilOneRecovers(wanted, inner)]);
    } finally {
      ending.abort();
      await Promise.allSettled(working);
    }
    await Promise.all(working);
  };

  /** Tries the exchanges that were left alone when their time has come; resolves when one answers, or on abort. */
  const untilOneRecovers = async (wanted: ExchangeRequest, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await networkClock.sleep(LOOK_MS, signal).catch(() => undefined); // aborted: the loop ends
      for (const id of wanted.exchanges) {
        const failed = leftAlone.get(id);
        if (signal.aborted || failed === undefined || failed.until > networkClock.now()) continue;
        try {
          const [market] = await client(id).markets();
          if (market !== undefined) await client(id).lastPrices([market.symbol]);
          leftAlone.delete(id);
          return;
        } catch (error) {
          leaveAlone(id, error);
        }
      }
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      round = new AbortController();
      const signal = AbortSignal.any([round.signal, stopping.signal]);
      try {
        if (request.exchanges.length === 0) await untilAborted(signal);
        await serve(request, signal);
      } catch (err) {
        if (signal.aborted) continue;
        log.error({ err }, 'prices from exchanges failed in a way that they should not');
        await networkClock.sleep(LEFT_ALONE.baseMs, signal).catch(() => undefined); // aborted: go on at once
      }
    }
  };

  return {
    start() {
      running ??= run();
    },
    change(next) {
      request = next;
      memory.keepOnly(next.coins, next.vsCurrency);
      round.abort();
    },
    state() {
      const entries = [...streams].flatMap(([source, { lane, stream }]) => {
        const byStatus = Map.groupBy(lane.markets, ({ coinId }) => stream.statusOf(coinId));
        return STATUSES.flatMap((status) => {
          const coins = byStatus.get(status)?.map(({ coinId }) => coinId) ?? [];
          return coins.length === 0 ? [] : [{ source, status, coins }];
        });
      });
      const live = entries.filter(({ status }) => status === 'live').map(({ source }) => source);
      return {
        fallback: isReferenceDown() ? ([...live, ...polling][0] ?? null) : null,
        streams: entries,
      };
    },
    problem() {
      const refused = [...streams].flatMap(([exchange, { stream }]) =>
        stream.refusals().map(({ market, reason }) => ({ exchange, ...market, reason })),
      );
      const [first] = refused;
      if (first === undefined) return null;
      const { exchange, symbol, coinId, reason } = first;
      const more = refused.length === 1 ? '' : ` So it is for ${refused.length - 1} more.`;
      return {
        id: 'exchange-markets',
        message:
          `${formatSource(exchange)} refuses to stream ${symbol}, the market of ${coinId}: ${asSentence(reason)} ` +
          `Its price is asked for every 10 s instead.${more}`,
      };
    },
    client,
    async marketOf(id, coinId, vsCurrency) {
      const [market] = mapMarkets([coinId], vsCurrency, await client(id).markets(), symbolOf);
      if (market === undefined) return null;
      if (market.isKnown) return market.symbol;
      const { at, prices } = await client(id).lastPrices([market.symbol]);
      const price = prices.get(market.symbol);
      const isTrusted = price !== undefined && trust.connect(id).isTrusted(market, price, at ?? clock.now());
      return isTrusted ? market.symbol : null;
    },
    async stop() {
      stopping.abort();
      await running;
      await Promise.all([...clients.values()].map((one) => one.close()));
    },
  };
}

/** Resolves when the signal aborts. */
async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
