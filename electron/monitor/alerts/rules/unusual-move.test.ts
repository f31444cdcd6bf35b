import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { AT, alertsOf, MINUTE_MS, ticksEvery, walk } from './market-fixture.ts';

const rule = ruleOf('unusual-move', { score: 4, windowMinutes: 5, halfLifeHours: 1, floorPct: 0.1 });

describe('an unusual move', () => {
  it('has the score that its definition gives', () => {
    const prices = walk(5, 400, 0.2);
    const moved = [...prices, (prices.at(-1) ?? 0) * 1.02];
    const alert = alertsOf(rule, ticksEvery(MINUTE_MS, moved)).at(-1);
    const average = prices.slice(-5).reduce((sum, price) => sum + price, 0) / 5;
    // The last minute but one is the last complete one when the price is compared.
    let variance = 0;
    for (let index = 1; index < prices.length - 1; index++) {
      const squared = Math.log((prices[index] ?? 0) / (prices[index - 1] ?? 1)) ** 2;
      variance += Math.max(1 - 2 ** (-1 / 60), 1 / index) * (squared - variance);
    }
    const squared = Math.log((prices.at(-1) ?? 0) / (prices.at(-2) ?? 1)) ** 2;
    const after = variance + Math.max(1 - 2 ** (-1 / 60), 1 / (prices.length - 1)) * (squared - variance);
    const distance = Math.abs((moved.at(-1) ?? 0) / average - 1);
    expect(alert?.observedAt).toBe(AT + (moved.length - 1) * MINUTE_MS);
    expect(alert?.figures.average).toBeCloseTo(average, 8);
    // The price is compared with the σ before the minute that it ends was added, and reported with the σ after that.
    expect(distance / Math.sqrt(2.2 * variance)).toBeGreaterThan(4);
    expect(alert?.figures.zScore).toBeCloseTo(distance / Math.sqrt(2.2 * after), 6);
  });

  it('is not raised within the usual range of a volatile coin, nor below the floor for a calm one', () => {
    expect(
      alertsOf({ ...rule, params: { ...rule.params, score: 8 } }, ticksEvery(MINUTE_MS, walk(9, 5_000, 3))),
    ).toEqual([]);
    const calm = [...Array.from({ length: 200 }, (_, index) => 100 + (index % 2) / 1_000), 100.05];
    expect(alertsOf(rule, ticksEvery(MINUTE_MS, calm))).toEqual([]);
    expect(alertsOf(rule, ticksEvery(MINUTE_MS, [...calm, 100.3]))).toHaveLength(1);
  });

  it('is not known before an hour of minutes', () => {
    expect(alertsOf(rule, ticksEvery(MINUTE_MS, [...walk(5, 50, 0.2), 200]))).toEqual([]);
  });
});
