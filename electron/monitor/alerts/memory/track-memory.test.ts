import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../../tests/property-runs.ts';
import { tickAt as tick } from '../rules/market-fixture.ts';
import { layoutFor } from './layout.ts';
import { sampleStepMs } from './sample-step.ts';
import { savedPricesSchema } from './saved-prices.ts';
import { TrackMemory } from './track-memory.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const AT = 1_700_000_000_000;

/** One track with windows of these lengths. */
function trackWith(...lengthsMs: readonly number[]) {
  const memory = new TrackMemory();
  const layout = layoutFor(1, lengthsMs);
  const place = memory.open(layout);
  return {
    memory,
    layout,
    place,
    /** Adds a price; returns the means of the windows over the prices before it. */
    add(at: number, price: number): number[] {
      const one = tick(at, price);
      if (!memory.add(layout, place, one)) return [];
      const means = lengthsMs.map((lengthMs) => {
        const windows = layout.series.flatMap((series) => series.windows);
        memory.select(place, windows.find((window) => window.lengthMs === lengthMs)?.cell ?? 0, 0);
        return memory.mean;
      });
      return means;
    },
  };
}

type Sample = { readonly at: number; readonly price: number };

/** The mean by its definition: of the first price of each step before the tick. */
function naiveMean(before: readonly Sample[], at: number, lengthMs: number): number {
  const stepMs = sampleStepMs(lengthMs);
  const firsts = before.filter(
    (one, index) => Math.floor(one.at / stepMs) !== Math.floor((before[index - 1]?.at ?? -stepMs) / stepMs),
  );
  const own = firsts.filter((one) => one.at >= at - lengthMs);
  const spanMs = (own.at(-1)?.at ?? 0) - (own[0]?.at ?? 0);
  if (own.length < 3 || spanMs < Math.min(MINUTE_MS, lengthMs / 2)) return Number.NaN;
  return own.reduce((sum, one) => sum + one.price, 0) / own.length;
}

const anySteps = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.integer({ min: 1, max: 90_000 }), fc.constantFrom(200, 1_000, 600_000, 7_200_000)),
    price: fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
  }),
  { maxLength: 300 },
);
const anyWindows = fc.uniqueArray(
  fc.constantFrom(MINUTE_MS, 5 * MINUTE_MS, 7 * MINUTE_MS, HOUR_MS, 24 * HOUR_MS, 30 * 24 * HOUR_MS),
  { minLength: 1 },
);

describe('a track that was cleared', () => {
  it('is like one without prices, and takes no more memory than before', () => {
    fc.assert(
      fc.property(anySteps, anyWindows, (steps, lengthsMs) => {
        const [cleared, fresh] = [trackWith(...lengthsMs), trackWith(...lengthsMs)];
        for (let round = 0; round < 3; round++) {
          let at = AT;
          for (const { afterMs, price } of steps) {
            at += afterMs;
            const means = cleared.add(at, price);
            if (round === 2) expect(means).toEqual(fresh.add(at, price));
          }
          if (round < 2) cleared.memory.clear(cleared.layout, cleared.place);
        }
        expect(cleared.memory.save(cleared.layout, cleared.place)).toEqual(
          fresh.memory.save(fresh.layout, fresh.place),
        );
        expect(cleared.memory.bytes).toBe(fresh.memory.bytes);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the means of a track', () => {
  it('equal the sums over the prices of each window, for any times and sizes', () => {
    fc.assert(
      fc.property(anySteps, anyWindows, (steps, lengthsMs) => {
        const track = trackWith(...lengthsMs);
        const before: Sample[] = [];
        let at = AT;
        for (const { afterMs, price } of steps) {
          at += afterMs;
          const means = track.add(at, price);
          for (const [index, lengthMs] of lengthsMs.entries()) {
            const naive = naiveMean(before, at, lengthMs);
            if (Number.isNaN(naive)) expect(means[index]).toBeNaN();
            else expect(Math.abs((means[index] ?? 0) / naive - 1)).toBeLessThan(1e-6);
          }
          before.push({ at, price });
        }
      }),
      runs(25),
    );
  });

  it('continue from what was saved as if nothing had happened, to the last bit', () => {
    fc.assert(
      fc.property(anySteps, anyWindows, fc.nat(300), (steps, lengthsMs, stopAfter) => {
        let at = AT;
        const ticks = steps.map(({ afterMs, price }) => {
          at += afterMs;
          return { at, price };
        });
        const unbroken = trackWith(...lengthsMs);
        const expected = ticks.map((one) => unbroken.add(one.at, one.price));
        const before = trackWith(...lengthsMs);
        const means = ticks.slice(0, stopAfter).map((one) => before.add(one.at, one.price));
        const json = JSON.stringify(before.memory.save(before.layout, before.place));
        const after = trackWith(...lengthsMs);
        const saved = JSON.parse(json);
        // Before the first tick there is no state to continue from.
        if (saved.newestAt !== null)
          after.memory.restore(after.layout, after.place, savedPricesSchema.parse(saved), null);
        means.push(...ticks.slice(stopAfter).map((one) => after.add(one.at, one.price)));
        expect(means).toEqual(expected);
      }),
      runs(25),
    );
  });

  it('do not drift over weeks of prices that differ by fourteen orders of magnitude', () => {
    const { add } = trackWith(5 * MINUTE_MS);
    // One price a second for four weeks; every other one is huge, so that a plain sum would lose the small ones.
    const priceAt = (second: number): number => (second % 2 === 0 ? 1e9 : 1e-5 * (1 + (second % 7)));
    const seconds = 4 * 7 * 86_400;
    for (let second = 0; second < seconds; second++) add(AT + second * SECOND_MS, priceAt(second));
    // The next price comes so late that small ones alone would show what was lost.
    for (let second = seconds; second < seconds + 400; second++) add(AT + second * SECOND_MS, 1e-5);
    expect(add(AT + (seconds + 400) * SECOND_MS, 1)[0]).toBeCloseTo(1e-5, 14);
  });

  it('keep tracks separate that share memory', () => {
    const memory = new TrackMemory();
    const layouts = Array.from({ length: 50 }, (_, coin) => layoutFor(1, [(coin + 1) * MINUTE_MS]));
    const tracks = layouts.map((layout) => ({ layout, place: memory.open(layout) }));
    for (let second = 0; second < 4_000; second += 5) {
      for (const [coin, { layout, place }] of tracks.entries()) {
        const one = tick(AT + second * SECOND_MS, coin + 1);
        memory.add(layout, place, one);
        memory.select(place, layout.series[0]?.windows[0]?.cell ?? 0, 0);
        if (second > 120) expect(memory.mean).toBeCloseTo(coin + 1, 12);
      }
    }
  });

  it('are unknown when all prices have left the window, and start without residue after that', () => {
    const { add } = trackWith(5 * MINUTE_MS);
    expect(add(AT, 1e15)).toEqual([Number.NaN]);
    for (const seconds of [60, 120, 180]) add(AT + seconds * SECOND_MS, 0.1);
    expect(add(AT + HOUR_MS, 0.3)).toEqual([Number.NaN]);
    for (const seconds of [60, 120]) add(AT + HOUR_MS + seconds * SECOND_MS, 0.3);
    expect(add(AT + HOUR_MS + 180 * SECOND_MS, 1)[0]).toBeCloseTo(0.3, 15);
  });

  it('are computed from samples for a window that was not saved', () => {
    const short = trackWith(5 * MINUTE_MS);
    const long = trackWith(10 * MINUTE_MS);
    const both = trackWith(3 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS);
    for (let second = 0; second < 1_200; second += 7) {
      for (const { add } of [short, long, both]) add(AT + second * SECOND_MS, 100 + (second % 13));
    }
    const restored = trackWith(3 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS);
    restored.memory.restore(
      restored.layout,
      restored.place,
      short.memory.save(short.layout, short.place),
      long.memory.save(long.layout, long.place),
    );
    const [means, expected] = [restored, both].map(({ add }) => add(AT + 1_201 * SECOND_MS, 100));
    for (const [index, mean] of (expected ?? []).entries()) expect(means?.[index]).toBeCloseTo(mean, 10);
  });
});
