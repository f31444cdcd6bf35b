import { firstFrom } from './candle-range.ts';
import type { TimeRange } from './chart-view.ts';

/** The gaps between candles that overlap a range, oldest first. */
export function gapsWithin(
  candles: readonly { readonly start: number }[],
  intervalMs: number,
  range: TimeRange,
): readonly TimeRange[] {
  const gaps: TimeRange[] = [];
  const first = Math.max(1, firstFrom(candles, range.from));
  const end = Math.min(candles.length, firstFrom(candles, range.to) + 1);
  for (let index = first; index < end; index++) {
    const [before, after] = [candles[index - 1], candles[index]];
    if (before === undefined || after === undefined) continue;
    const from = before.start + intervalMs;
    if (after.start > from && from < range.to && after.start > range.from)
      gaps.push({ from, to: after.start });
  }
  return gaps;
}
