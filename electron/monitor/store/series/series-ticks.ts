import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Series, SeriesName } from './series-ids.ts';

/** A tick with its series. */
export type SeriesTick = { readonly series: Series; readonly tick: Tick };

/**
 * Sorts ticks by their key in the table and removes repeated ones; the first is kept, as in the table. A batch may contain a tick
 * twice, because a restart clears the feed's deduplication.
 *
 * In this order rows are appended to the end of the index, and all writers lock rows in the same order, which prevents deadlocks.
 */
export function seriesTicks(ticks: readonly Tick[], seriesOf: (tick: SeriesName) => Series): SeriesTick[] {
  const all = ticks.map((tick): SeriesTick => ({ series: seriesOf(tick), tick }));
  // Sorting is stable, so the first of equal ticks stays first.
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
