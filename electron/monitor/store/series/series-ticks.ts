import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Series, SeriesName } from './series-ids.ts';

/** A tick with its series. */
export type SeriesTick = { readonly series: Series; readonly tick: Tick };

/**
 * The ticks in the order of their key in the table, without repetitions of the same tick; of those the first counts, as
 * it would in the table. One batch may hold a tick twice when a restart made the feed forget what it had passed on.
 *
 * In this order rows are appended to the end of the index. And two writers lock rows in one order, so they cannot wait for
 * each other.
 */
export function seriesTicks(ticks: readonly Tick[], seriesOf: (tick: SeriesName) => Series): SeriesTick[] {
  const all = ticks.map((tick): SeriesTick => ({ series: seriesOf(tick), tick }));
  // Sorting is stable, so the first of several stays the first.
  if (!isSorted(all)) all.sort(byKey);
  return all.filter((one, index) => {
    const previous = all[index - 1];
    return previous === undefined || byKey(previous, one) !== 0;
  });
}

function isSorted(all: readonly SeriesTick[]): boolean {
  return all.every((one, index) => {
    const previous = all[index - 1];
    return previous === undefined || byKey(previous, one) <= 0;
  });
}

function byKey(a: SeriesTick, b: SeriesTick): number {
  return a.tick.observedAt - b.tick.observedAt || a.series.id - b.series.id;
}
