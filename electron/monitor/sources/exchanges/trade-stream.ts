import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import type { Lane } from './assign-coins.ts';
import type { ExchangeClient } from './exchange-client.ts';
import type { MappedMarket } from './map-markets.ts';
import { createMarketFollower, type MarketFollower } from './market-follower.ts';
import type { ConnectionTrust, MarketTrust } from './market-trust.ts';
import { askForMissedTrades, type Missed } from './missed-trades.ts';
import { SOCKET_DIALECTS } from './socket-dialect.ts';
import type { TradeMemory } from './trade-memory.ts';
import type { Trade } from './trade-ticks.ts';

const RECONNECT = { baseMs: 1_000, capMs: 60_000 };
/** A connection that lived this long was a good one: the next failure starts at the shortest delay again. */
const GOOD_AFTER_MS = 60_000;
/** How long a market that the exchange has refused is not asked for. */
const REFUSED_MS = 60 * 60_000;

/**
 * Of a market: `live` when the connection has brought a trade of its own that is this coin's; `connecting` until then;
 * `waiting` for the next connection; `refused` by the exchange.
 */
export type MarketStatus = 'connecting' | 'live' | 'waiting' | 'refused';

export type TradeStreamOptions = {
  readonly client: ExchangeClient;
  readonly lane: Lane;
  readonly vsCurrency: string;
  readonly memory: TradeMemory;
  readonly trust: MarketTrust;
  /** The market's time, in which trades are dated. */
  readonly clock: Clock;
  readonly networkClock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onTicks: (ticks: readonly Tick[]) => void;
  /** A status below may have changed. */
  readonly onChange: () => void;
};

/** Follows the trades of a lane's markets. */
export type TradeStream = {
  /** Runs until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  statusOf(coinId: string): MarketStatus;
  /** Why the exchange refuses markets, for those that it does. */
  refusals(): readonly { readonly market: MappedMarket; readonly reason: string }[];
};

type Followed = {
  readonly market: MappedMarket;
  readonly follower: MarketFollower;
  /** The newest trade of this connection; null before it. */
  newest: Trade | null;
  refused: { readonly reason: string; readonly until: number } | null;
};

/**
 * Each trade of a market is one tick, through any number of connections, see `createMarketFollower`. A market that the
 * exchange refuses is left out for an hour, and the others go on.
 */
export function createTradeStream(options: TradeStreamOptions): TradeStream {
  const { client, lane, vsCurrency, memory, clock, networkClock, random, log, onTicks, onChange } = options;
  const { exchange } = lane;
  let connection: 'connecting' | 'open' | 'waiting' = 'connecting';
  let trust: ConnectionTrust = options.trust.connect(exchange);
  let filling: Promise<void> = Promise.resolve();
  let stopping: AbortSignal = AbortSignal.abort();
  /** The connection ended before it was known which market the exchange had refused. */
  let isCautious = false;

  /** One request after the other: what is missing is often missing of all markets at once. */
  const askFor = (missed: Missed): Promise<readonly Trade[]> => {
    const asked = filling.then(() => askForMissedTrades(options, missed, stopping));
    filling = asked.then(() => undefined);
    return asked;
  };

  const followed = new Map<string, Followed>(
    lane.markets.map((market) => {
      const follower = createMarketFollower({
        symbol: market.symbol,
        known: memory.of(exchange, market, vsCurrency),
        hasSnapshots: SOCKET_DIALECTS[exchange].hasSnapshots,
        askFor,
        onTicks,
      });
      return [market.symbol, { market, follower, newest: null, refused: null }];
    }),
  );

  const byCoin = new Map([...followed.values()].map((entry) => [entry.market.coinId, entry]));

  const isTrusted = ({ market }: Followed, { price, at }: Trade): boolean =>
    trust.isTrusted(market, price, at);

  const listener = {
    onLive(): void {
      connection = 'open';
      trust = options.trust.connect(exchange);
      for (const entry of followed.values()) entry.follower.connected(clock.now());
      onChange();
    },
    onFollowed(symbol: string): void {
      followed.get(symbol)?.follower.followed();
    },
    onTrades(symbol: string, trades: readonly Trade[], isSnapshot: boolean): void {
      const entry = followed.get(symbol);
      const newest = trades.at(-1);
      if (entry === undefined || newest === undefined) return;
      const isNews = entry.newest === null;
      entry.newest = newest;
      if (isTrusted(entry, newest)) entry.follower.take(trades, isSnapshot);
      if (isNews) onChange();
    },
    onRefused(symbol: string | null, reason: string): void {
      const entry = symbol === null ? undefined : followed.get(symbol);
      isCautious = entry === undefined;
      if (entry !== undefined) entry.refused = { reason, until: networkClock.now() + REFUSED_MS };
      log.warn({ exchange, symbol, reason }, 'an exchange refused to tell trades of a market');
      onChange();
    },
    onEnd(silentForMs: number): void {
      const aliveUntil = clock.now() - silentForMs * clock.speed;
      for (const entry of followed.values()) entry.follower.ended(aliveUntil);
    },
  };

  const wanted = (): readonly string[] => {
    const now = networkClock.now();
    return [...followed].flatMap(([symbol, { refused }]) =>
      refused === null || refused.until <= now ? [symbol] : [],
    );
  };

  const connect = async (signal: AbortSignal): Promise<void> => {
    connection = 'connecting';
    const request = { symbols: wanted(), isCautious };
    isCautious = false;
    for (const [symbol, entry] of followed) {
      entry.newest = null;
      if (request.symbols.includes(symbol)) entry.refused = null;
    }
    onChange();
    await client.followTrades(request, listener, signal);
  };

  return {
    async run(signal) {
      stopping = signal;
      for (let delayMs = 0; !signal.aborted; ) {
        const startedAt = networkClock.now();
        try {
          if (wanted().length > 0) await connect(signal);
          else await networkClock.sleep(RECONNECT.capMs, signal);
        } catch (err) {
          if (signal.aborted) break;
          const lived = networkClock.now() - startedAt;
          delayMs = nextDelayMs(lived >= GOOD_AFTER_MS ? 0 : delayMs, RECONNECT, random());
          log.info({ err, exchange, delayMs }, 'real-time prices were interrupted; connecting again');
          connection = 'waiting';
          onChange();
          await networkClock.sleep(delayMs, signal).catch(() => undefined); // aborted: the loop ends
        }
      }
      await filling;
    },
    statusOf(coinId) {
      const entry = byCoin.get(coinId);
      if (entry === undefined) return 'waiting';
      if (entry.refused !== null) return 'refused';
      if (connection === 'waiting') return 'waiting';
      const { newest } = entry;
      return connection === 'open' && newest !== null && isTrusted(entry, newest) ? 'live' : 'connecting';
    },
    refusals: () =>
      [...followed.values()].flatMap(({ market, refused }) =>
        refused === null ? [] : [{ market, reason: refused.reason }],
      ),
  };
}
