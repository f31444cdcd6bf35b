import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRateLimit } from './rate-limit.ts';

describe('createRateLimit', () => {
  it('allows a burst, and then requests at the configured rate', () => {
    let now = 0;
    const limit = createRateLimit({ burst: 3, perSecond: 2, now: () => now });
    const takeAll = (): number => {
      for (let taken = 0; ; taken++) if (!limit.take()) return taken;
    };
    expect(takeAll()).toBe(3);
    now = 499;
    expect(takeAll()).toBe(0);
    now = 500;
    expect(takeAll()).toBe(1);
    now = 3_600_000;
    expect(takeAll()).toBe(3);
  });

  it('never allows more than the burst plus the rate over the elapsed time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { maxLength: 200 }), (waits) => {
        let now = 0;
        const limit = createRateLimit({ burst: 20, perSecond: 2, now: () => now });
        let passed = 0;
        for (const wait of waits) {
          now += wait;
          if (limit.take()) passed++;
        }
        expect(passed).toBeLessThanOrEqual(20 + (now / 1_000) * 2);
      }),
    );
  });
});
