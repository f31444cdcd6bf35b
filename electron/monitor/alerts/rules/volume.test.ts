import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { AT, alertsOf, HOUR_MS, MINUTE_MS, tickAt } from './market-fixture.ts';

const rule = ruleOf('volume', { factor: 3, minDays: 3 });

describe('volume', () => {
  it('is compared with the average of the same hour of the day', () => {
    // Five days of trades every ten minutes: ten coins an hour by day, one by night.
    const ticks = Array.from({ length: 5 * 144 }, (_, index) => {
      const at = AT + index * 10 * MINUTE_MS;
      const isDay = new Date(at).getUTCHours() >= 8;
      return tickAt(at, 100, { amount: isDay ? 10 / 6 : 1 / 6 });
    });
    const night = AT + 5 * 24 * HOUR_MS + 2 * HOUR_MS;
    const day = AT + 5 * 24 * HOUR_MS + 12 * HOUR_MS;
    const busy = [tickAt(night, 100, { amount: 2.9 }), tickAt(night + MINUTE_MS, 100, { amount: 0.2 })];
    const alerts = alertsOf(rule, [...ticks, ...busy, tickAt(day, 100, { amount: 25 })]);
    expect(alerts.map(({ observedAt }) => observedAt)).toEqual([night + MINUTE_MS]);
    expect(alerts[0]?.direction).toBeNull();
    expect(alerts[0]?.figures.ratio).toBeCloseTo(3.1, 8);
  });

  it('is unknown for prices that are not trades', () => {
    expect(
      alertsOf(
        rule,
        Array.from({ length: 200 }, (_, hour) => tickAt(AT + hour * HOUR_MS, 100)),
      ),
    ).toEqual([]);
  });
});
