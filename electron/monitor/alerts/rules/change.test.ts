import { describe, expect, it } from 'vitest';
import { ruleOf } from '../rule-fixture.ts';
import { AT, alertsOf, MINUTE_MS, momentsOf, ticksEvery, walk } from './market-fixture.ts';

const rule = ruleOf('change', { changePct: 5, withinMinutes: 60 });
const flat = (count: number) => Array.from({ length: count }, () => 100);

describe('a change within a time', () => {
  it('is raised when the price is further than changePct from the extreme of the window, wherever the move began', () => {
    const slow = [...flat(10), 101, 102, 103, 104, 105, 105.01, 105.2];
    expect(momentsOf(alertsOf(rule, ticksEvery(MINUTE_MS, slow)))).toEqual([[15, 'up']]);
    const [alert] = alertsOf(rule, ticksEvery(MINUTE_MS, [...flat(3), 94]));
    expect(alert).toMatchObject({
      direction: 'down',
      figures: { high: 100, changePct: (94 / 100 - 1) * 100 },
    });
  });

  it('is not raised by a slower move', () => {
    const slower = Array.from({ length: 200 }, (_, index) => 100 + index * 0.08);
    expect(alertsOf(rule, ticksEvery(MINUTE_MS, slower))).toEqual([]);
  });

  it('is raised again only after it was over, for the other direction, or at the next step of a ratchet', () => {
    const climb = [...flat(5), ...Array.from({ length: 50 }, (_, index) => 106 + index / 5)];
    expect(alertsOf(rule, ticksEvery(MINUTE_MS, climb))).toHaveLength(1);
    const ratchet = { ...rule, ratchetPct: 4 };
    expect(alertsOf(ratchet, ticksEvery(MINUTE_MS, climb)).map(({ price }) => price)).toEqual([
      106, 110.4, 115,
    ]);
    expect(momentsOf(alertsOf(rule, ticksEvery(MINUTE_MS, [...flat(5), 106, 99, 92])))).toEqual([
      [5, 'up'],
      [6, 'down'],
    ]);
  });

  it('finds the same crossings as a full recomputation', () => {
    const prices = walk(7, 3_000);
    const found = alertsOf(
      { ...rule, params: { changePct: 3, withinMinutes: 60 } },
      ticksEvery(MINUTE_MS, prices),
    );
    const naive: number[] = [];
    let isHeld = '';
    for (const [index, price] of prices.entries()) {
      if (index === 0) continue;
      const window = prices.slice(Math.max(0, index - 60), index);
      const rise = (price / Math.min(...window) - 1) * 100;
      const fall = (1 - price / Math.max(...window)) * 100;
      const side = Math.max(rise, fall) <= 3 ? '' : rise >= fall ? 'up' : 'down';
      if (side !== '' && side !== isHeld) naive.push(AT + index * MINUTE_MS);
      if (side !== '') isHeld = side;
      else if (Math.max(rise, fall) < 2.25) isHeld = '';
    }
    // The cooldown may suppress some crossings, but adds none.
    const times = found.map(({ observedAt }) => observedAt);
    expect(times.length).toBeGreaterThan(3);
    expect(times.filter((time) => !naive.includes(time))).toEqual([]);
    const far = naive.filter(
      (time, index) => index === 0 || time - (naive[index - 1] ?? 0) >= 15 * MINUTE_MS,
    );
    expect(far.filter((time) => !times.includes(time))).toEqual([]);
  });
});
