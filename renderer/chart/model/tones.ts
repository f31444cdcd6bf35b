import { type Extent, extentOf } from './price-scale.ts';

/** A tone whose frequency follows prices. */
export type Tones = {
  /** At least two frequencies at equal distances in time, between which the tone glides. */
  readonly hertz: Float32Array<ArrayBuffer>;
  readonly seconds: number;
};

/** Two octaves that small loudspeakers can play and most people hear well. */
export const MIN_HZ = 220;
export const MAX_HZ = 880;
const MAX_SECONDS = 5;
const SECONDS_PER_PRICE = 0.12;

/** The frequency of a price. Equal price differences are equal musical intervals; if all prices are equal, it is the middle one. */
export function hertzOf(price: number, [low, high]: Extent): number {
  const share = high > low ? (price - low) / (high - low) : 0.5;
  return MIN_HZ * (MAX_HZ / MIN_HZ) ** share;
}

/** The closes as a tone of at most five seconds; null without closes. */
export function tonesOf(closes: readonly number[]): Tones | null {
  const extent = extentOf(closes.map((close) => ({ low: close, high: close })));
  const first = closes[0];
  if (extent === null || first === undefined) return null;
  const atLeastTwo = closes.length === 1 ? [first, first] : closes;
  return {
    hertz: Float32Array.from(atLeastTwo, (close) => hertzOf(close, extent)),
    seconds: Math.min(MAX_SECONDS, atLeastTwo.length * SECONDS_PER_PRICE),
  };
}
