import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { alertsOf, MINUTE_MS, momentsOf, SECOND_MS, ticksEvery } from './market-fixture.ts';

const rule = ruleOf('level', { level: 100, hysteresisPct: 1 });
const moments = (prices: readonly number[], stepMs = 20 * MINUTE_MS, other = rule) =>
  momentsOf(alertsOf(other, ticksEvery(stepMs, prices))).map(([at, direction]) => [
    (at * MINUTE_MS) / stepMs,
    direction,
  ]);

describe('a level', () => {
  it('is crossed when the price moves to its other side, in both directions', () => {
    expect(moments([99, 100, 100.01, 103, 99.9, 98])).toEqual([
      [2, 'up'],
      [4, 'down'],
    ]);
  });

  it('is not crossed by the first price', () => {
    expect(moments([105, 106, 105])).toEqual([]);
    expect(moments([105, 99.99])).toEqual([[1, 'down']]);
  });

  it('is not crossed again by a price that oscillates around it', () => {
    expect(moments([98, 100.2, 99.8, 100.3, 99.5, 100.4, 98.9, 100.1])).toEqual([
      [1, 'up'],
      [7, 'up'],
    ]);
  });

  it('can be watched in one direction, and has to hold for a while before it fires', () => {
    expect(moments([99, 101, 98.5, 101.5], undefined, { ...rule, direction: 'down' })).toEqual([[2, 'down']]);
    const patient = { ...rule, forSeconds: 60 };
    const prices = [
      98,
      ...Array.from({ length: 5 }, () => 102),
      97,
      97,
      ...Array.from({ length: 8 }, () => 102),
    ];
    expect(moments(prices, 10 * SECOND_MS, patient)).toEqual([[14, 'up']]);
  });
});
