import type { Tick } from '../../../../shared/domain/tick.ts';

/**
 * The ticks in the order of their key in the table, without repetitions of the same tick; of those the first counts, as
 * it would in the table. One batch may hold a tick twice when a restart made the feed forget what it had seen.
 *
 * In this order neighbours go to the same page of the index: COPY takes two thirds of the time that it takes for the
 * order of arrival. And two writers lock rows in one order, so they cannot wait for each other.
 */
export function sortedDistinctTicks(ticks: readonly Tick[]): Tick[] {
  // Sorting is stable, so the first of several stays the first.
  const sorted = ticks.toSorted(byKey);
  return sorted.filter((tick, index) => {
    const previous = sorted[index - 1];
    return previous === undefined || byKey(previous, tick) !== 0;
  });
}

function byKey(a: Tick, b: Tick): number {
  return (
    compare(a.coinId, b.coinId) ||
    compare(a.vsCurrency, b.vsCurrency) ||
    a.observedAt - b.observedAt ||
    compare(a.source, b.source)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
