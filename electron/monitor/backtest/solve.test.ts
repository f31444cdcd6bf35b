import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../tests/property-runs.ts';
import { paramRange } from '../alerts/param-range.ts';
import { ruleOf } from '../alerts/rule-fixture.ts';
import { walk } from '../alerts/rules/market-fixture.ts';
import { backtest } from './backtest.ts';
import type { PriceSeries } from './price-series.ts';
import { runInWorker } from './run-in-worker.ts';
import { countBounds, solve } from './solve.ts';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 24 * 60 * MINUTE_MS;
const START = Date.UTC(2026, 0, 5);
const RULE = ruleOf('change', { changePct: 5, withinMinutes: 60 });
const RANGE = paramRange('change', 'changePct') ?? { min: 0, max: 0, isInteger: false };

/** A random walk in steps of five minutes, for this many weeks. */
function series(seed: number, weeks: number, coinId = 'bitcoin'): PriceSeries {
  const prices = walk(seed, (weeks * WEEK_MS) / (5 * MINUTE_MS), 0.2);
  return {
    coinId,
    vsCurrency: 'usd',
    source: 'test',
    times: Float64Array.from(prices, (_, index) => START + index * 5 * MINUTE_MS),
    prices: Float64Array.from(prices),
    amounts: new Float64Array(prices.length).fill(Number.NaN),
    warmUp: 0,
  };
}

describe('the search for a threshold', () => {
  it('returns a value whose backtest has the reported rate, close to the requested one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.constantFrom(1, 2, 5, 20), (seed, perWeek) => {
        const prices = series(seed, 4);
        const { curve, best } = solve({
          rule: RULE,
          series: [prices],
          param: 'changePct',
          range: RANGE,
          perWeek,
        });
        const alertsAt = (changePct: number): number =>
          backtest({ ...RULE, params: { ...RULE.params, changePct } }, prices).length;
        expect(best.alerts).toBe(alertsAt(best.value));
        expect(best.perWeek).toBeCloseTo(best.alerts / 4, 2);
        expect(curve.map(({ value }) => value)).toEqual(
          curve.map(({ value }) => value).toSorted((a, b) => a - b),
        );
        // No nearby rounded value is better by more than one alert.
        const distance = (alerts: number): number => Math.abs(Math.log((alerts + 0.5) / (perWeek * 4 + 0.5)));
        for (let share = 0.9; share < 1.1; share += 0.01) {
          const other = alertsAt(Number((best.value * share).toPrecision(3)));
          const oneNearer = Math.min(distance(best.alerts - 1), distance(best.alerts + 1));
          expect(distance(other)).toBeGreaterThanOrEqual(Math.min(distance(best.alerts), oneNearer) - 1e-9);
        }
      }),
      runs(6),
    );
  });

  it('adds up the alerts of several coins', () => {
    const both = [series(1, 4), series(2, 2, 'zcash')];
    const { best, coins } = solve({ rule: RULE, series: both, param: 'changePct', range: RANGE, perWeek: 6 });
    const counts = both.map(
      (one) => backtest({ ...RULE, params: { ...RULE.params, changePct: best.value } }, one).length,
    );
    expect(coins.map(({ coinId, alerts }) => [coinId, alerts])).toEqual([
      ['bitcoin', counts[0]],
      ['zcash', counts[1]],
    ]);
    expect(best.perWeek).toBeCloseTo((counts[0] ?? 0) / 4 + (counts[1] ?? 0) / 2, 2);
  });

  it('finds the side with fewer alerts for a parameter that raises more as it grows', () => {
    const rule = ruleOf('rsi', { barMinutes: 15 }, { direction: 'down' });
    const range = paramRange('rsi', 'under') ?? RANGE;
    const { best, curve } = solve({ rule, series: [series(3, 4)], param: 'under', range, perWeek: 3 });
    expect(curve.at(-1)?.alerts).toBeGreaterThan(curve[0]?.alerts ?? 0);
    expect(Math.abs(best.perWeek - 3)).toBeLessThanOrEqual(1);
  });

  it('uses integers for an integer parameter', () => {
    const range = paramRange('rsi', 'period') ?? RANGE;
    expect(range).toEqual({ min: 2, max: 200, isInteger: true });
    const { curve } = solve({
      rule: ruleOf('rsi', { barMinutes: 15 }),
      series: [series(3, 1)],
      param: 'period',
      range,
      perWeek: 9,
    });
    expect(curve.every(({ value }) => Number.isInteger(value))).toBe(true);
  });

  it('returns the smallest threshold if nothing is raised', () => {
    const prices = { ...series(1, 1) };
    const flat = { ...prices, prices: prices.prices.fill(1) };
    const { best } = solve({ rule: RULE, series: [flat], param: 'changePct', range: RANGE, perWeek: 2 });
    expect(best).toMatchObject({ value: RANGE.min, alerts: 0, perWeek: 0, lowPerWeek: 0 });
    // No alerts in a week do not rule out up to 3.7 a week.
    expect(best.highPerWeek).toBeCloseTo(3.7, 1);
  });

  it('runs in a worker, and stops there when it is aborted', async () => {
    const job = () => ({ rule: RULE, series: [series(1, 1)], param: 'changePct', range: RANGE, perWeek: 2 });
    expect(await runInWorker('solve', job())).toEqual(solve(job()));
    const aborting = new AbortController();
    const running = runInWorker('solve', job(), aborting.signal);
    aborting.abort(new Error('closed'));
    await expect(running).rejects.toThrow('closed');
  });
});

describe('the bounds of a rate', () => {
  // F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936).
  it.each([
    [0, 0, 3.69],
    [1, 0.025, 5.57],
    [3, 0.62, 8.77],
    [10, 4.8, 18.39],
    [50, 37.11, 65.92],
  ])('of %d alerts are near the exact ones', (counted, low, high) => {
    const bounds = countBounds(counted);
    expect(Math.abs(bounds[0] - low)).toBeLessThan(0.03);
    expect(Math.abs(bounds[1] - high)).toBeLessThan(0.06);
  });
});

describe('the range of a parameter', () => {
  it('is that of the schema of its kind', () => {
    expect(paramRange('moving-average', 'thresholdPct')).toEqual({ min: 0.01, max: 100, isInteger: false });
    expect(paramRange('high-low', 'hours')).toEqual({ min: 1, max: 720, isInteger: false });
    expect(paramRange('level', 'level')).toBeNull();
    expect(paramRange('change', 'toString')).toBeNull();
    expect(paramRange('none', 'x')).toBeNull();
  });
});
