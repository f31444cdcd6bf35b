import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { AT, alertsOf, HOUR_MS, ticksEvery, walk } from './market-fixture.ts';

/** An exponential average that begins as the plain one of its first values; NaN before. */
function averages(values: readonly number[], period: number): number[] {
  let value = Number.NaN;
  return values.map((next, index) => {
    if (index === period - 1) value = values.slice(0, period).reduce((sum, one) => sum + one) / period;
    else if (index >= period) value += (2 / (period + 1)) * (next - value);
    return value;
  });
}

describe('MACD', () => {
  it('raises at the crossings that its definition gives, with its figures', () => {
    const prices = walk(4, 800, 1);
    const fast = averages(prices, 12);
    const line = averages(prices, 26).map((slow, index) => (fast[index] ?? 0) - slow);
    const signal = [...Array.from({ length: 25 }, () => Number.NaN), ...averages(line.slice(25), 9)];
    const crossings = line.flatMap((value, index) => {
      const [now, before] = [
        value - (signal[index] ?? 0),
        (line[index - 1] ?? 0) - (signal[index - 1] ?? Number.NaN),
      ];
      if (!(before <= 0 && now > 0) && !(before >= 0 && now < 0)) return [];
      return [
        {
          at: AT + (index + 1) * HOUR_MS,
          direction: now > 0 ? 'up' : 'down',
          value,
          signal: signal[index] ?? 0,
        },
      ];
    });
    const found = alertsOf(ruleOf('macd', {}), ticksEvery(HOUR_MS, [...prices, 100]));
    expect(crossings.length).toBeGreaterThan(20);
    expect(found.map(({ observedAt, direction }) => [observedAt, direction])).toEqual(
      crossings.map(({ at, direction }) => [at, direction]),
    );
    for (const [index, { figures }] of found.entries()) {
      expect(figures.macd).toBeCloseTo(crossings[index]?.value ?? 0, 8);
      expect(figures.signal).toBeCloseTo(crossings[index]?.signal ?? 0, 8);
    }
  });
});
