import { describe, expect, it } from 'vitest';
import type { PastCandle } from '../../../shared/domain/past-candle.ts';
import { movingAverageRule, ruleOf } from '../alerts/rule-fixture.ts';
import { createRuleHolding } from './rule-holding.ts';

const MINUTE_MS = 60_000;
const NOW = Date.UTC(2026, 0, 31);

/** Markets at 100 until their last minutes; nothing is stored for zcash. */
const LAST: Readonly<Record<string, number>> = { bitcoin: 103, ethereum: 96, litecoin: 101 };
const holding = createRuleHolding({
  rules: () => [],
  async read({ coinId, from, to }) {
    const last = LAST[coinId];
    if (last === undefined) return [];
    return Array.from({ length: (to - from) / MINUTE_MS }, (_, index): PastCandle => {
      const start = from + index * MINUTE_MS;
      const price = start >= NOW - MINUTE_MS ? last : 100;
      const prices = { open: price, high: price, low: price, close: price };
      return { start, lengthMs: MINUTE_MS, ...prices, volume: null, tickCount: 1 };
    });
  },
  vsCurrency: () => 'usd',
  now: () => NOW,
});
const COINS = [...Object.keys(LAST), 'zcash'];

describe('the coins for which a condition holds', () => {
  it('are returned with their sides, without coins that have no stored prices', async () => {
    expect(await holding.holding('a', movingAverageRule(2), COINS)).toEqual([
      { coinId: 'bitcoin', side: 'up' },
      { coinId: 'ethereum', side: 'down' },
    ]);
    expect(await holding.holding('a', movingAverageRule(2), ['zcash'])).toEqual([]);
  });

  it('include the side of the newest price for a level, whether crossed or not', async () => {
    expect(await holding.holding('a', ruleOf('level', { level: 90 }), ['bitcoin'])).toEqual([
      { coinId: 'bitcoin', side: 'up' },
    ]);
    expect(await holding.holding('a', ruleOf('level', { level: 110 }), ['bitcoin'])).toEqual([
      { coinId: 'bitcoin', side: 'down' },
    ]);
  });
});
