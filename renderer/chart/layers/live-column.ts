import type { Scene } from '../model/scene.ts';

/** Whole device pixels, from the left edge of the chart. */
export type LiveColumn = { readonly left: number; readonly width: number };

/** Line widths and the bar of the candle that is not closed yet extend beyond the candles. */
const SPACE_PX = 4;
/** Widths are multiples of this, so that moving the chart seldom resizes the canvas. */
const WIDTH_STEP = 16;

/**
 * The part of the plot that a new price can change: from the last closed candle, where lines begin, to the end of the one that is
 * not closed yet. Null when that is not visible.
 */
export function liveColumn(
  { live, candles, time, intervalMs, plot }: Pick<Scene, 'live' | 'candles' | 'time' | 'intervalMs' | 'plot'>,
  ratio: number,
): LiveColumn | null {
  if (live === null) return null;
  const start = Math.min(candles.at(-1)?.start ?? live.start, live.start);
  const left = Math.max(0, Math.floor(Math.max(plot.left, time.x(start) - SPACE_PX) * ratio));
  const end = Math.min(plot.right, time.x(live.start + intervalMs) + SPACE_PX) * ratio;
  const width = Math.ceil((end - left) / WIDTH_STEP) * WIDTH_STEP;
  return width > 0 ? { left, width } : null;
}
