import { describe, expect, it } from 'vitest';
import type { PastCandle } from '../../../shared/domain/past-candle.ts';
import { text } from '../../../shared/messages/message.ts';
import { ruleOf } from '../alerts/rule-fixture.ts';
import { walk } from '../alerts/rules/market-fixture.ts';
import { Superseded } from './editor-runs.ts';
import { NoPrices } from './past-prices.ts';
import { createRuleSolver, NotSolvable, type SolveRequest } from './rule-solver.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NOW = Date.UTC(2026, 0, 31);
const REQUEST: SolveRequest = {
  rule: ruleOf('change', { withinMinutes: 60 }),
  coinIds: ['bitcoin'],
  param: 'changePct',
  perWeek: 5,
  days: 7,
};

/** A random-walk market with stored candles of this interval since an instant; none for zcash. */
function solverOver({ since = 0, lengthMs = 5 * MINUTE_MS } = {}) {
  const steps = walk(8, (40 * DAY_MS) / lengthMs, 0.2);
  return createRuleSolver({
    async read({ coinId, from, to }) {
      if (coinId === 'zcash') return [];
      const first = Math.ceil(Math.max(from, since) / lengthMs) * lengthMs;
      return Array.from({ length: Math.max(0, (to - first) / lengthMs) }, (_, index): PastCandle => {
        const start = first + index * lengthMs;
        const close = steps[(start - (NOW - 40 * DAY_MS)) / lengthMs] ?? 100;
        return { start, lengthMs, open: close, high: close, low: close, close, volume: null, tickCount: 1 };
      });
    },
    vsCurrency: () => 'usd',
    rules: () => [],
    now: () => NOW,
  });
}

describe('a solver', () => {
  it('finds a threshold, and reports the prices it was computed from', async () => {
    const { best, coins, notes } = await solverOver({ lengthMs: MINUTE_MS }).solve('a', REQUEST);
    expect(best.alerts).toBeGreaterThanOrEqual(4);
    expect(best.perWeek).toBeCloseTo(best.alerts, 1);
    expect(best.lowPerWeek).toBeLessThan(best.perWeek);
    expect(best.highPerWeek).toBeGreaterThan(best.perWeek);
    expect(coins).toEqual([
      { coinId: 'bitcoin', from: NOW - 7 * DAY_MS, to: NOW - 1, prices: 7 * 1_440 * 4, alerts: best.alerts },
    ]);
    expect(notes).toEqual([]);
  });

  it('counts a rule with repeat "once" at most once per coin', async () => {
    const once = { ...REQUEST, rule: { ...REQUEST.rule, repeat: 'once' as const } };
    const solver = solverOver();
    expect((await solver.solve('a', once)).best).toEqual((await solver.solve('a', REQUEST)).best);
  });

  it('reports what makes the result uncertain', async () => {
    const solver = solverOver({ since: NOW - 2 * DAY_MS });
    const both = { ...REQUEST, coinIds: ['bitcoin', 'zcash'], perWeek: 1 };
    const { notes, best, curve } = await solver.solve('a', both);
    // No alerts in two days is as close to one a week as it gets; the result is the smallest value without alerts.
    expect(best.alerts).toBe(0);
    expect(best.highPerWeek).toBeCloseTo(12.9, 0);
    expect(curve.findLast(({ alerts }) => alerts > 0)?.value).toBeCloseTo(best.value, 1);
    expect(notes.map((note) => text(note))).toEqual([
      'No alert was counted at this value, so the rate is uncertain.',
      expect.stringContaining('There are no candles of zcash'),
      'Prices of bitcoin are stored for 2 days of the 7 days.',
      'The rule looks back 1 h, but before this time only 0 h of bitcoin are stored.',
      'For 100% of the time, the finest prices of bitcoin are candles of up to 5 min: the order of moves within them is unknown.',
    ]);
  });

  it('rejects a parameter without a range, and coins without prices', async () => {
    const solver = solverOver();
    await expect(solver.solve('a', { ...REQUEST, param: 'x' })).rejects.toThrow(NotSolvable);
    const wrong = { ...REQUEST, rule: ruleOf('change', { withinMinutes: -1 }) };
    await expect(solver.solve('a', wrong)).rejects.toThrow('withinMinutes');
    await expect(solver.solve('a', { ...REQUEST, coinIds: ['zcash'] })).rejects.toThrow(NoPrices);
  });

  it('is cancelled by the next request of the same editor, and when the program stops', async () => {
    const solver = solverOver();
    const first = solver.solve('a', REQUEST);
    const second = solver.solve('a', { ...REQUEST, perWeek: 10 });
    await expect(first).rejects.toThrow(Superseded);
    await expect(second).resolves.toMatchObject({ param: 'changePct' });
    const running = solver.solve('a', REQUEST);
    solver.stop();
    await expect(running).rejects.toThrow(Superseded);
  });
});
