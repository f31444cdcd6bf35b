import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inWords, textOf } from '../../../../tests/text-of.ts';
import { admit, NO_CALLS, totalOf } from './admission.ts';
import { endOfMonth } from './credit-month.ts';
import type { PlanLimits } from './plan.ts';
import { type PollIntervalInput, pollInterval } from './poll-interval.ts';

const DEMO: PlanLimits = { perMinute: 30, perMonth: 10_000, cacheSeconds: 60 };
const KEYLESS: PlanLimits = { perMinute: 5, perMonth: null, cacheSeconds: 60 };
const OWN: PlanLimits = { perMinute: null, perMonth: null, cacheSeconds: 0 };
const NOV_1 = Date.parse('2026-11-01T00:00:00Z');
const NOV_21 = Date.parse('2026-11-21T12:00:00Z');

const interval = (changes: Partial<PollIntervalInput>) =>
  pollInterval({
    limits: DEMO,
    counts: NO_CALLS,
    now: NOV_1,
    preferredSeconds: null,
    callsPerPoll: 1,
    ...changes,
  });

describe('the poll interval', () => {
  it('spreads the remaining calls over the rest of the month', () => {
    expect(inWords(interval({ now: NOV_21, counts: { price: 2_500, history: 80, catalog: 8 } }))).toEqual({
      // 820,800 s for 6,648 polls: 764 calls are reserved for history and search.
      seconds: 124,
      reason: '10,000 calls a month: 7,412 left for 10 days',
    });
  });

  it('is never shorter than the provider caches prices', () => {
    expect(inWords(interval({ limits: KEYLESS }))).toEqual({
      seconds: 60,
      reason: 'CoinGecko renews its prices every 60 s',
    });
    expect(interval({ limits: KEYLESS, preferredSeconds: 5 }).seconds).toBe(60);
    expect(interval({ now: endOfMonth(NOV_1) - 3_600_000 }).seconds).toBe(60);
  });

  it('is never shorter than the user set, and equals it on another server', () => {
    expect(inWords(interval({ preferredSeconds: 900 }))).toEqual({ seconds: 900, reason: 'your own choice' });
    expect(interval({ limits: OWN, preferredSeconds: 1 }).seconds).toBe(1);
    expect(interval({ limits: OWN }).seconds).toBe(30);
  });

  it('grows with the requests that one poll takes', () => {
    expect(interval({ callsPerPoll: 2 }).seconds).toBeCloseTo(2 * interval({}).seconds, -1);
    expect(inWords(interval({ limits: KEYLESS, callsPerPoll: 3 }))).toEqual({
      seconds: 72,
      reason: '5 calls a minute are allowed',
    });
  });

  it('reports when no calls are left', () => {
    expect(textOf(interval({ now: NOV_21, counts: { ...NO_CALLS, price: 10_000 } }).reason)).toBe(
      '10,000 calls a month: none left for 10 days',
    );
  });

  it('lasts to the end of the month from any start, with prices until then', () => {
    const counts = fc.record({
      price: fc.nat(7_000),
      history: fc.nat(2_000),
      catalog: fc.nat(500),
    });
    const from = fc.integer({ min: NOV_1, max: endOfMonth(NOV_1) - 1 });
    fc.assert(
      fc.property(counts, from, (start, at) => {
        let made = start;
        let now = at;
        let last = at;
        while (now < endOfMonth(NOV_1)) {
          expect(admit('price', DEMO, { counts: made, recent: [] }, now).ok).toBe(true);
          made = { ...made, price: made.price + 1 };
          last = now;
          now +=
            pollInterval({
              limits: DEMO,
              counts: made,
              now,
              preferredSeconds: null,
              callsPerPoll: 1,
            }).seconds * 1_000;
        }
        expect(totalOf(made)).toBeLessThanOrEqual(10_000);
        expect(endOfMonth(NOV_1) - last).toBeLessThanOrEqual(
          Math.max(3_600_000, 0.2 * (endOfMonth(NOV_1) - at)),
        );
      }),
      { numRuns: 15 },
    );
  });
});
