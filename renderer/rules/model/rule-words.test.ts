import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../../shared/domain/rule.ts';
import { fieldLabel, kindName, ruleSentence, scopeWords } from './rule-words.ts';

const rule = (
  kind: string,
  params: Record<string, number | string | null>,
  direction: 'up' | 'down' | 'both' = 'both',
) => ruleOf({ id: 'mine', kind, params, direction });
const sentence = (...args: Parameters<typeof rule>): string => ruleSentence(rule(...args), undefined);

describe('what a rule says', () => {
  it('is a sentence for each direction', () => {
    const params = { changePct: 5, withinMinutes: 60 };
    expect(sentence('change', params)).toBe('Moves more than 5 % within 1 h');
    expect(sentence('change', params, 'up')).toBe('Rises more than 5 % within 1 h');
    expect(sentence('level', { level: 60_000 }, 'down')).toBe('Falls below 60000');
    expect(sentence('high-low', { hours: 720 }, 'up')).toBe('New high of 30 days');
  });

  it('takes what the rule leaves out from the schema of its kind', () => {
    const kind = {
      kind: 'change',
      params: { properties: { changePct: { default: 5 }, withinMinutes: { default: 60 } } },
    };
    expect(ruleSentence(rule('change', { changePct: 3 }), kind)).toBe('Moves more than 3 % within 1 h');
  });

  it('lists the parameters of a kind that it does not know, or that has others', () => {
    expect(sentence('moon-phase', { nightsLong: 3 })).toBe('Moon phase: nights long 3');
    expect(sentence('change', { changeShare: 1 })).toBe('Change within a time: change share 1');
  });

  it('names coins, few of many', () => {
    expect(scopeWords({ scope: 'all' })).toBe('All coins');
    expect(scopeWords({ scope: ['bitcoin', 'usd-coin'] })).toBe('Bitcoin, USD Coin');
    expect(scopeWords({ scope: ['a', 'b', 'c', 'd', 'e'] })).toBe('A, B and 3 more');
  });

  it('names a field and a kind by their words, or spells them', () => {
    expect([fieldLabel('changePct'), fieldLabel('nightsLong')]).toEqual(['Change, %', 'Nights long']);
    expect([kindName('rsi'), kindName('moon-phase')]).toEqual(['RSI', 'Moon phase']);
  });
});
