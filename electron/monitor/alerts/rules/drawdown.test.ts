import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { AT, alertsOf, HOUR_MS, MINUTE_MS, ticksEvery, walk } from './market-fixture.ts';

const rule = ruleOf('drawdown', { drawdownPct: 3, hours: 6 });

describe('a drawdown', () => {
  it('is raised when the price is that far below the peak, and again after it was over', () => {
    const prices = [100, 98, 96.9, 96, 99.5, 96.5];
    const alerts = alertsOf(rule, ticksEvery(HOUR_MS / 2, prices));
    expect(alerts.map(({ price, figures }) => [price, figures.high])).toEqual([
      [96.9, 100],
      [96.5, 100],
    ]);
  });

  it('forgets a peak that is older than the window', () => {
    const prices = [110, ...Array.from({ length: 20 }, () => 108), 106.5];
    expect(alertsOf(rule, ticksEvery(HOUR_MS / 2, prices))).toEqual([]);
  });

  it('is found wherever the price is below the recomputed peak', () => {
    const prices = walk(11, 5_000);
    const found = alertsOf(rule, ticksEvery(MINUTE_MS, prices));
    expect(found.length).toBeGreaterThan(2);
    for (const { observedAt, price } of found) {
      const index = (observedAt - AT) / MINUTE_MS;
      const peak = Math.max(...prices.slice(Math.max(0, index - 360), index));
      expect((1 - price / peak) * 100).toBeGreaterThan(3);
    }
  });
});
