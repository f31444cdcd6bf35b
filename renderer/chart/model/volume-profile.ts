import type { Candle } from '../../../shared/domain/candle.ts';
import type { Extent } from './price-scale.ts';

/**
 * The traded volume by price: the domain is divided into equal parts, lowest first. The volume of a candle is spread evenly between
 * its low and its high, because its distribution is unknown; volume outside of the domain is ignored.
 */
export function volumeProfile(
  candles: readonly Candle[],
  first: number,
  end: number,
  [low, high]: Extent,
  parts: number,
): Float64Array {
  const profile = new Float64Array(parts);
  const height = (high - low) / parts;
  for (let index = first; index < end; index++) {
    const candle = candles[index];
    if (candle === undefined || candle.volume === null || candle.volume === 0) continue;
    const span = candle.high - candle.low;
    const from = Math.max(0, Math.floor((candle.low - low) / height));
    const to = Math.min(parts - 1, Math.floor((candle.high - low) / height));
    for (let part = from; part <= to; part++) {
      const bottom = low + part * height;
      const covered = Math.min(candle.high, bottom + height) - Math.max(candle.low, bottom);
      const share = span > 0 ? Math.max(0, covered) / span : 1;
      profile[part] = (profile[part] ?? 0) + candle.volume * share;
    }
  }
  return profile;
}
