import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { AT, alertsOf, MINUTE_MS, ticksEvery, walk } from './market-fixture.ts';

const rule = ruleOf('high-low', { hours: 4, rearmPct: 0.5 });

describe('a new high or low', () => {
  it('is found as by a recomputation, once there are prices for the window', () => {
    const prices = walk(3, 6_000);
    const found = alertsOf(rule, ticksEvery(MINUTE_MS, prices));
    const isExtreme = (at: number, direction: string | null): boolean => {
      const index = (at - AT) / MINUTE_MS;
      const window = prices.slice(index - 240, index);
      const price = prices[index] ?? 0;
      return index >= 240 && (direction === 'up' ? price > Math.max(...window) : price < Math.min(...window));
    };
    expect(found.length).toBeGreaterThan(5);
    expect(found.filter(({ observedAt, direction }) => !isExtreme(observedAt, direction))).toEqual([]);
    const first = prices.findIndex((_, index) =>
      ['up', 'down'].some((direction) => isExtreme(AT + index * MINUTE_MS, direction)),
    );
    expect(found[0]?.observedAt).toBe(AT + first * MINUTE_MS);
  });

  it('is one alert for a climb of many highs', () => {
    const prices = [
      ...Array.from({ length: 300 }, () => 100),
      ...Array.from({ length: 300 }, (_, index) => 101 + index / 10),
    ];
    expect(
      alertsOf(rule, ticksEvery(MINUTE_MS, prices)).map(({ price, figures }) => [price, figures]),
    ).toEqual([[101, { high: 100 }]]);
  });

  it('of all time is relative to all prices received', () => {
    const allTime = ruleOf('high-low', { hours: null });
    const prices = [100, 120, 110, 121, 100, 90];
    expect(alertsOf(allTime, ticksEvery(60 * MINUTE_MS, prices)).map(({ price }) => price)).toEqual([
      120, 121, 90,
    ]);
  });
});
