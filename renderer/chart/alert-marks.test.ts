import fc from 'fast-check';
import { expect, it } from 'vitest';
import { requestRanges } from './alert-marks.ts';

it('divides a range into few parts without gaps', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 12, max: 1_000 }), (from, bars) => {
      const range = { from, to: from + bars * 60_000 };
      const ranges = requestRanges(range, 60_000);
      expect(ranges.length).toBeLessThanOrEqual(3);
      expect(ranges.at(0)?.from).toBeLessThanOrEqual(range.from);
      expect(ranges.at(-1)?.to).toBeGreaterThanOrEqual(range.to);
      for (const [index, { to }] of ranges.slice(0, -1).entries()) {
        expect(ranges[index + 1]?.from).toBe(to);
      }
    }),
  );
});
