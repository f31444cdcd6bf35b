import { describe, expect, it } from 'vitest';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { coinStateSchema } from './coin-state.ts';
import { type AlertEngine, createAlertEngine } from './engine.ts';
import { ruleOf } from './rule-fixture.ts';
import { MINUTE_MS, ticksEvery, walk } from './rules/market-fixture.ts';

const CALM = Array.from({ length: 10 }, () => 100);
/** Rises, goes back, and rises again. */
const PRICES = [...CALM, 104, 105, 105.2, 105.3, ...CALM, ...CALM, 104];
const TICKS = ticksEvery(MINUTE_MS, PRICES);
/** The prices at which the rules below hold, and were made. */
const HOLDING = 12;
const AGAIN = PRICES.length - 1;

const UP = { direction: 'up' } as const;
const MOVED = ruleOf('moving-average', { thresholdPct: 2, windowMinutes: 5 }, UP);
const CHANGED = ruleOf('change', { changePct: 3, withinMinutes: 10 }, UP);
const LEVEL = ruleOf('level', { level: 102, hysteresisPct: 0.5 }, UP);
const atOnce = (rule: Rule): Rule => ({ ...rule, raiseIfHolding: true });

const saved = (engine: AlertEngine) =>
  coinStateSchema.parse(JSON.parse(JSON.stringify(engine.save('bitcoin'))));

/** An engine with these rules that continues from one with other rules, as a change of the settings makes it. */
function changed(before: AlertEngine, rules: readonly Rule[], replayed: readonly Tick[]): AlertEngine {
  const engine = createAlertEngine(rules);
  for (const tick of replayed) engine.replay(tick);
  engine.restore('bitcoin', saved(before));
  return engine;
}

/** The indexes of the ticks that raise an alert if the rule replaces another one before the tick at index `made`. */
function raisedAfter(made: number, rule: Rule, before: readonly Rule[] = [], isRestarted = false): number[] {
  const first = createAlertEngine(before);
  for (const tick of TICKS.slice(0, made)) first.check(tick);
  let engine = changed(first, [rule], TICKS.slice(0, made));
  if (isRestarted) engine = changed(engine, [rule], []);
  return TICKS.flatMap((tick, index) => (index < made ? [] : engine.check(tick).map(() => index)));
}

describe('a rule that is made while its condition holds', () => {
  it.each([MOVED, CHANGED, LEVEL])('waits for the next crossing: $kind', (rule) => {
    expect(raisedAfter(HOLDING, rule)).toEqual([AGAIN]);
    expect(raisedAfter(HOLDING, rule, [], true)).toEqual([AGAIN]);
  });

  it.each([MOVED, CHANGED, LEVEL])('raises one alert immediately with raiseIfHolding: $kind', (rule) => {
    expect(raisedAfter(HOLDING, atOnce(rule))).toEqual([HOLDING, AGAIN]);
    expect(raisedAfter(HOLDING, atOnce(rule), [], true)).toEqual([HOLDING, AGAIN]);
  });

  it('raises the same alerts as any other rule if its condition does not hold', () => {
    for (const rule of [MOVED, CHANGED, LEVEL])
      expect(raisedAfter(9, atOnce(rule))).toEqual(raisedAfter(9, rule));
  });

  it('raises no alert for another direction than its own', () => {
    expect(raisedAfter(HOLDING, atOnce({ ...LEVEL, direction: 'down' }))).toEqual([14]);
  });

  it('waits until its condition has held for the required time', () => {
    const rule = atOnce({ ...CHANGED, forSeconds: 180 });
    // It has held since the tick at index 10.
    expect(raisedAfter(12, rule)).toEqual([13]);
    expect(raisedAfter(12, { ...rule, raiseIfHolding: false })).toEqual([13]);
  });

  it('may replace one with the same id and another threshold, regardless of its last alert', () => {
    const strict = ruleOf('moving-average', { thresholdPct: 1, windowMinutes: 5 }, UP);
    expect(raisedAfter(HOLDING, strict, [MOVED])).toEqual([AGAIN]);
    expect(raisedAfter(HOLDING, atOnce(strict), [MOVED])).toEqual([HOLDING, AGAIN]);
    expect(raisedAfter(HOLDING, atOnce({ ...strict, ratchetPct: 5 }), [MOVED])).toContain(HOLDING);
    const once = { ...strict, repeat: 'once' } as const;
    expect(raisedAfter(HOLDING, once, [{ ...MOVED, repeat: 'once' }])).toEqual([AGAIN]);
  });

  it('is not one of which only the severity or the scope has changed', () => {
    expect(raisedAfter(HOLDING, atOnce({ ...MOVED, severity: 'critical' }), [MOVED])).toEqual([AGAIN]);
    expect(raisedAfter(HOLDING, atOnce({ ...MOVED, scope: ['bitcoin'] }), [MOVED])).toEqual([AGAIN]);
  });

  it('raises within its bound, however often it is recreated', () => {
    const ticks = ticksEvery(20_000, walk(7, 180, 6));
    let engine = createAlertEngine([]);
    const raised: number[] = [];
    for (const [index, tick] of ticks.entries()) {
      if (index % 4 === 1) {
        const thresholdPct = 0.5 + (index % 8) / 100;
        const rule = atOnce(ruleOf('moving-average', { thresholdPct, windowMinutes: 5 }));
        engine = changed(engine, [rule], ticks.slice(0, index));
      }
      raised.push(...engine.check(tick).map(({ observedAt }) => observedAt));
    }
    expect(raised.length).toBeGreaterThan(6);
    for (const from of raised)
      expect(raised.filter((at) => at >= from && at < from + 15 * MINUTE_MS).length).toBeLessThanOrEqual(3);
  });
});
