import { setImmediate as turn } from 'node:timers/promises';
import type { CoinStateAt } from './rule-states-topic.ts';

/**
 * The states of some coins of a partition as they are at one of its records, the one before the snapshot was created. It is taken
 * in slices, between which other work runs and may change states: before it does, it calls `take` for the coin.
 */
export type PartitionSnapshot = {
  /** The state of this coin is about to change. */
  take(coinId: string): void;
  /** The states of all coins are about to change. */
  takeAll(): void;
  /** Takes the others. Resolves with the states in the order of the coins; those without a state are left out. */
  finish(): Promise<readonly CoinStateAt[]>;
};

/** @param coinsPerSlice the number of states that are taken before other work gets a turn */
export function createPartitionSnapshot(
  coinIds: readonly string[],
  stateOf: (coinId: string) => CoinStateAt | null,
  coinsPerSlice: number,
): PartitionSnapshot {
  const due = new Set(coinIds);
  const taken = new Map<string, CoinStateAt>();
  const take = (coinId: string): void => {
    if (!due.delete(coinId)) return;
    const state = stateOf(coinId);
    if (state !== null) taken.set(coinId, state);
  };
  return {
    take,
    takeAll: () => due.forEach(take),
    async finish() {
      while (due.size > 0) {
        for (const coinId of [...due].slice(0, coinsPerSlice)) take(coinId);
        if (due.size > 0) await turn();
      }
      return coinIds.flatMap((coinId) => taken.get(coinId) ?? []);
    },
  };
}
