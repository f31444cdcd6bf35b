import type { Candle } from '../../shared/domain/candle.ts';

export type SeededMarket = {
  readonly count: number;
  readonly intervalMs: number;
  /** Start of the last candle. */
  readonly lastStart: number;
  readonly price: number;
  readonly seed: number;
};

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random walk as candles, oldest first; the same for the same market. */
export function seededCandles({ count, intervalMs, lastStart, price, seed }: SeededMarket): Candle[] {
  const random = seededRandom(seed);
  const candles: Candle[] = [];
  let last = price;
  for (let index = 0; index < count; index++) {
    const open = last;
    const size = open * 0.0012;
    const close = Math.max(open * 0.9, open + (random() + random() + random() - 1.5) * 2 * size);
    candles.push({
      start: lastStart - (count - 1 - index) * intervalMs,
      open,
      high: Math.max(open, close) + random() * size,
      low: Math.min(open, close) - random() * size,
      close,
      volume: 5 + 60 * random() ** 3,
      tickCount: 40,
    });
    last = close;
  }
  return candles;
}
