import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../shared/domain/alert.ts';
import { alertMessage } from '../../../../shared/domain/alert-message.ts';
import type { Rule } from '../../../../shared/domain/rule.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { text } from '../../../../shared/messages/message.ts';
import { createAlertEngine } from '../engine.ts';
import { memberFaults } from '../member-order.ts';
import { ruleOf } from '../rule-fixture.ts';
import { AT, MINUTE_MS, tickAt, ticksEvery } from './market-fixture.ts';

const SILENT = { notify: false } as const;
const OVER_110 = ruleOf('level', { level: 110 }, { ...SILENT, id: 'over-110', direction: 'up' });
const UNDER_90 = ruleOf('level', { level: 90 }, { ...SILENT, id: 'under-90', direction: 'down' });
const MOVED = ruleOf('change', { changePct: 5, withinMinutes: 2 }, { ...SILENT, id: 'moved' });
const both = (rules: string[], other: object = {}, fields: Partial<Rule> = {}): Rule =>
  ruleOf('combination', { rules, withinMinutes: 5, ...other }, fields);

const found = (
  rules: readonly Rule[],
  ticks: readonly Tick[],
): (readonly [number, string, string | null])[] => {
  const engine = createAlertEngine(rules);
  return ticks
    .flatMap((tick): readonly Alert[] => engine.check(tick))
    .map(({ observedAt, rule, direction }) => [(observedAt - AT) / MINUTE_MS, rule, direction]);
};
const minutes = (...prices: number[]): Tick[] => ticksEvery(MINUTE_MS, prices);

describe('a combination of rules', () => {
  it('is raised when all of them fired within the time, and names them', () => {
    const rules = [OVER_110, MOVED, both(['over-110', 'moved'])];
    // The price slowly exceeds the level and then moves; and it moves long before it reaches the level.
    const slowly = minutes(100, 102, 104, 106, 108, 111, 113, 119);
    expect(found(rules, slowly)).toEqual([[7, 'combination', 'up']]);
    expect(found(rules, minutes(100, 106, 106, 106, 106, 106, 106, 107, 108, 109, 111))).toEqual([]);
    const engine = createAlertEngine(rules);
    const [alert] = slowly.flatMap((tick) => engine.check(tick));
    expect(alert && text(alertMessage(alert))).toBe('over-110 and moved fired within 5 min');
    expect(alert?.figures).toEqual({ fired: 2 });
  });

  it('counts a rule for as long as it holds', () => {
    const rules = [OVER_110, MOVED, both(['over-110', 'moved'], { withinMinutes: 0 })];
    // Above the level from the sixth price on, with a move at the last one.
    expect(found(rules, minutes(100, 102, 104, 106, 108, 111, 112, 112, 119))).toEqual([
      [8, 'combination', 'up'],
    ]);
  });

  it('is raised when any of them fires, with its direction', () => {
    const any = both(['over-110', 'under-90'], { match: 'any', withinMinutes: 0 }, { cooldownMinutes: 1 });
    expect(found([OVER_110, UNDER_90, any], minutes(100, 111, 100, 89))).toEqual([
      [1, 'combination', 'up'],
      [3, 'combination', 'down'],
    ]);
  });

  it('has no direction if theirs differ', () => {
    const rules = [OVER_110, UNDER_90, both(['over-110', 'under-90'])];
    expect(found(rules, minutes(100, 111, 89))).toEqual([[2, 'combination', null]]);
    expect(
      found(
        [OVER_110, UNDER_90, both(['over-110', 'under-90'], {}, { direction: 'up' })],
        minutes(100, 111, 89),
      ),
    ).toEqual([]);
  });

  it('has the direction of those that have one', () => {
    const traded = ruleOf('volume', { factor: 2, minDays: 1 }, SILENT);
    const DAY = 24 * 60;
    // The same hour of the day before has a tenth of the volume.
    const ticks = [0, DAY, DAY + 1].map((minute) =>
      tickAt(AT + minute * MINUTE_MS, minute > DAY ? 89 : 100, { amount: minute === 0 ? 1 : 10 }),
    );
    const rules = [UNDER_90, traded];
    expect(found([...rules, both(['volume', 'under-90'])], ticks)).toEqual([
      [DAY + 1, 'combination', 'down'],
    ]);
    // It keeps its direction, or the lack of one, when another rule fires later.
    const any = both(['volume', 'under-90'], { match: 'any' });
    expect(found([...rules, any], ticks)).toEqual([[DAY, 'combination', null]]);
  });

  it('is evaluated after the rules that it refers to, in any order of the rules', () => {
    const pair = both(['over-110', 'moved'], {}, { id: 'pair' });
    const pairAndMore = both(['pair', 'moved'], {}, { id: 'more' });
    const expected = [
      [1, 'pair', 'up'],
      [1, 'more', 'up'],
    ];
    for (const rules of [
      [OVER_110, MOVED, pair, pairAndMore],
      [pairAndMore, pair, MOVED, OVER_110],
    ])
      expect(found(rules, minutes(100, 111))).toEqual(expected);
  });

  it('evaluates rules for prices of any source', () => {
    const rules = [OVER_110, MOVED, both(['over-110', 'moved'])];
    const ticks = [
      ...minutes(100, 102, 104, 106, 108, 111),
      ...[100, 106].map((price, index) =>
        tickAt(AT + (6 + index) * MINUTE_MS, price, { source: 'coingecko' }),
      ),
    ];
    expect(found(rules, ticks)).toEqual([[7, 'combination', 'up']]);
  });

  it('uses the condition of a rule, regardless of its cooldown; a rule with notify also raises its own alerts', () => {
    const loud = { ...OVER_110, notify: true, repeat: 'once' } as const;
    const rules = [loud, MOVED, both(['over-110', 'moved'], {}, { cooldownMinutes: 1 })];
    expect(found(rules, minutes(100, 111, 100, 100, 100, 100, 100, 100, 100, 111))).toEqual([
      [1, 'over-110', 'up'],
      [1, 'combination', 'up'],
      [9, 'combination', 'up'],
    ]);
  });

  it('never fires with a rule that does not watch the coin or is disabled', () => {
    const combination = both(['over-110', 'moved']);
    for (const other of [{ scope: ['zcash'] }, { enabled: false }])
      expect(found([{ ...OVER_110, ...other }, MOVED, combination], minutes(100, 111))).toEqual([]);
  });

  it('may refer to a no-data rule', () => {
    const silent = ruleOf('no-data', { minutes: 10 }, SILENT);
    const engine = createAlertEngine([silent, MOVED, both(['no-data', 'moved'], { withinMinutes: 15 })]);
    for (const tick of minutes(100, 106)) expect(engine.check(tick)).toEqual([]);
    const alerts = [5, 10, 11, 12].flatMap((minute) => engine.pass(AT + minute * MINUTE_MS, ['bitcoin']));
    expect(alerts.map(({ observedAt }) => (observedAt - AT) / MINUTE_MS)).toEqual([11]);
  });
});

describe('rules that refer to others', () => {
  const faultsOf = (rules: readonly Rule[], known: readonly string[] = []): [string, string][] =>
    [...memberFaults(rules, known)].map(([id, fault]) => [id, text(fault)]);

  it('are refused if one does not exist', () => {
    expect(faultsOf([both(['moved', 'nobody']), MOVED])).toEqual([
      ['combination', 'refers to "nobody", which is not a rule'],
    ]);
    expect(faultsOf([both(['moved', 'moving-average']), MOVED], ['moving-average'])).toEqual([]);
  });

  it('are refused if they form a cycle, which the engine rejects too', () => {
    const cycle = [both(['b', 'moved'], {}, { id: 'a' }), both(['a', 'moved'], {}, { id: 'b' }), MOVED];
    expect(faultsOf(cycle)).toEqual([
      ['a', 'refers to itself: a → b → a'],
      ['b', 'refers to itself: b → a → b'],
    ]);
    expect(() => createAlertEngine(cycle)).toThrow('refers to itself');
    expect(faultsOf([both(['combination', 'moved']), MOVED])).toEqual([
      ['combination', 'refers to itself: combination → combination'],
    ]);
  });
});
