import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { alertsOf, MINUTE_MS, ticksEvery, walk } from './market-fixture.ts';

const rule = ruleOf('volatility', { factor: 3, recentMinutes: 30, normHours: 24 });

describe('volatility', () => {
  it('fires when it exceeds the factor, with the ratio of its definition', () => {
    const calm = walk(1, 1_500, 0.1);
    const wild = walk(2, 200, 1).map((price) => (price * (calm.at(-1) ?? 0)) / 100);
    const prices = [...calm, ...wild];
    const [alert] = alertsOf(rule, ticksEvery(MINUTE_MS, prices));
    const end = ((alert?.observedAt ?? 0) - Date.UTC(2026, 0, 5)) / MINUTE_MS;
    expect(end).toBeGreaterThan(1_500);
    let [recent, norm] = [0, 0];
    for (let index = 1; index < end; index++) {
      const squared = Math.log((prices[index] ?? 0) / (prices[index - 1] ?? 1)) ** 2;
      recent += Math.max(1 - 2 ** (-1 / 30), 1 / index) * (squared - recent);
      norm += Math.max(1 - 2 ** (-1 / 1_440), 1 / index) * (squared - norm);
    }
    expect(alert?.direction).toBeNull();
    expect(alert?.figures.ratio).toBeCloseTo(Math.sqrt(recent / norm), 8);
    expect(alertsOf(rule, ticksEvery(MINUTE_MS, walk(3, 4_000, 0.5)))).toEqual([]);
  });
});
