import type { Candle } from '../../../shared/domain/candle.ts';
import { firstFrom } from './candle-range.ts';
import type { Anchor } from './drawings.ts';

export type Measured = {
  readonly change: number;
  readonly changePct: number;
  readonly bars: number;
  readonly ms: number;
  /** The volume of the candles that start between the points; null if it is not traded volume, or unknown. */
  readonly volume: number | null;
};

/** The differences from the first point to the second: negative if that is lower or earlier. */
export function measure(
  from: Anchor,
  to: Anchor,
  candles: readonly Candle[],
  intervalMs: number,
  isTraded: boolean,
): Measured {
  const [begin, end] = from.at <= to.at ? [from.at, to.at] : [to.at, from.at];
  const inside = candles.slice(firstFrom(candles, begin), firstFrom(candles, end));
  const known = inside.filter(({ volume }) => volume !== null);
  const ms = to.at - from.at;
  return {
    change: to.price - from.price,
    changePct: (to.price / from.price - 1) * 100,
    bars: Math.round(ms / intervalMs),
    ms,
    volume: isTraded && known.length > 0 ? known.reduce((sum, { volume }) => sum + (volume ?? 0), 0) : null,
  };
}
