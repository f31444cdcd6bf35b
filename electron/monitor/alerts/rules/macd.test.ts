import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { macd } from './macd.ts';
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

/**
 * The published worked example of "How to Calculate MACD in Excel" (investexcel.net): closes of Apple from 19 February to 22
 * May 2013, and from the 34th on MACD(12, 26, 9) and its signal.
 */
const CLOSES = [
  459.99, 448.85, 446.06, 450.81, 442.8, 448.97, 444.57, 441.4, 430.47, 420.05, 431.14, 425.66, 430.58,
  431.72, 437.87, 428.43, 428.35, 432.5, 443.66, 455.72, 454.49, 452.08, 452.73, 461.91, 463.58, 461.14,
  452.08, 442.66, 428.91, 429.79, 431.99, 427.72, 423.2, 426.21, 426.98, 435.69, 434.33, 429.8, 419.85,
  426.24, 402.8, 392.05, 390.53, 398.67, 406.13, 405.46, 408.38, 417.2, 430.12, 442.78, 439.29, 445.52,
  449.98, 460.71, 458.66, 463.84, 456.77, 452.97, 454.74, 443.86, 428.85, 434.58, 433.26, 442.93, 439.66,
  441.35,
];
const PUBLISHED = [
  [-2.07055819, 3.037525869],
  [-2.621842328, 1.905652229],
  [-2.32906674, 1.058708435],
  [-2.181632115, 0.410640325],
  [-2.402626273, -0.152012994],
  [-3.342121681, -0.790034732],
  [-3.530363136, -1.338100413],
  [-5.507471249, -2.17197458],
  [-7.851274229, -3.30783451],
  [-9.719367455, -4.590141099],
  [-10.42286651, -5.756686181],
  [-10.26016216, -6.657381376],
  [-10.06920961, -7.339747023],
  [-9.571919612, -7.786181541],
  [-8.369633492, -7.902871931],
  [-6.301635724, -7.58262469],
  [-3.599681509, -6.786036054],
  [-1.720148361, -5.772858515],
  [0.269003232, -4.564486166],
  [2.180173247, -3.215554283],
  [4.508637809, -1.670715865],
  [6.118020154, -0.112968661],
  [7.722430594, 1.45411119],
  [8.327453809, 2.828779714],
  [8.403441185, 3.943712008],
  [8.508406323, 4.856650871],
  [7.625761844, 5.410473066],
  [5.649949083, 5.458368269],
  [4.494654765, 5.265625568],
  [3.432989362, 4.899098327],
  [3.333473854, 4.585973432],
  [2.956662856, 4.260111317],
  [2.762561216, 3.960601297],
] as const;

describe('MACD', () => {
  it('agrees with a published worked example to its last digit', () => {
    const params = macd.params.parse({});
    const state = macd.start(params);
    const past = { mean: Number.NaN, high: Number.NaN, low: Number.NaN, isFilled: false };
    // A bar counts with the first price after it.
    const found = ticksEvery(HOUR_MS, [...CLOSES, 1]).map((tick) => {
      macd.step(state, tick, params, past);
      return macd.figures(state, tick, params, past);
    });
    for (const [index, [line, signal]] of PUBLISHED.entries()) {
      expect(found[index + 34]?.macd).toBeCloseTo(line, 7);
      expect(found[index + 34]?.signal).toBeCloseTo(signal, 7);
    }
  });

  it('is raised at the crossings of its definition, with its figures', () => {
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
