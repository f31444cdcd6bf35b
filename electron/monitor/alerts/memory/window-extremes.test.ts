import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { tickAt as tick } from '../rules/market-fixture.ts';
import { layoutFor } from './layout.ts';
import { sampleStepMs } from './sample-step.ts';
import { TrackMemory } from './track-memory.ts';
import { type SavedExtremes, savedExtremesSchema } from './window-extremes.ts';

const MINUTE_MS = 60_000;
const AT = 1_700_000_000_000;

/** One track with one window of extremes. */
function extremesOf(lengthMs: number) {
  const memory = new TrackMemory();
  const layout = layoutFor(1, [], [lengthMs]);
  const place = memory.open(layout);
  memory.select(place, 0, layout.extremes[0]?.cell ?? 0);
  return {
    memory,
    enter: (at: number, price: number) => memory.add(layout, place, tick(at, price)),
    add: (at: number, price: number) => memory.addToExtremes(layout, place, tick(at, price)),
    save: () => memory.saveExtremes(layout, place),
    restore: (saved: readonly SavedExtremes[]) => memory.restoreExtremes(layout, place, saved),
  };
}

describe('the extremes of a window', () => {
  it('are those of its prices at each step, also when saved and restored at any moment', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            afterMs: fc.integer({ min: 1, max: 120_000 }),
            price: fc.integer({ min: 1, max: 30 }),
          }),
          { maxLength: 300 },
        ),
        fc.constantFrom(MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS),
        fc.nat(300),
        (steps, lengthMs, savedAt) => {
          const stepMs = sampleStepMs(lengthMs);
          let extremes = extremesOf(lengthMs);
          const before: { at: number; price: number }[] = [];
          let at = AT;
          for (const [index, { afterMs, price }] of steps.entries()) {
            at += afterMs;
            if (index === savedAt) {
              const json: unknown = JSON.parse(JSON.stringify(extremes.save()));
              extremes = extremesOf(lengthMs);
              extremes.restore(z.array(savedExtremesSchema).parse(json));
            }
            extremes.enter(at, price);
            const own = before.filter((one) => Math.floor(one.at / stepMs) * stepMs >= at - lengthMs);
            const prices = own.map((one) => one.price);
            expect(extremes.memory.high).toBe(prices.length === 0 ? Number.NaN : Math.max(...prices));
            expect(extremes.memory.low).toBe(prices.length === 0 ? Number.NaN : Math.min(...prices));
            expect(extremes.memory.isFilled).toBe(before.length > 0 && at - (before[0]?.at ?? 0) >= lengthMs);
            extremes.add(at, price);
            before.push({ at, price });
          }
        },
      ),
    );
  });

  it('need no more memory than the window has steps, for any prices', () => {
    const extremes = extremesOf(60 * MINUTE_MS);
    for (let index = 0; index < 100_000; index++) {
      extremes.enter(AT + index * 100, 1e6 - index);
      extremes.add(AT + index * 100, 1e6 - index);
    }
    expect(extremes.save()[0]?.highs.times.length).toBeLessThanOrEqual(361);
    expect(extremes.save()[0]?.lows.times).toHaveLength(1);
  });
});
