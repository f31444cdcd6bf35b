import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Extremes, HIGH, IS_FILLED, LOW, savedExtremesSchema } from './extremes.ts';
import { sampleStepMs } from './sample-step.ts';

const MINUTE_MS = 60_000;
const AT = 1_700_000_000_000;

describe('the extremes of a window', () => {
  it('are those of its prices, step by step, also when saved and restored at any moment', () => {
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
          let extremes = new Extremes(lengthMs);
          const before: { at: number; price: number }[] = [];
          let at = AT;
          for (const [index, { afterMs, price }] of steps.entries()) {
            at += afterMs;
            if (index === savedAt) {
              const json: unknown = JSON.parse(JSON.stringify(extremes.save()));
              extremes = new Extremes(lengthMs);
              extremes.restore(savedExtremesSchema.parse(json));
            }
            extremes.enter(at);
            const own = before.filter((one) => Math.floor(one.at / stepMs) * stepMs >= at - lengthMs);
            const prices = own.map((one) => one.price);
            expect(extremes.facts[HIGH]).toBe(prices.length === 0 ? Number.NaN : Math.max(...prices));
            expect(extremes.facts[LOW]).toBe(prices.length === 0 ? Number.NaN : Math.min(...prices));
            expect(extremes.facts[IS_FILLED] === 1).toBe(
              before.length > 0 && at - (before[0]?.at ?? 0) >= lengthMs,
            );
            extremes.add(at, price);
            before.push({ at, price });
          }
        },
      ),
    );
  });

  it('need no more memory than the window has steps, whatever the prices', () => {
    const extremes = new Extremes(60 * MINUTE_MS);
    for (let index = 0; index < 100_000; index++) {
      extremes.enter(AT + index * 100);
      extremes.add(AT + index * 100, 1e6 - index);
    }
    expect(extremes.save().highs.times.length).toBeLessThanOrEqual(361);
    expect(extremes.save().lows.times).toHaveLength(1);
  });
});
