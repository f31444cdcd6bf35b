import type { DemoServer } from '../../demo/server.ts';
import type { Clock } from '../../electron/monitor/time/clock.ts';
import type { SeededRandom } from './seeded-random.ts';

const SECOND_MS = 1_000;
const STEP_MS = 20 * SECOND_MS;
/** Polled prices have times in whole seconds; this offset distinguishes trades from them. */
const TRADE_AT_MS = 137;
/** The ratio of the exchange's prices to CoinGecko's. */
const EXCHANGE_FACTOR = 1.03;
const LEVELS: Readonly<Record<string, number>> = { bitcoin: 60_000, ethereum: 3_000, zcash: 300 };
/**
 * The trades of outages of up to five minutes are fetched, by a clock that may be wrong by 90 s, with a resolution of
 * two steps.
 */
const LONGEST_OUTAGE_MS = 5 * 60 * SECOND_MS - 90 * SECOND_MS - 2 * STEP_MS;
/** The maximum fluctuation of prices between jumps. */
const WOBBLE = 0.001;

/** A market that moves only by the jumps of a test, and that records its trades. */
export type ScriptedMarket = {
  start(): void;
  stop(): Promise<void>;
  /** Raises the price of the coin by this much, in per cent. */
  jump(coinId: string, pct: number): void;
  isTrade(key: string): boolean;
  /** Whether a price of the exchange is one that the coin has had at any time. */
  isPossible(key: string): boolean;
  /**
   * The trades that the program must have, as `coin time price`: those that the exchange sent, and those that were
   * made during interruptions that are short enough to be fetched afterwards.
   */
  givenTrades(): readonly string[];
  /** The number of trades. */
  printed(): number;
};

export function createScriptedMarket(options: {
  readonly server: DemoServer;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly coins: readonly string[];
  /** Whether the program is streaming the trades now. */
  readonly isFollowed: () => boolean;
  /** Whether the exchange sends no trades although the connection is open. */
  readonly isSilent: () => boolean;
}): ScriptedMarket {
  const { server, clock, random, coins, isFollowed, isSilent } = options;
  const stopping = new AbortController();
  const levels = new Map(coins.map((coinId) => [coinId, LEVELS[coinId] ?? 1]));
  const everLevels = new Map(coins.map((coinId) => [coinId, [LEVELS[coinId] ?? 1]]));
  const trades = new Set<string>();
  const given: string[] = [];
  let running: Promise<void> | null = null;

  const step = (): readonly string[] => {
    const second = Math.floor(clock.now() / SECOND_MS) * SECOND_MS;
    return [...levels].map(([coinId, level]) => {
      const price = Number((level * (1 + (2 * random.next() - 1) * WOBBLE)).toFixed(2));
      server.setPrice(coinId, { price, lastUpdatedAt: second });
      const trade = server.exchange.trade(coinId, Number((price * EXCHANGE_FACTOR).toFixed(2)), {
        at: second + TRADE_AT_MS,
      });
      const key = `${coinId} ${trade.at} ${trade.price}`;
      trades.add(key);
      return key;
    });
  };

  const run = async (): Promise<void> => {
    /** Trades since the program last streamed; they are lost if the interruption is too long. */
    let missed: string[] = [];
    let followedAt: number | null = null;
    while (!stopping.signal.aborted) {
      const now = clock.now();
      if (isFollowed()) {
        if (followedAt !== null && now - followedAt <= LONGEST_OUTAGE_MS) given.push(...missed);
        missed = [];
        followedAt = now;
      }
      const made = step();
      if (!isSilent()) missed.push(...made);
      await clock.sleep(STEP_MS, stopping.signal).catch(() => undefined); // stopped: the loop ends
    }
  };

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    jump(coinId, pct) {
      const level = (levels.get(coinId) ?? 1) * (1 + pct / 100);
      levels.set(coinId, level);
      everLevels.get(coinId)?.push(level);
    },
    isTrade: (key) => trades.has(key),
    isPossible(key) {
      const [coinId = '', , price = ''] = key.split(' ');
      const ratios = (everLevels.get(coinId) ?? []).map((level) => Number(price) / (level * EXCHANGE_FACTOR));
      return ratios.some((ratio) => Math.abs(ratio - 1) <= 2 * WOBBLE);
    },
    givenTrades: () => given,
    printed: () => trades.size,
  };
}
