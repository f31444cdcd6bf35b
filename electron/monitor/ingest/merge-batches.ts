import type { LogBatch } from '../log/tick-log.ts';

/**
 * The first of these batches as one, in their order: as many as have no more than so many ticks together, and one at least.
 *
 * @returns the merged batch, and the number of batches that it includes
 */
export function mergeBatches(
  batches: readonly LogBatch[],
  mostTicks: number,
): { readonly merged: LogBatch; readonly count: number } {
  let count = 0;
  for (let ticks = 0; count < batches.length; count++) {
    ticks += batches[count]?.ticks.length ?? 0;
    if (count > 0 && ticks > mostTicks) break;
  }
  const included = batches.slice(0, count);
  return {
    merged: {
      ticks: included.flatMap(({ ticks }) => ticks),
      alerts: included.flatMap(({ alerts }) => alerts),
    },
    count,
  };
}
