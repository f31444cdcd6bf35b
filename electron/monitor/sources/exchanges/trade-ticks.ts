import { bucketStart, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Trade } from './trade.ts';
import { compareTrades } from './trade.ts';

/** How many trades of a market are kept for deduplication, at least; a resumed connection repeats at most 1,000. */
const DEDUPLICATED = 2_048;
/** Trades of one millisecond are spread over at most this much time. */
export const MAX_SHIFT_MS = 1_000;

/** Turns the trades of one market into ticks, each trade once. */
export type TradeTicks = {
  /** Returns ticks for the trades that are new. */
  ticksFor(trades: readonly Trade[]): readonly Tick[];
  /** A tick for a polled price, at a millisecond that no trade has. */
  tickForPrice(price: number, at: number): Tick;
  /** Records trades for deduplication without making ticks of them. */
  remember(trades: readonly Trade[]): void;
  /** The newest trade so far; null before the first. */
  newest(): Trade | null;
};

/**
 * A tick is identified by its millisecond, and one order often makes several trades within one. Such trades take the
 * next free milliseconds, so that every trade becomes a tick and counts in its candle. At the end of a minute, trades
 * of one millisecond start earlier so that none falls into the next minute. Only trades that would be moved by more
 * than a second (a thousand trades in one millisecond) are left out.
 */
export function createTradeTicks(of: Pick<Tick, 'coinId' | 'vsCurrency' | 'source'>): TradeTicks {
  const tradeKeys = createRecentSet<string>(DEDUPLICATED);
  const usedTimes = createRecentSet<number>(DEDUPLICATED);
  /** The newest contiguous run of used milliseconds. */
  let runStart = Number.POSITIVE_INFINITY;
  let runEnd = Number.NEGATIVE_INFINITY;
  let newest: Trade | null = null;

  /** The first free millisecond from `at` on. */
  const placeFor = (at: number): number => {
    if (at > runEnd) {
      if (at > runEnd + 1) runStart = at;
      runEnd = at;
      return at;
    }
    if (at >= runStart) return ++runEnd;
    // A late trade takes a free place between older ones.
    let place = at;
    while (place < runStart && usedTimes.has(place)) place++;
    return place < runStart ? place : ++runEnd;
  };

  /** Where to place several new trades of one millisecond, so that as many as possible stay in its minute. */
  const startFor = (at: number, count: number): number => {
    const end = bucketStart(at, '1m') + intervalLengthMs('1m');
    let free = 0;
    for (let place = at; place < end && free < count; place++) {
      if (!usedTimes.has(place)) free += 1;
    }
    let start = at;
    for (; free < count && start > at - MAX_SHIFT_MS && !usedTimes.has(start - 1); start--) free += 1;
    return start;
  };

  const tickAt = (observedAt: number, price: number, amount: number | null): Tick => {
    usedTimes.add(observedAt);
    return { ...of, observedAt, price, volume24h: null, amount, marketCap: null, change24hPct: null };
  };

  const register = (trade: Trade): boolean => {
    const { id, at, price, amount } = trade;
    if (!tradeKeys.add(id ?? `${at}:${price}:${amount}`)) return false;
    if (newest === null || compareTrades(newest, trade) <= 0) newest = trade;
    return true;
  };

  return {
    ticksFor(trades) {
      const ticks: Tick[] = [];
      for (const [at, together] of Map.groupBy(trades.filter(register), (trade) => trade.at)) {
        const start = startFor(at, together.length);
        for (const { price, amount } of together) {
          if (at >= runStart && runEnd + 1 - at > MAX_SHIFT_MS) continue;
          ticks.push(tickAt(placeFor(start), price, amount));
        }
      }
      return ticks;
    },
    tickForPrice: (price, at) => tickAt(placeFor(at), price, null),
    remember(trades) {
      for (const trade of trades) register(trade);
    },
    newest: () => newest,
  };
}

/** A set that keeps between `size` and twice as many of its newest members. */
function createRecentSet<T>(size: number) {
  let young = new Set<T>();
  let old = new Set<T>();
  const has = (member: T): boolean => young.has(member) || old.has(member);
  return {
    has,
    /** Adds a member and returns whether it is new. */
    add(member: T): boolean {
      if (has(member)) return false;
      if (young.size >= size) {
        old = young;
        young = new Set();
      }
      young.add(member);
      return true;
    },
  };
}
