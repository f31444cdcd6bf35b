import type { Candle } from '../../../shared/domain/candle.ts';
import { firstFrom } from './candle-range.ts';
import type { Anchor } from './drawings.ts';

export type Measured = {
  readonly change: number;
  readonly changePct: number;
  readonly bars: number;
  readonly ms: number;
  /** What was traded in the candles that begin between; null where volume is not of that kind, or not known. */
  readonly volume: number | null;
};

/** The differences between two places, from the first to the second: down or back is negative. */
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
