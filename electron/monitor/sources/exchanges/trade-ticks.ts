import { bucketStart, INTERVAL_MS } from '../../../../shared/domain/interval.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { compareTrades } from './trade-order.ts';

/** One trade on an exchange. */
export type Trade = {
  /** The exchange's own number of the trade; null where it gives none. */
  readonly id: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly price: number;
  /** In units of the coin; null where the exchange does not tell it. */
  readonly amount: number | null;
};

/** As many trades of one market are remembered at least; a connection that resumes sends at most 1,000 again. */
const REMEMBERED = 2_048;
/** Trades of one instant are spread over at most this much time. */
export const MOST_SHIFT_MS = 1_000;

/** Turns the trades of one market into ticks, each trade once. */
export type TradeTicks = {
  /** Ticks for the trades that were not seen before. */
  take(trades: readonly Trade[]): readonly Tick[];
  /** A tick for a price that the exchange was asked for, in a millisecond that no trade has. */
  quote(price: number, at: number): Tick;
  /** Marks trades as seen that are no news. */
  remember(trades: readonly Trade[]): void;
  /** The newest trade that was seen; null before the first. */
  newest(): Trade | null;
};

/**
 * A tick is known by its millisecond, and one order often makes several trades within one. Such a trade takes the next
 * free millisecond, so that every trade is a tick and counts in its candle; at the end of a minute those that come together
 * begin earlier, so that none is counted in the next. Only what would be moved by more than a second, a thousand trades ahead
 * of its time, is left out.
 */
export function createTradeTicks(of: Pick<Tick, 'coinId' | 'vsCurrency' | 'source'>): TradeTicks {
  const seen = createRecentSet<string>(REMEMBERED);
  const taken = createRecentSet<number>(REMEMBERED);
  /** The newest unbroken run of milliseconds that are taken. */
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
    // A trade that comes late takes a place between older ones.
    let place = at;
    while (place < runStart && taken.has(place)) place++;
    return place < runStart ? place : ++runEnd;
  };

  /** From where on several new trades of one millisecond are placed, so that as many as can be stay in its minute. */
  const startFor = (at: number, count: number): number => {
    const end = bucketStart(at, '1m') + INTERVAL_MS['1m'];
    let free = 0;
    for (let place = at; place < end && free < count; place++) {
      if (!taken.has(place)) free += 1;
    }
    let start = at;
    for (; free < count && start > at - MOST_SHIFT_MS && !taken.has(start - 1); start--) free += 1;
    return start;
  };

  const tickAt = (observedAt: number, price: number, amount: number | null): Tick => {
    taken.add(observedAt);
    return { ...of, observedAt, price, volume24h: null, amount, marketCap: null, change24hPct: null };
  };

  const see = (trade: Trade): boolean => {
    const { id, at, price, amount } = trade;
    if (!seen.add(id ?? `${at}:${price}:${amount}`)) return false;
    if (newest === null || compareTrades(newest, trade) <= 0) newest = trade;
    return true;
  };

  return {
    take(trades) {
      const ticks: Tick[] = [];
      for (const [at, together] of Map.groupBy(trades.filter(see), (trade) => trade.at)) {
        const start = startFor(at, together.length);
        for (const { price, amount } of together) {
          if (at >= runStart && runEnd + 1 - at > MOST_SHIFT_MS) continue;
          ticks.push(tickAt(placeFor(start), price, amount));
        }
      }
      return ticks;
    },
    quote: (price, at) => tickAt(placeFor(at), price, null),
    remember(trades) {
      for (const trade of trades) see(trade);
    },
    newest: () => newest,
  };
}

/** A set that keeps at least its `size` newest members and at most twice as many. */
function createRecentSet<T>(size: number) {
  let young = new Set<T>();
  let old = new Set<T>();
  const has = (member: T): boolean => young.has(member) || old.has(member);
  return {
    has,
    /** Returns whether the member is new. */
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
