import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../shared/domain/rule.ts';
import { movingAverageRule } from '../alerts/rule-fixture.ts';
import { backtest } from './backtest.ts';
import { doBacktest } from './backtest-job.ts';
import { movesWithin, summarize } from './backtest-summary.ts';
import { findLookAhead, findRestartFault } from './checks.ts';
import { type PriceSeries, seriesOfCandles } from './price-series.ts';
import { runInWorker } from './run-in-worker.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.UTC(2026, 0, 5);
const KEY = { coinId: 'bitcoin', vsCurrency: 'usd', source: 'test' };

function series(prices: readonly number[], stepMs = MINUTE_MS, warmUp = 0): PriceSeries {
  return {
    ...KEY,
    times: Float64Array.from(prices, (_, index) => START + index * stepMs),
    prices: Float64Array.from(prices),
    amounts: new Float64Array(prices.length).fill(Number.NaN),
    warmUp,
  };
}

/** Steps of up to 3% up or down, a minute apart. */
const walks = fc
  .array(fc.double({ min: -0.03, max: 0.03, noNaN: true }), { minLength: 1, maxLength: 200 })
  .map((steps) => {
    let price = 100;
    return steps.map((step) => {
      price *= 1 + step;
      return price;
    });
  });

const rule: Rule = movingAverageRule();

/** The default rule, computed from its definition: recomputes the window for each price, without a cooldown. */
function pricesOverThreshold({ times, prices }: PriceSeries): number[] {
  const found: number[] = [];
  for (let index = 0; index < times.length; index++) {
    const [at = 0, price = 0] = [times[index], prices[index]];
    const earlier = [...times.keys()].filter(
      (other) => other < index && (times[other] ?? 0) >= at - 5 * MINUTE_MS,
    );
    const [first, last] = [times[earlier[0] ?? 0] ?? 0, times[earlier.at(-1) ?? 0] ?? 0];
    if (earlier.length < 3 || last - first < MINUTE_MS) continue;
    const mean = earlier.reduce((sum, other) => sum + (prices[other] ?? 0), 0) / earlier.length;
    if (Math.abs(price / mean - 1) * 100 > 2) found.push(at);
  }
  return found;
}

describe('a backtest', () => {
  it('raises only when the definition of the rule holds, and first when it first holds', () => {
    fc.assert(
      fc.property(walks, (prices) => {
        const over = pricesOverThreshold(series(prices));
        const alerts = backtest(rule, series(prices)).map(({ observedAt }) => observedAt);
        expect(over).toEqual(expect.arrayContaining(alerts));
        expect(alerts[0]).toBe(over[0]);
      }),
    );
  });

  it('runs a rule that is disabled or has another scope', () => {
    const prices = series([...Array(10).fill(100), 103]);
    expect(backtest({ ...rule, enabled: false, scope: ['ethereum'] }, prices)).toHaveLength(1);
  });

  it('finds no look-ahead and no change by restarts in the rule that watches live prices', () => {
    fc.assert(
      fc.property(walks, fc.integer({ min: 1, max: 20 }), (prices, checks) => {
        const result = doBacktest({ rule, series: series(prices), missedPct: 2, checks });
        expect([result.lookAhead, result.restart]).toEqual([null, null]);
      }),
      { numRuns: 50 },
    );
  });

  it('reports the first alert that a check finds different', () => {
    const prices = series([...Array(10).fill(100), 103, ...Array(30).fill(100), 97]);
    const alerts = backtest(rule, prices);
    expect(alerts).toHaveLength(2);
    const failure = { at: alerts[0]?.observedAt, alertId: alerts[0]?.id };
    expect(findLookAhead(rule, prices, alerts.slice(1), [20])).toEqual(failure);
    expect(findRestartFault(rule, prices, alerts.slice(1), [20])).toEqual(failure);
  });

  it('fills windows with the prices of the warm-up, which raise nothing', () => {
    const prices = [...Array(10).fill(100), 103, 103, ...Array(30).fill(103), 106.1];
    const times = (warmUp: number): number[] =>
      backtest(rule, series(prices, MINUTE_MS, warmUp)).map(
        ({ observedAt }) => (observedAt - START) / MINUTE_MS,
      );
    expect(times(0)).toEqual([10, 42]);
    expect(times(11)).toEqual([42]);
    const once: Rule = { ...rule, repeat: 'once' };
    const first = backtest(once, series(prices, MINUTE_MS, 11));
    expect(first.map(({ observedAt }) => (observedAt - START) / MINUTE_MS)).toEqual([11]);
  });

  it('returns the same in a worker', async () => {
    const prices = [...Array(10).fill(100), 103, ...Array(30).fill(100), 97];
    const job = { rule, series: series(prices), missedPct: 2, checks: 3 };
    const inWorker = await runInWorker('backtest', job);
    expect(inWorker).toEqual(doBacktest({ ...job, series: series(prices) }));
  });

  it('ends its worker when it is aborted, and throws what the engine throws', async () => {
    const job = { rule, series: series([1, 2, 3]), missedPct: 2, checks: 0 };
    await expect(runInWorker('backtest', job, AbortSignal.abort(new Error('closed')))).rejects.toThrow(
      'closed',
    );
    const wrong = { ...job, rule: { ...rule, kind: 'none' }, series: series([1]) };
    await expect(runInWorker('backtest', wrong)).rejects.toThrow('none');
  });
});

describe('candles', () => {
  it('become four prices each, in the order of the shortest path', () => {
    const shape = { volume: null, tickCount: 1, lengthMs: MINUTE_MS };
    const rose = { ...shape, start: START, open: 2, high: 5, low: 1, close: 4 };
    const fell = { ...shape, start: START + MINUTE_MS, open: 4, high: 6, low: 2, close: 3 };
    const prices = seriesOfCandles(KEY, [rose, { ...fell, volume: 7 }], fell.start);
    expect([...prices.prices]).toEqual([2, 1, 5, 4, 4, 6, 2, 3]);
    expect([...prices.times].map((time) => time - START)).toEqual([
      0, 15_000, 45_000, 59_999, 60_000, 75_000, 105_000, 119_999,
    ]);
    expect([...prices.amounts]).toEqual([...Array(7).fill(Number.NaN), 7]);
    expect(prices.warmUp).toBe(4);
  });
});

describe('the summary', () => {
  it('counts alerts by day and week, and names the worst day', () => {
    const prices = series(Array(15).fill(1), 24 * HOUR_MS);
    const alerts = [0, 0.1, 3, 3.1, 3.2, 9].map((day) => ({ observedAt: START + day * 24 * HOUR_MS }));
    expect(summarize(prices, alerts, 2)).toMatchObject({
      prices: 15,
      alerts: 6,
      perWeek: 3,
      days: [
        { day: START, alerts: 2 },
        { day: START + 3 * 24 * HOUR_MS, alerts: 3 },
        { day: START + 9 * 24 * HOUR_MS, alerts: 1 },
      ],
      worstDay: { day: START + 3 * 24 * HOUR_MS, alerts: 3 },
      missed: [],
    });
  });

  it('lists moves without an alert nearby', () => {
    const prices = series([100, 101, 103, 103, ...Array(120).fill(103), 99]);
    const [rise, fall] = [START, START + 123 * MINUTE_MS];
    const missed = (alerts: readonly number[]): number[] =>
      summarize(
        prices,
        alerts.map((observedAt) => ({ observedAt })),
        2.5,
      ).missed.map(({ from }) => from);
    expect(missed([])).toEqual([rise, fall]);
    expect(missed([START + 2 * MINUTE_MS])).toEqual([fall]);
    expect(missed([START + 150 * MINUTE_MS])).toEqual([rise]);
  });

  it('finds the largest change within the window, as a search through all pairs does', () => {
    fc.assert(
      fc.property(walks, fc.integer({ min: 1, max: 30 }), (prices, minutes) => {
        const moves = movesWithin(series(prices), minutes * MINUTE_MS, 5);
        let largest = 0;
        for (const [end, price] of prices.entries()) {
          for (let start = Math.max(0, end - minutes); start < end; start++) {
            largest = Math.max(largest, Math.abs(price / (prices[start] ?? 1) - 1) * 100);
          }
        }
        const found = Math.max(0, ...moves.map(({ changePct }) => Math.abs(changePct)));
        if (largest > 5) expect(found).toBeCloseTo(largest, 9);
        else expect(moves).toEqual([]);
        for (const [index, move] of moves.entries()) {
          expect(move.to - move.from).toBeLessThanOrEqual(minutes * MINUTE_MS);
          if (index > 0) expect(move.from).toBeGreaterThan(moves[index - 1]?.to ?? 0);
        }
      }),
    );
  });
});
