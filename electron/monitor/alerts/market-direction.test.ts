import { describe, expect, it } from 'vitest';
import { ruleOf as completeRule } from '../../../shared/domain/rule.ts';
import { directionsOf } from './bound-rule.ts';
import { marketDirection } from './market-direction.ts';
import { AT, alertsOf, MINUTE_MS, tickAt } from './rules/market-fixture.ts';
import { RULE_KINDS } from './rules/registry.ts';

const move = { id: 'move', kind: 'change', params: { changePct: 2, withinMinutes: 60 } };
const spread = { id: 'spread', kind: 'spread', params: { sources: ['kraken', 'coinbase'] } };
const volume = { id: 'volume', kind: 'volume', params: {} };
const both = (...rules: readonly string[]) => ({ id: 'both', kind: 'combination', params: { rules } });
const nested = { id: 'nested', kind: 'combination', params: { rules: ['both', 'move'] } };

type Given = Pick<typeof move, 'id' | 'kind'> & { readonly params: object };
const up = (rule: Given, rules: readonly Given[] = []) =>
  marketDirection(
    { rule: rule.id, kind: rule.kind, params: completeRule(rule as never).params, direction: 'up' },
    rules.map((one) => completeRule(one as never)),
  );

describe('the direction of the market in an alert', () => {
  it('is that of the alert for the kinds that report the price, by their own declaration', () => {
    const kinds = [...RULE_KINDS.values()];
    const directions = Object.fromEntries(
      kinds.map((kind) => [kind.id, kind.isOfPrice === false ? [] : directionsOf(kind)]),
    );
    const either = ['up', 'down'];
    expect(directions).toEqual({
      'moving-average': either,
      change: either,
      level: either,
      'high-low': either,
      drawdown: ['down'],
      'unusual-move': either,
      rsi: either,
      macd: either,
      bollinger: either,
      volatility: [],
      volume: [],
      'no-data': [],
      spread: [],
      combination: either,
    });
  });

  it('is null for a spread, and for a combination that refers to one, directly or through others', () => {
    expect(up(move)).toBe('up');
    expect(up(spread)).toBeNull();
    expect(up(both('move', 'volume'), [move, volume])).toBe('up');
    expect(up(both('move', 'spread'), [move, spread])).toBeNull();
    expect(up(nested, [move, spread, both('move', 'spread')])).toBeNull();
    expect(up(nested, [move, volume, both('move', 'volume')])).toBe('up');
  });

  it('is null for a spread alert of the engine, although the alert has a direction', () => {
    const raised = alertsOf(completeRule(spread), [
      tickAt(AT, 100, { source: 'coinbase' }),
      tickAt(AT, 105, { source: 'kraken' }),
      tickAt(AT + MINUTE_MS, 105, { source: 'kraken' }),
    ]);
    expect(raised).toMatchObject([{ kind: 'spread', direction: 'up' }]);
    expect(raised.map((alert) => marketDirection(alert, []))).toEqual([null]);
  });
});
