import { expect, it } from 'vitest';
import { ruleOf } from '../../../shared/domain/rule.ts';
import { draftOf } from './rule-draft.ts';
import { draftsOfLevels } from './rule-levels.ts';

const KIND = {
  kind: 'level',
  directions: ['up', 'down'] as const,
  params: { properties: { level: { type: 'number' } }, required: ['level'] },
};
const draft = (id: string, level: string) => {
  const first = draftOf(ruleOf({ id, kind: 'level', params: { level: 1 } }), KIND);
  return { ...first, values: { ...first.values, 'params.level': level } };
};
const made = (id: string, level: string, taken: readonly string[] = []) =>
  draftsOfLevels(draft(id, level), taken).map((one) => [one.id, one.values['params.level']]);

it('is one rule for one level, with the text as it was entered', () => {
  expect(made('mine', ' 60000 ')).toEqual([['mine', ' 60000 ']]);
  expect(made('mine', '')).toEqual([['mine', '']]);
});

it('is a rule for each of several levels, each once and with a distinct id', () => {
  expect(made('mine', '60000, 65000, 60000')).toEqual([
    ['mine-60000', '60000'],
    ['mine-65000', '65000'],
  ]);
  expect(made('bitcoin-level-60000', '60000 0,5', ['bitcoin-level-60000'])).toEqual([
    ['bitcoin-level-60000-2', '60000'],
    ['bitcoin-level-0-5', '0,5'],
  ]);
});
