import { describe, expect, it } from 'vitest';
import { ruleOf } from '../../../shared/domain/rule.ts';
import { describeScope, ruleSentence } from './describe-rule.ts';
import { fieldLabel, kindName } from './rule-names.ts';

const rule = (
  kind: string,
  params: Record<string, number | string | null>,
  direction: 'up' | 'down' | 'both' = 'both',
) => ruleOf({ id: 'mine', kind, params, direction });
const sentence = (...args: Parameters<typeof rule>): string => ruleSentence(rule(...args), undefined);

describe('the sentence of a rule', () => {
  it('is a sentence for each direction', () => {
    const params = { changePct: 5, withinMinutes: 60 };
    expect(sentence('change', params)).toBe('Moves more than 5% within 1 h');
    expect(sentence('change', params, 'up')).toBe('Rises more than 5% within 1 h');
    expect(sentence('moving-average', { thresholdPct: 2, windowMinutes: 5 })).toBe(
      'Moves more than 2% from its 5-min average',
    );
    expect(sentence('drawdown', { drawdownPct: 10, hours: 24 }, 'down')).toBe(
      'Falls more than 10% below its 24-h high',
    );
    expect(sentence('level', { level: 60_000 }, 'down')).toBe('Falls below 60,000');
    expect(sentence('level', { level: 0.000_012_5 })).toBe('Crosses 0.0000125');
    expect(sentence('high-low', { hours: 720 }, 'up')).toBe('New 30-day high');
    const macd = { fast: 12, slow: 26, signal: 9, barMinutes: 60 };
    expect(sentence('macd', macd)).toBe('MACD(12, 26, 9) of 1-h bars crosses its signal');
    expect(sentence('macd', macd, 'down')).toBe('MACD(12, 26, 9) of 1-h bars crosses below its signal');
    const band = { period: 20, deviations: 2, barMinutes: 60 };
    expect(sentence('bollinger', band)).toBe('Leaves the Bollinger band(20, 2) of 1-h bars');
    expect(sentence('bollinger', band, 'up')).toBe('Rises above the Bollinger band(20, 2) of 1-h bars');
  });

  it('is a sentence for each direction of rules about sources or other rules', () => {
    const spread = (direction: 'up' | 'down' | 'both') =>
      ruleOf({
        id: 'x',
        kind: 'spread',
        params: { spreadPct: 1, sources: ['kraken', 'coinbase'] },
        direction,
      });
    expect(ruleSentence(spread('both'), undefined)).toBe('Kraken and Coinbase differ by more than 1%');
    expect(ruleSentence(spread('down'), undefined)).toBe('Kraken is more than 1% below Coinbase');
    const both = ruleOf({
      id: 'both',
      kind: 'combination',
      params: { rules: ['a', 'b'], match: 'all', withinMinutes: 15 },
      direction: 'up',
    });
    expect(ruleSentence(both, undefined)).toBe('a and b fire within 15 min, upwards');
  });

  it("uses the schema's defaults for omitted parameters", () => {
    const kind = {
      kind: 'change',
      directions: ['up', 'down'] as const,
      params: { properties: { changePct: { default: 5 }, withinMinutes: { default: 60 } } },
    };
    expect(ruleSentence(rule('change', { changePct: 3 }), kind)).toBe('Moves more than 3% within 1 h');
  });

  it('lists the parameters of an unknown kind, or of one with unknown parameters', () => {
    expect(sentence('moon-phase', { nightsLong: 3 })).toBe('Moon phase: nights long 3');
    expect(sentence('change', { changeShare: 1 })).toBe('Change within a time: change share 1');
  });

  it('names the first few coins', () => {
    expect(describeScope({ scope: 'all' })).toBe('All coins');
    expect(describeScope({ scope: ['bitcoin', 'usd-coin'] })).toBe('Bitcoin, USD Coin');
    expect(describeScope({ scope: ['a', 'b', 'c', 'd', 'e'] })).toBe('A, B and 3 more');
  });

  it('names a field and a kind by their texts, or by their ids', () => {
    expect([fieldLabel('changePct'), fieldLabel('nightsLong')]).toEqual(['Change, %', 'Nights long']);
    expect([kindName('rsi'), kindName('moon-phase')]).toEqual(['RSI', 'Moon phase']);
  });
});
