import { expect, it } from 'vitest';
import { ruleOf } from '../../../shared/domain/rule.ts';
import { conditionWords, hasEnded } from './rule-conditions.ts';

const LEVEL = {
  kind: 'level',
  directions: ['up', 'down'] as const,
  params: { properties: { level: { type: 'number' }, hysteresisPct: { type: 'number', default: 0.5 } } },
};
const rule = (part: object = {}) => ruleOf({ id: 'mine', kind: 'level', params: { level: 60_000 }, ...part });

it('is empty for a rule with default fields', () => {
  expect(conditionWords(rule({ params: { level: 60_000, hysteresisPct: 0.5 } }), LEVEL, false)).toEqual([]);
});

it('lists differences from the defaults briefly', () => {
  const until = new Date(2026, 11, 31, 18).toISOString();
  const all = {
    params: { level: 60_000, hysteresisPct: 2 },
    forSeconds: 300,
    activeHours: '08:00-22:00',
    repeat: 'once',
    until,
    ratchetPct: 1,
    cooldownMinutes: 60,
  };
  expect(conditionWords(rule(all), LEVEL, false)).toEqual([
    'hysteresis 2%',
    'for 5 min',
    '08:00–22:00 only',
    'once for each coin',
    'until 31 Dec 2026, 18:00',
    'again after a further 1%',
    'cooldown 1 h',
  ]);
  expect(hasEnded({ until }, Date.parse(until) - 1)).toBe(false);
  expect(hasEnded({ until }, Date.parse(until))).toBe(true);
  expect(conditionWords(rule({ until }), LEVEL, true)).toEqual(['ended 31 Dec 2026, 18:00']);
});

it('includes the direction if the sentence does not', () => {
  expect(conditionWords(rule({ direction: 'up' }), LEVEL, false)).toEqual([]);
  const moon = ruleOf({ id: 'm', kind: 'moon-phase', direction: 'up' });
  const kind = { kind: 'moon-phase', params: {}, directions: ['up', 'down'] as const };
  expect(conditionWords(moon, kind, false)).toEqual(['upwards only']);
  // A fall from the peak has only one direction.
  const fall = ruleOf({
    id: 'f',
    kind: 'drawdown',
    params: { drawdownPct: 10, hours: 24 },
    direction: 'down',
  });
  expect(conditionWords(fall, { kind: 'drawdown', params: {}, directions: ['down'] }, false)).toEqual([]);
});
