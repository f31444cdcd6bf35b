import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stretchesOf } from './alert-marks.ts';

it('divides a range into few parts without gaps', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 12, max: 1_000 }), (from, bars) => {
      const range = { from, to: from + bars * 60_000 };
      const stretches = stretchesOf(range, 60_000);
      expect(stretches.length).toBeLessThanOrEqual(3);
      expect(stretches.at(0)?.from).toBeLessThanOrEqual(range.from);
      expect(stretches.at(-1)?.to).toBeGreaterThanOrEqual(range.to);
      for (const [index, { to }] of stretches.slice(0, -1).entries()) {
        expect(stretches[index + 1]?.from).toBe(to);
      }
    }),
  );
});
