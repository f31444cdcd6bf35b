import { pageOf } from '../log/read-rows.ts';
import type { LogBatch } from '../log/tick-log.ts';

/**
 * Merges the first of these batches, in order, up to a maximum number of ticks in total; at least one batch.
 *
 * @returns the merged batch, and the number of batches that it includes
 */
export function mergeBatches(
  batches: readonly LogBatch[],
  mostTicks: number,
): { readonly merged: LogBatch; readonly count: number } {
  const included = pageOf(
    batches,
    { maxRecords: batches.length, maxTicks: mostTicks },
    ({ ticks }) => ticks.length,
  );
  return {
    merged: {
      ticks: included.flatMap(({ ticks }) => ticks),
      alerts: included.flatMap(({ alerts }) => alerts),
    },
    count: included.length,
  };
}
