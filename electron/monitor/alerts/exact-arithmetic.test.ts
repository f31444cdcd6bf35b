import { describe, expect, it } from 'vitest';
import { calmPrices, exact, exactErrors, times, worstError } from './exact-fixture.ts';
import { layoutFor } from './memory/layout.ts';
import { TrackMemory } from './memory/track-memory.ts';
import { addExponentially, startExponentialMean } from './rules/exponential-mean.ts';
import { AT, HOUR_MS, MINUTE_MS, SECOND_MS, tickAt, walk } from './rules/market-fixture.ts';
import { weightOf } from './rules/minute-returns.ts';
import { rsi } from './rules/rsi.ts';
import { volatility } from './rules/volatility.ts';

const DAY_MS = 24 * HOUR_MS;
const MAX_RELATIVE_ERROR = 1e-9;

/** Prices of a walk, a billion times as large for a tenth of each stretch of this many, as after a split of the coin and back. */
function jumping(length: number, every: number): number[] {
  return walk(11, length).map((price, index) => (index % every < every / 10 ? price * 1e9 : price));
}

/**
 * The last one for a week, because it is what a plain sum fails on; the others, whose errors are those of rounding, for a day.
 */
const SERIES = [
  ['calm', 1, (length: number) => walk(5, length)],
  ['tiny', 1, (length: number) => walk(6, length).map((price) => price * 1e-11)],
  ['huge', 1, (length: number) => walk(7, length).map((price) => price * 1e9)],
  ['jumping', 7, (length: number) => jumping(length, 40_000)],
] as const;

describe.each(SERIES)('after %s prices (%d d), within 1e-9 of exact arithmetic', (_, days, pricesOf) => {
  it('are the means of windows', () => {
    // At 100 ticks a second, a mean would include only the first of each second, ten seconds or minute: the others change no sum.
    const memory = new TrackMemory();
    const lengths = [5 * MINUTE_MS, HOUR_MS, DAY_MS];
    const layout = layoutFor(1, lengths);
    const place = memory.open(layout);
    const windows = layout.series.flatMap((series) =>
      series.windows.map((window) => ({ ...window, stepMs: series.stepMs })),
    );
    const samples = windows.map(() => ({ prices: [] as bigint[], times: [] as number[], sum: 0n, first: 0 }));
    const error = worstError();
    for (const [index, price] of pricesOf(days * 24 * 3_600).entries()) {
      const at = AT + index * SECOND_MS;
      memory.add(layout, place, tickAt(at, price));
      for (const [number, window] of windows.entries()) {
        const own = samples[number];
        if (own === undefined) continue;
        while ((own.times[own.first] ?? at) < at - window.lengthMs) own.sum -= own.prices[own.first++] ?? 0n;
        const count = own.times.length - own.first;
        // The longest window samples a price every five minutes, and its mean needs three.
        if (index > 1_200 && index % 499 === 0) {
          memory.select(place, window.cell, 0);
          error.note(memory.mean, own.sum / BigInt(count));
        }
        if (at % window.stepMs !== 0) continue;
        const value = exact(price);
        own.sum += value;
        own.times.push(at);
        own.prices.push(value);
      }
    }
    expect(error.worst()).toBeLessThan(MAX_RELATIVE_ERROR);
  });

  it('are exponential averages', () => {
    // Each tick counts: ten minutes at 100 a second, in which a window of a minute is forgotten ten times.
    const state = startExponentialMean();
    const windowMs = MINUTE_MS;
    const error = worstError();
    let [mean, before, since] = [0n, 0n, AT];
    for (const [index, price] of pricesOf(60_000).entries()) {
      const at = AT + index * 10;
      addExponentially(state, tickAt(at, price), windowMs);
      if (index === 0) [mean, since] = [exact(price), at];
      else {
        const weight = Math.expm1((-2 * 10) / windowMs) / Math.expm1((-2 * (at - since)) / windowMs);
        mean += times(before - mean, exact(weight));
      }
      before = exact(price);
      if (index % 997 === 996 && state.mean !== null) error.note(state.mean, mean);
    }
    expect(error.worst()).toBeLessThan(MAX_RELATIVE_ERROR);
  });

  it('are gains and losses of the RSI, and variances', () => {
    // Of bars of a minute, whatever number of ticks each has.
    const params = rsi.params.parse({ period: 14, barMinutes: 1 });
    const state = rsi.start(params);
    const calm = volatility.params.parse({ recentMinutes: 60, normHours: 24 });
    const unrest = volatility.start(calm);
    const past = { mean: Number.NaN, high: Number.NaN, low: Number.NaN, isFilled: false };
    const error = worstError();
    const closes = pricesOf(days * 24 * 60);
    let [gain, loss, recent, norm] = [0n, 0n, 0n, 0n];
    for (const [index, price] of closes.entries()) {
      const tick = tickAt(AT + index * MINUTE_MS, price);
      rsi.step(state, tick, params, past);
      volatility.step(unrest, tick, calm, past);
      if (index < 2) continue;
      const [close = 0, earlier = 0] = [closes[index - 1], closes[index - 2]];
      const weight = exact(1 / Math.min(index - 1, 14));
      // The difference of two doubles and the logarithm are rounded in the same way; only the errors of what is computed from
      // them accumulate.
      gain += times(exact(Math.max(0, close - earlier)) - gain, weight);
      loss += times(exact(Math.max(0, earlier - close)) - loss, weight);
      const squared = exact(Math.log(close / earlier) ** 2);
      recent += times(squared - recent, exact(Math.max(weightOf(60), 1 / (index - 1))));
      norm += times(squared - norm, exact(Math.max(weightOf(24 * 60), 1 / (index - 1))));
      if (index < 60) continue;
      error.note(state.gain, gain);
      error.note(state.loss, loss);
      error.note(unrest.recent, recent);
      error.note(unrest.norm, norm);
    }
    expect(error.worst()).toBeLessThan(MAX_RELATIVE_ERROR);
  });
});

describe('at 100 ticks a second', () => {
  // `npm run bench -- exact` does it for a week.
  const TICKS = 100 * 3_600;
  it.each([
    ['calm', () => calmPrices(3)],
    ['jumping', () => calmPrices(4, 100_000)],
  ])(
    'means, an exponential average and a variance of %s prices are within 1e-9 of exact arithmetic',
    (_, prices) => {
      const { means, exponential, variance } = exactErrors(TICKS, 10, prices());
      for (const { error } of means) {
        expect(error.count()).toBeGreaterThan(20);
        expect(error.worst()).toBeLessThan(MAX_RELATIVE_ERROR);
      }
      expect(exponential.count()).toBeGreaterThan(20);
      expect(exponential.worst()).toBeLessThan(MAX_RELATIVE_ERROR);
      expect(variance.count()).toBe(58);
      expect(variance.worst()).toBeLessThan(MAX_RELATIVE_ERROR);
    },
  );
});
