import type { Tick } from '../../../../shared/domain/tick.ts';

/**
 * How many times are kept per coin. The provider's edge servers differ by a few minutes, so a value that comes back is
 * among the last dozen; what is older than all of these counts as new, which costs a row that the database refuses.
 */
const KEPT_PER_COIN = 64;

/** Remembers which ticks were passed on. A tick is the same when coin, currency, source and `observedAt` are equal. */
export type SeenTicks = {
  /** The ticks that were not seen before, which from now on are. */
  takeNew(ticks: readonly Tick[]): readonly Tick[];
  /** Forgets all coins but these, so that one that is added again is told of again. */
  keepOnly(coins: readonly string[], vsCurrency: string): void;
};

export function createSeenTicks(): SeenTicks {
  const seen = new Map<
    string,
    { readonly coinId: string; readonly vsCurrency: string; times: Set<number> }
  >();

  const isNew = (tick: Tick): boolean => {
    const key = JSON.stringify([tick.coinId, tick.vsCurrency, tick.source]);
    let entry = seen.get(key);
    if (entry === undefined) {
      entry = { coinId: tick.coinId, vsCurrency: tick.vsCurrency, times: new Set() };
      seen.set(key, entry);
    }
    const { times } = entry;
    // A time that is still being served moves to the young end, so that it is not the next to be forgotten.
    const known = times.delete(tick.observedAt);
    times.add(tick.observedAt);
    if (times.size > KEPT_PER_COIN) {
      for (const oldest of times) {
        times.delete(oldest);
        break;
      }
    }
    return !known;
  };

  return {
    takeNew: (ticks) => ticks.filter(isNew),
    keepOnly(coins, vsCurrency) {
      const kept = new Set(coins);
      for (const [key, entry] of seen) {
        if (!kept.has(entry.coinId) || entry.vsCurrency !== vsCurrency) seen.delete(key);
      }
    },
  };
}
