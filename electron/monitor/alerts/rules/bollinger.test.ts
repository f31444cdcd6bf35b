import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { AT, alertsOf, HOUR_MS, ticksEvery, walk } from './market-fixture.ts';

describe('a Bollinger break', () => {
  it('is outside the band of its definition, and reports the band', () => {
    const prices = walk(6, 1_500, 1);
    const found = alertsOf(ruleOf('bollinger', { period: 20, deviations: 2 }), ticksEvery(HOUR_MS, prices));
    expect(found.length).toBeGreaterThan(20);
    for (const { observedAt, price, direction, figures } of found) {
      const index = (observedAt - AT) / HOUR_MS;
      const closes = prices.slice(index - 20, index);
      const mean = closes.reduce((sum, one) => sum + one) / 20;
      const deviation = Math.sqrt(closes.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 20);
      const band = mean + (direction === 'up' ? 2 : -2) * deviation;
      expect(direction === 'up' ? price > band : price < band).toBe(true);
      expect(figures.band).toBeCloseTo(band, 8);
    }
    const first = prices.findIndex((price, index) => {
      const closes = prices.slice(Math.max(0, index - 20), index);
      const mean = closes.reduce((sum, one) => sum + one, 0) / 20;
      const deviation = Math.sqrt(closes.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 20);
      return closes.length === 20 && Math.abs(price - mean) > 2 * deviation;
    });
    expect(found[0]?.observedAt).toBe(AT + first * HOUR_MS);
  });
});
