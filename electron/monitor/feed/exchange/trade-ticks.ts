import type { Tick } from '../../../../shared/domain.ts';

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
const MOST_SHIFT_MS = 1_000;

/** Turns the trades of one market into ticks, each trade once. */
export type TradeTicks = {
  /** Ticks for the trades that were not seen before. */
  take(trades: readonly Trade[]): readonly Tick[];
  /** Time of the newest trade that was taken; null before the first. */
  newestAt(): number | null;
};

/**
 * A tick is known by its millisecond, and one order often makes several trades within one. Such a trade takes the next
 * free millisecond, so that every trade is a tick and counts in its candle. Only what would be moved by more than a
 * second, a thousand trades ahead of its time, is left out.
 */
export function createTradeTicks(of: Pick<Tick, 'coinId' | 'vsCurrency' | 'source'>): TradeTicks {
  const seen = createRecentSet<string>(REMEMBERED);
  const taken = createRecentSet<number>(REMEMBERED);
  /** The newest unbroken run of milliseconds that are taken. */
  let runStart = Number.POSITIVE_INFINITY;
  let runEnd = Number.NEGATIVE_INFINITY;
  let newestAt: number | null = null;

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

  return {
    take(trades) {
      const ticks: Tick[] = [];
      for (const { id, at, price, amount } of trades) {
        if (!seen.add(id ?? `${at}:${price}:${amount}`)) continue;
        newestAt = Math.max(newestAt ?? at, at);
        if (at >= runStart && runEnd + 1 - at > MOST_SHIFT_MS) continue;
        const observedAt = placeFor(at);
        taken.add(observedAt);
        ticks.push({
          ...of,
          observedAt,
          price,
          volume24h: null,
          amount,
          marketCap: null,
          change24hPct: null,
        });
      }
      return ticks;
    },
    newestAt: () => newestAt,
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
