import type { Tick } from '../../../../shared/domain/tick.ts';

/**
 * Times kept per coin. The provider's edge servers differ by a few minutes, so a repeated value is among the last
 * dozen. An older repeat counts as new, which is harmless because the database ignores the duplicate row.
 */
const KEPT_PER_COIN = 64;

/** Removes repeated ticks. Ticks are equal when coin, currency, source and `observedAt` are. */
export type TickDeduplicator = {
  /** Returns the ticks that are new, and remembers them. */
  filterNew(ticks: readonly Tick[]): readonly Tick[];
  /** Forgets all other coins, so that a coin that is added again has its ticks passed on again. */
  keepOnly(coins: readonly string[], vsCurrency: string): void;
};

export function createTickDeduplicator(): TickDeduplicator {
  const series = new Map<
    string,
    { readonly coinId: string; readonly vsCurrency: string; times: Set<number> }
  >();

  const isNew = (tick: Tick): boolean => {
    const key = JSON.stringify([tick.coinId, tick.vsCurrency, tick.source]);
    let entry = series.get(key);
    if (entry === undefined) {
      entry = { coinId: tick.coinId, vsCurrency: tick.vsCurrency, times: new Set() };
      series.set(key, entry);
    }
    const { times } = entry;
    // A repeated time moves to the newest end, so that it is not the next one to be forgotten.
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
    filterNew: (ticks) => ticks.filter(isNew),
    keepOnly(coins, vsCurrency) {
      const kept = new Set(coins);
      for (const [key, entry] of series) {
        if (!kept.has(entry.coinId) || entry.vsCurrency !== vsCurrency) series.delete(key);
      }
    },
  };
}
