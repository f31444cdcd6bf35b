/** A half-open range of time in milliseconds since the epoch: `from` is included, `to` is not. */
export type TimeRange = { readonly from: number; readonly to: number };

/** Merges ranges into sorted ranges that neither touch nor overlap. */
export function joined(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const result: TimeRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    if (range.to <= range.from) continue;
    const last = result.at(-1);
    if (last !== undefined && range.from <= last.to) {
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else {
      result.push(range);
    }
  }
  return result;
}

/** The parts of `ranges` that are not in `removed`, sorted. */
export function without(ranges: readonly TimeRange[], removed: readonly TimeRange[]): readonly TimeRange[] {
  const holes = joined(removed);
  return joined(ranges).flatMap((range) => {
    const left: TimeRange[] = [];
    let from = range.from;
    for (const hole of holes) {
      if (hole.to <= from) continue;
      if (hole.from >= range.to) break;
      if (hole.from > from) left.push({ from, to: hole.from });
      from = hole.to;
    }
    if (from < range.to) left.push({ from, to: range.to });
    return left;
  });
}

/** The parts of `ranges` that are in `bounds`, sorted. */
export function within(ranges: readonly TimeRange[], bounds: TimeRange): readonly TimeRange[] {
  return joined(
    ranges.map(({ from, to }) => ({ from: Math.max(from, bounds.from), to: Math.min(to, bounds.to) })),
  );
}
