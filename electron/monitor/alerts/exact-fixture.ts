import type { Tick } from '../../../shared/domain/tick.ts';
import { layoutFor, type WindowLayout } from './memory/layout.ts';
import { TrackMemory } from './memory/track-memory.ts';
import { addExponentially, startExponentialMean } from './rules/exponential-mean.ts';
import { AT, HOUR_MS, MINUTE_MS, tickAt } from './rules/market-fixture.ts';
import { weightOf } from './rules/minute-returns.ts';
import { unusualMove } from './rules/unusual-move.ts';

/**
 * Numbers with 200 binary places as whole numbers. A double of a size between 1e-30 and 1e60 is one exactly; a product and a
 * quotient lose less than 1e-60.
 */
const PLACES = 200n;
const ONE = 1n << PLACES;
const HALF_PLACES = 2 ** 100;

export function exact(value: number): bigint {
  // In two steps, each of which multiplies by 2^100: no part exceeds the range of a double.
  const whole = Math.trunc(value);
  const rest = (value - whole) * HALF_PLACES;
  const restWhole = Math.trunc(rest);
  return (
    (BigInt(whole) << PLACES) +
    (BigInt(restWhole) << 100n) +
    BigInt(Math.trunc((rest - restWhole) * HALF_PLACES))
  );
}
export const times = (a: bigint, b: bigint): bigint => (a * b) >> PLACES;
const asNumber = (value: bigint): number => Number((value * (1n << 80n)) / ONE) / 2 ** 80;

/** The largest relative difference that was noted. */
export function worstError() {
  let worst = 0;
  let count = 0;
  return {
    note(found: number, expected: bigint): void {
      const difference = exact(found) - expected;
      const error = Math.abs(asNumber((difference * ONE) / expected));
      worst = Math.max(worst, Number.isFinite(error) ? error : Number.POSITIVE_INFINITY);
      count++;
    },
    worst: () => worst,
    /** The number of comparisons, so that a test can check that there were any. */
    count: () => count,
  };
}
export type WorstError = ReturnType<typeof worstError>;

/** The number of samples that are released at a time. */
const FORGOTTEN = 10_000;

/**
 * The exact mean of the samples of a window, of the first price of each step: each without the price that it is compared with.
 */
function exactWindow({ lengthMs }: Pick<WindowLayout, 'lengthMs'>, stepMs: number) {
  let prices: bigint[] = [];
  let instants: number[] = [];
  let first = 0;
  let sum = 0n;
  let nextAt = Number.NEGATIVE_INFINITY;
  const moveTo = (at: number): void => {
    while ((instants[first] ?? at) < at - lengthMs) sum -= prices[first++] ?? 0n;
  };
  return {
    add(at: number, price: number): void {
      moveTo(at);
      if (first > FORGOTTEN) {
        prices = prices.slice(first);
        instants = instants.slice(first);
        first = 0;
      }
      if (at < nextAt) return;
      nextAt = (Math.floor(at / stepMs) + 1) * stepMs;
      const value = exact(price);
      sum += value;
      instants.push(at);
      prices.push(value);
    },
    /** At the time of a price, before it is added. */
    meanAt(at: number): bigint {
      moveTo(at);
      return sum / BigInt(instants.length - first);
    },
  };
}

/**
 * A number as the sum of two doubles, with 106 binary places. Its operations lose less than 1e-30. Source: T. J. Dekker, "A
 * floating-point technique for extending the available precision", 1971.
 */
function doubleDouble(start: number) {
  let high = start;
  let low = 0;
  return {
    /** Moves it towards a value by a share of the distance. */
    approach(value: number, share: number): void {
      // The distance: value − (high + low).
      let sum = value - high;
      let part = sum - value;
      let error = value - (sum - part) + (-high - part) - low;
      const distance = sum + error;
      const distanceLow = error - (distance - sum);
      // Multiplied by the share, with Veltkamp's splitting.
      const product = distance * share;
      const a = 134_217_729 * distance;
      const aHigh = a - (a - distance);
      const b = 134_217_729 * share;
      const bHigh = b - (b - share);
      const productLow =
        aHigh * bHigh -
        product +
        aHigh * (share - bHigh) +
        (distance - aHigh) * bHigh +
        (distance - aHigh) * (share - bHigh) +
        distanceLow * share;
      // Adds the product to high + low.
      sum = high + product;
      part = sum - high;
      error = high - (sum - part) + (product - part) + low + productLow;
      high = sum + error;
      low = error - (high - sum);
    },
    exact: () => exact(high) + exact(low),
  };
}

export type ExactErrors = {
  readonly means: readonly { readonly lengthMs: number; readonly error: WorstError }[];
  readonly exponential: WorstError;
  readonly variance: WorstError;
};

const LENGTHS_MS = [5 * MINUTE_MS, HOUR_MS, 24 * HOUR_MS];
const EXPONENTIAL_MS = 5 * MINUTE_MS;
/** One of this many ticks is compared. Not a multiple of a step, so that every place within a step is covered. */
const COMPARED = 9_973;

/**
 * Runs this many ticks, each `stepMs` after the one before, through the computations of the rules: means of windows that share
 * one ring, an exponential average, and the variance of the returns of minutes, whose root is σ. The same values are computed
 * exactly beside them: those of windows and minutes with whole numbers, and the exponential average, to which every tick
 * contributes, with pairs of doubles.
 */
export function exactErrors(count: number, stepMs: number, nextPrice: () => number): ExactErrors {
  const memory = new TrackMemory();
  const layout = layoutFor(1, LENGTHS_MS);
  const place = memory.open(layout);
  const windows = layout.series.flatMap((series) =>
    series.windows.map((window) => ({
      ...window,
      reference: exactWindow(window, series.stepMs),
      error: worstError(),
    })),
  );
  const average = startExponentialMean();
  const params = unusualMove.params.parse({});
  const habit = unusualMove.start(params);
  const past = { mean: Number.NaN, high: Number.NaN, low: Number.NaN, isFilled: false };
  const [exponential, variance] = [worstError(), worstError()];
  const minutes = exactVariance(params.halfLifeHours * 60);
  let reference = doubleDouble(0);
  let before = 0;
  const tick: { -readonly [Name in keyof Tick]: Tick[Name] } = tickAt(AT, 1);
  for (let index = 0; index < count; index++) {
    const at = AT + index * stepMs;
    const price = nextPrice();
    tick.observedAt = at;
    tick.price = price;
    memory.add(layout, place, tick);
    addExponentially(average, tick, EXPONENTIAL_MS);
    unusualMove.step(habit, tick, params, past);
    if (index === 0) reference = doubleDouble(price);
    else {
      // The weight is the same double for both: only errors that accumulate are compared.
      const weight =
        Math.expm1((-2 * stepMs) / EXPONENTIAL_MS) / Math.expm1((-2 * index * stepMs) / EXPONENTIAL_MS);
      reference.approach(before, weight);
    }
    before = price;
    if (index % COMPARED === COMPARED - 1) {
      for (const { cell, reference: window, error } of windows) {
        memory.select(place, cell, 0);
        const { mean } = memory;
        if (!Number.isNaN(mean)) error.note(mean, window.meanAt(at));
      }
      if (average.mean !== null) exponential.note(average.mean, reference.exact());
    }
    for (const window of windows) window.reference.add(at, price);
    if (minutes.add(at, price)) variance.note(habit.variance, minutes.variance());
  }
  return {
    means: windows.map(({ lengthMs, error }) => ({ lengthMs, error })),
    exponential,
    variance,
  };
}

/** The exact exponentially weighted mean of the squared returns of minutes. The logarithm is a double for both. */
function exactVariance(halfLifeMinutes: number) {
  let minute = Number.NaN;
  let [close, before] = [Number.NaN, Number.NaN];
  let returns = 0;
  let variance = 0n;
  return {
    /** Whether a return was added. */
    add(at: number, price: number): boolean {
      const now = Math.floor(at / MINUTE_MS);
      if (now === minute) {
        close = price;
        return false;
      }
      minute = now;
      const squared = Math.log(close / before) ** 2;
      before = close;
      close = price;
      if (Number.isNaN(squared)) return false;
      returns++;
      const weight = Math.max(weightOf(halfLifeMinutes), 1 / returns);
      variance += times(exact(squared) - variance, exact(weight));
      return true;
    },
    variance: () => variance,
  };
}

/**
 * Prices of a walk in steps of at most 0.001%, the same for the same seed: calm ones, or a billion times as large for a tenth
 * of each stretch of this many, as after a split of the coin and back, on which a plain sum fails.
 */
export function calmPrices(seed: number, jumpEvery = Number.POSITIVE_INFINITY): () => number {
  let state = seed;
  let price = 100;
  let index = 0;
  return () => {
    // A linear congruential generator (Numerical Recipes).
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    price *= 1 + (state / 2 ** 32 - 0.5) * 2e-5;
    return index++ % jumpEvery < jumpEvery / 10 && jumpEvery !== Number.POSITIVE_INFINITY
      ? price * 1e9
      : price;
  };
}
