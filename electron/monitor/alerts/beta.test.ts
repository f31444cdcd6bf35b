import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Beta, fitOf, startBeta, withFirst } from './beta.ts';
import { walk } from './rules/market-fixture.ts';

const MINUTE_MS = 60_000;
const RETURNS = 200;

/** What is learned of a coin from its prices and the leading coin's, both at these times. */
function learned(times: readonly number[], own: readonly number[], leading: readonly number[]): Beta {
  const at = (time: number): number => leading[times.indexOf(time)] ?? Number.NaN;
  const leadingReturn = (from: number, to: number): number => Math.log(at(to) / at(from));
  return times.reduce(
    (beta, time, index) => withFirst(beta, { at: time, price: own[index] ?? 0 }, leadingReturn),
    startBeta(),
  );
}

const minutes = (count: number, stepMs = MINUTE_MS): number[] =>
  Array.from({ length: count }, (_, index) => index * stepMs);

describe('beta', () => {
  it('is the move of a coin for each per cent of the leading coin, for any of its moves', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), {
          minLength: RETURNS,
          maxLength: RETURNS,
        }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        fc.constantFrom(1, 2, 6),
        (returns, slope, gap) => {
          fc.pre(returns.some((one) => Math.abs(one) > 1e-3));
          const times = minutes(RETURNS, gap * MINUTE_MS);
          let sum = 0;
          const sums = returns.map((one) => (sum += one));
          const leading = sums.map((one) => Math.exp(one));
          const fit = fitOf(
            learned(
              times,
              sums.map((one) => Math.exp(one * slope)),
              leading,
            ),
          );
          expect(fit?.beta).toBeCloseTo(slope, 6);
          expect(fit?.deviation).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it('comes with the standard deviation of the residual returns of a minute', () => {
    const count = 2_000;
    const [leading, noise] = [walk(3, count, 0.4), walk(7, count, 0.3)];
    const own = leading.map((price, index) => price * ((noise[index] ?? 0) / 100));
    for (const gap of [1, 3]) {
      const fit = fitOf(learned(minutes(count, gap * MINUTE_MS), own, leading));
      expect(fit?.beta).toBeCloseTo(1, 1);
      // A step of the walk is the sum of four uniform numbers: its variance is a third.
      const expected = (0.3 / 100) * Math.sqrt(1 / 3 / gap);
      expect((fit?.deviation ?? 0) / expected).toBeGreaterThan(0.9);
      expect((fit?.deviation ?? 0) / expected).toBeLessThan(1.1);
    }
  });

  it('is not known from an hour of prices, nor over gaps', () => {
    const prices = walk(1, 500);
    expect(fitOf(learned(minutes(61), prices, prices))).toBeNull();
    expect(fitOf(learned(minutes(62), prices, prices))).not.toBeNull();
    expect(fitOf(learned(minutes(500, 11 * MINUTE_MS), prices, prices))).toBeNull();
  });
});
