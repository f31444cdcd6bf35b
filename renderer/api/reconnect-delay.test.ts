import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RECONNECT_LIMITS, reconnectDelayMs } from './reconnect-delay.ts';

describe('reconnectDelayMs', () => {
  it('doubles from one second to fifteen', () => {
    const delays = [1, 2, 3, 4, 5, 50].map((failures) => reconnectDelayMs(failures, RECONNECT_LIMITS, 0));
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  it('is shortened by at most a quarter', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
        const longest = reconnectDelayMs(failures, RECONNECT_LIMITS, 0);
        const delay = reconnectDelayMs(failures, RECONNECT_LIMITS, random);
        expect(delay).toBeLessThanOrEqual(longest);
        expect(delay).toBeGreaterThanOrEqual(Math.floor(longest * 0.75));
      }),
    );
  });
});
