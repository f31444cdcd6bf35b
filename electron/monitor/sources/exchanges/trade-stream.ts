import type { Tick } from '../../../../shared/domain/tick.ts';
import { type Message, text } from '../../../../shared/messages/message.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import type { ExchangeAssignment } from './assign-coins.ts';
import type { ExchangeClient } from './exchange-client.ts';
import type { MappedMarket } from './map-markets.ts';
import { createMarketFollower, type MarketFollower } from './market-follower.ts';
import type { ConnectionTrust, MarketTrust } from './market-trust.ts';
import { fetchMissedTrades, type TradeGap } from './missed-trades.ts';
import { SOCKET_DIALECTS } from './socket-dialects.ts';
import type { Trade } from './trade.ts';
import type { TradeMemory } from './trade-memory.ts';

const RECONNECT = { baseMs: 1_000, capMs: 60_000 };
/** A connection that lasted this long resets the back-off. */
const RESET_AFTER_MS = 60_000;
/** How long a rejected market is not requested again. */
const REFUSED_MS = 60 * 60_000;

/**
 * `live`: the connection has delivered a trade of the market that passed the price check. `connecting`: not yet.
 * `waiting`: for the next connection. `refused`: rejected by the exchange.
 */
export type MarketStatus = 'connecting' | 'live' | 'waiting' | 'refused';

export type TradeStreamOptions = {
  readonly client: ExchangeClient;
  readonly assignment: ExchangeAssignment;
  readonly vsCurrency: string;
  readonly memory: TradeMemory;
  readonly trust: MarketTrust;
  /** The market's clock, by which trades are dated. */
  readonly clock: Clock;
  readonly networkClock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onTicks: (ticks: readonly Tick[]) => void;
  /** Called when a market's status may have changed. */
  readonly onChange: () => void;
};

/** Streams the trades of an assignment's markets. */
export type TradeStream = {
  /** Runs until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  statusOf(coinId: string): MarketStatus;
  /** The markets that the exchange rejects, and why. */
  refusals(): readonly { readonly market: MappedMarket; readonly reason: Message }[];
};

type Followed = {
  readonly market: MappedMarket;
  readonly follower: MarketFollower;
  /** The newest trade of this connection; null before the first. */
  newest: Trade | null;
  refused: { readonly reason: Message; readonly until: number } | null;
};

/**
 * Each trade of a market becomes one tick, across any number of connections, see `createMarketFollower`. A market
 * that the exchange rejects is left out for an hour; the others continue.
 */
export function createTradeStream(options: TradeStreamOptions): TradeStream {
  const { client, assignment, vsCurrency, memory, clock, networkClock, random, log, onTicks, onChange } =
    options;
  const { exchange } = assignment;
  let connection: 'connecting' | 'open' | 'waiting' = 'connecting';
  let trust: ConnectionTrust = options.trust.connect(exchange);
  let fetching: Promise<void> = Promise.resolve();
  let stopping: AbortSignal = AbortSignal.abort();
  /** The connection ended before the rejected market was identified. */
  let isCautious = false;

  /** One request after the other: a gap often concerns all markets at once. */
  const fetchMissed = (gap: TradeGap): Promise<readonly Trade[]> => {
    const fetched = fetching.then(() => fetchMissedTrades(options, gap, stopping));
    fetching = fetched.then(() => undefined);
    return fetched;
  };

  const followed = new Map<string, Followed>(
    assignment.markets.map((market) => {
      const follower = createMarketFollower({
        symbol: market.symbol,
        known: memory.of(exchange, market, vsCurrency),
        hasSnapshots: SOCKET_DIALECTS[exchange].hasSnapshots,
        fetchMissed,
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
      const isFirst = entry.newest === null;
      entry.newest = newest;
      if (isTrusted(entry, newest)) entry.follower.receive(trades, isSnapshot);
      if (isFirst) onChange();
    },
    onRefused(symbol: string | null, reason: Message): void {
      const entry = symbol === null ? undefined : followed.get(symbol);
      isCautious = entry === undefined;
      if (entry !== undefined) entry.refused = { reason, until: networkClock.now() + REFUSED_MS };
      log.warn(
        { exchange, symbol, reason: text(reason) },
        'an exchange refused to stream the trades of a market',
      );
      onChange();
    },
    onEnd(silentForMs: number): void {
      const aliveUntil = clock.now() - (silentForMs * clock.speed) / networkClock.speed;
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
          delayMs = nextDelayMs(lived >= RESET_AFTER_MS ? 0 : delayMs, RECONNECT, random());
          log.info({ err, exchange, delayMs }, 'real-time prices were interrupted; connecting again');
          connection = 'waiting';
          onChange();
          await networkClock.sleep(delayMs, signal).catch(() => undefined); // aborted: the loop ends
        }
      }
      await fetching;
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
