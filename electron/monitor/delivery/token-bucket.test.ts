import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTokenBucket } from './token-bucket.ts';

it('allows a burst, and then one at a time', () => {
  const bucket = createTokenBucket({ burst: 3, everyMs: 5_000 });
  const at = [0, 0, 0, 0, 0].map(() => 0);
  let now = 0;
  for (const index of at.keys()) {
    now += bucket.delayMs(now);
    bucket.take(now);
    at[index] = now;
  }
  expect(at).toEqual([0, 0, 0, 5_000, 10_000]);
});

it('never allows more than the burst plus the rate over the elapsed time', {
  timeout: 60_000,
}, () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 10 }), (gapsMs, burst) => {
      const everyMs = 5_000;
      const bucket = createTokenBucket({ burst, everyMs });
      let now = 0;
      let taken = 0;
      for (const gapMs of gapsMs) {
        now += gapMs;
        if (bucket.delayMs(now) > 0) continue;
        bucket.take(now);
        taken++;
        // One expectation for each of thousands of attempts would be most of the work.
        if (taken > burst + now / everyMs) expect.fail(`${taken} by ${now} ms`);
      }
      now += bucket.delayMs(now);
      expect(bucket.delayMs(now)).toBe(0);
    }),
    { examples: [[[0, 13], 2]] },
  );
});
