import type { Candle, VolumeKind } from '../../../shared/domain/candle.ts';
import { type Extent, niceStep } from './price-scale.ts';

/**
 * The axis of the volume pane: from zero for traded volume, around the level for a rolling one. The upper end for traded volume is
 * rounded, so that a bar that grows beyond the others seldom changes the axis.
 */
export function volumeDomain(volumes: Extent | null, kind: VolumeKind): Extent {
  if (volumes === null || volumes[1] === 0) return [0, 1];
  const [low, high] = volumes;
  if (kind === 'traded') {
    const step = niceStep(high / 20);
    return [0, Math.ceil((high * 1.05) / step) * step];
  }
  const padding = Math.max((high - low) * 0.25, high * 1e-3);
  return [Math.max(0, low - padding), high + padding];
}

/** The lowest and the highest known volume; null if all are unknown. */
export function volumeExtent(candles: readonly Candle[], first: number, end: number): Extent | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = first; index < end; index++) {
    const volume = candles[index]?.volume;
    if (volume === null || volume === undefined) continue;
    if (volume < low) low = volume;
    if (volume > high) high = volume;
  }
  return low <= high ? [low, high] : null;
}
