import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { alertsOf, HOUR_MS, ticksEvery, walk } from './market-fixture.ts';
import { rsi } from './rsi.ts';

/**
 * StockCharts' published worked example of RSI(14) ("Relative Strength Index", ChartSchool): closes, and the index from the 15th
 * on, to two digits.
 */
const CLOSES = [
  44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328,
  45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439, 46.2122, 46.2521, 45.7137, 46.4515,
  45.7835, 45.3548, 44.0288, 44.1783, 44.2181, 44.5672, 43.4205, 42.6628, 43.1314,
];
const PUBLISHED = [
  70.53, 66.32, 66.55, 69.41, 66.36, 57.97, 62.93, 63.26, 56.06, 62.38, 54.71, 50.42, 39.99, 41.46, 41.87,
  45.46, 37.3, 33.08, 37.77,
];

function indices(prices: readonly number[], period: number): (number | null)[] {
  const params = rsi.params.parse({ period, barMinutes: 60 });
  const state = rsi.start(params);
  const past = { mean: Number.NaN, high: Number.NaN, low: Number.NaN, isFilled: false };
  // A bar counts with the first price after it.
  return ticksEvery(HOUR_MS, [...prices, 1])
    .map((tick) => {
      rsi.step(state, tick, params, past);
      return state.rsi;
    })
    .slice(1);
}

describe('RSI', () => {
  it('agrees with a published worked example to its last digit', () => {
    const found = indices(CLOSES, 14).slice(14);
    expect(found).toHaveLength(PUBLISHED.length);
    for (const [index, published] of PUBLISHED.entries()) expect(found[index]).toBeCloseTo(published, 2);
  });

  it('agrees with its definition', () => {
    const prices = walk(2, 200, 1);
    const changes = prices.slice(1).map((price, index) => price - (prices[index] ?? 0));
    const naive = (values: readonly number[]): number =>
      values
        .slice(9)
        .reduce((mean, value) => (mean * 8 + value) / 9, values.slice(0, 9).reduce((a, b) => a + b) / 9);
    const found = indices(prices, 9);
    for (let end = 9; end < changes.length; end++) {
      const gain = naive(changes.slice(0, end).map((value) => Math.max(0, value)));
      const loss = naive(changes.slice(0, end).map((value) => Math.max(0, -value)));
      expect(found[end]).toBeCloseTo(100 - 100 / (1 + gain / loss), 8);
    }
  });

  it('raises when it crosses a limit, once', () => {
    const rule = ruleOf('rsi', { period: 5, barMinutes: 60, over: 70, under: 30 });
    const prices = [...walk(2, 30, 0.5), ...Array.from({ length: 20 }, (_, index) => 110 + index)];
    const alerts = alertsOf(rule, ticksEvery(HOUR_MS, prices));
    expect(alerts.at(-1)?.direction).toBe('up');
    expect(alerts.filter(({ price }) => price > 110)).toHaveLength(1);
    expect(alerts.at(-1)?.figures.rsi).toBeGreaterThan(70);
  });
});
