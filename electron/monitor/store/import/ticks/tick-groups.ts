import type { StagedTick } from './staged-ticks.ts';

/** Ticks of one source within one millisecond, or within one second if all times are whole seconds. */
export type TickGroup = {
  readonly source: number;
  /** The first microsecond of the group. */
  readonly start: number;
  /** In time order. */
  readonly ticks: readonly StagedTick[];
};

const TICKS_PER_BATCH = 10_000;

/**
 * Divides ticks in time order into groups, and yields batches of them. A group is never divided between batches.
 *
 * @param lengthUs the length of a group, in microseconds
 */
export function* groupBatches(
  ticks: Iterable<StagedTick>,
  lengthUs: number,
): Generator<readonly TickGroup[]> {
  let batch: TickGroup[] = [];
  let count = 0;
  let start = Number.NEGATIVE_INFINITY;
  /** The current groups, one for each source: nearly always one. */
  const open: { source: number; start: number; ticks: StagedTick[] }[] = [];
  const closeGroups = (): void => {
    batch.push(...open);
    open.length = 0;
  };
  for (const tick of ticks) {
    const own = Math.floor(tick.at / lengthUs) * lengthUs;
    if (own !== start) {
      closeGroups();
      start = own;
      if (count >= TICKS_PER_BATCH) {
        yield batch;
        batch = [];
        count = 0;
      }
    }
    const group = open.find(({ source }) => source === tick.source);
    if (group === undefined) open.push({ source: tick.source, start, ticks: [tick] });
    else group.ticks.push(tick);
    count += 1;
  }
  closeGroups();
  if (batch.length > 0) yield batch;
}
