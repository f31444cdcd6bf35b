import { describe, expect, it } from 'vitest';
import { duplicateOf, freeId } from './free-rule-id.ts';
import { RULE_TEMPLATES, ruleOfLevel, ruleOfTemplate } from './rule-templates.ts';

const BITCOIN = { coinId: 'bitcoin', price: 61_234.567 };

describe('an id', () => {
  it('is derived from words, and unique', () => {
    expect(freeId('Bitcoin: 5% up!', [])).toBe('bitcoin-5-up');
    expect(freeId('moved', ['moved', 'moved-2'])).toBe('moved-3');
    expect(freeId('…', [])).toBe('rule');
    expect(freeId('x'.repeat(100), []).length).toBeLessThanOrEqual(64);
  });

  it('of a copy has the next number', () => {
    const rule = ruleOfLevel(BITCOIN, 70_000, []);
    const copy = duplicateOf({ ...rule, id: 'moved-2' }, ['moved', 'moved-2']);
    expect(copy).toEqual({ ...rule, id: 'moved-3' });
  });
});

describe('a template', () => {
  it('is for all coins, or for the selected one', () => {
    for (const template of RULE_TEMPLATES) {
      const ofAll = ruleOfTemplate(template, null, BITCOIN, []);
      expect(ofAll.scope).toEqual(template.isOfOneCoin ? ['bitcoin'] : 'all');
      const ofOne = ruleOfTemplate(template, { coinId: 'zcash', price: 40 }, BITCOIN, []);
      expect(ofOne.scope).toEqual(['zcash']);
    }
  });

  it('for a level starts with the price, rounded to few digits', () => {
    const level = RULE_TEMPLATES.find(({ kind }) => kind === 'level');
    expect(level && ruleOfTemplate(level, null, BITCOIN, []).params).toEqual({ level: 61_235 });
  });
});

describe('a level on a chart', () => {
  it('becomes a rule in the direction from the current price to the level', () => {
    expect(ruleOfLevel(BITCOIN, 60_000.123, [])).toMatchObject({
      id: 'bitcoin-level-60000',
      kind: 'level',
      params: { level: 60_000 },
      direction: 'down',
      scope: ['bitcoin'],
    });
    expect(ruleOfLevel(BITCOIN, 70_000, []).direction).toBe('up');
    expect(ruleOfLevel({ coinId: 'new', price: null }, 1e-9, [])).toMatchObject({
      id: 'new-level-1e-9',
      direction: 'both',
    });
  });
});
