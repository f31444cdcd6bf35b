import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Trade } from './trade.ts';
import { createTradeTicks } from './trade-ticks.ts';

const OF = { coinId: 'bitcoin', vsCurrency: 'usd', source: 'kraken' };
const AT = Date.UTC(2026, 0, 5, 12);

const trade = (id: number, at: number, price = 100): Trade => ({ id: String(id), at, price, amount: 1 });

describe('the ticks of trades', () => {
  it('are one per trade, even for trades of one millisecond', () => {
    const ticks = createTradeTicks(OF).ticksFor([
      trade(1, AT, 10),
      trade(2, AT, 11),
      trade(3, AT, 9),
      trade(4, AT + 1, 10),
    ]);
    expect(ticks.map(({ observedAt, price }) => [observedAt - AT, price])).toEqual([
      [0, 10],
      [1, 11],
      [2, 9],
      [3, 10],
    ]);
  });

  it('have the traded amount, or null when the exchange does not report it', () => {
    const trades = [1, 2, 3].map((id) => trade(id, AT));
    const amounts = [0.25, null, 0];
    const ticks = createTradeTicks(OF).ticksFor(
      trades.map((one, index) => ({ ...one, amount: amounts[index] ?? null })),
    );
    expect(ticks.map(({ amount }) => amount)).toEqual(amounts);
    expect(ticks.every(({ volume24h }) => volume24h === null)).toBe(true);
  });

  it('are made once, however often a trade arrives', () => {
    const trades = createTradeTicks(OF);
    expect(trades.ticksFor([trade(1, AT), trade(2, AT + 5)])).toHaveLength(2);
    expect(
      trades.ticksFor([trade(1, AT), trade(2, AT + 5), trade(3, AT + 9)]).map((t) => t.observedAt - AT),
    ).toEqual([9]);
    expect(trades.newest()?.at).toBe(AT + 9);
  });

  it('deduplicate trades without an id by their content', () => {
    const trades = createTradeTicks(OF);
    const withoutId = { ...trade(1, AT), id: null };
    expect(trades.ticksFor([withoutId, { ...withoutId, amount: 2 }])).toHaveLength(2);
    expect(trades.ticksFor([withoutId])).toHaveLength(0);
  });

  it('keep the time of a late trade', () => {
    const trades = createTradeTicks(OF);
    trades.ticksFor([trade(1, AT), trade(3, AT + 60_000)]);
    expect(trades.ticksFor([trade(2, AT), trade(4, AT + 30_000)]).map((t) => t.observedAt - AT)).toEqual([
      1, 30_000,
    ]);
    expect(trades.newest()?.at).toBe(AT + 60_000);
  });

  it('never share a millisecond and are at most a second off, for any order of arrival', () => {
    const anyTrades = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 });
    fc.assert(
      fc.property(anyTrades, (offsets) => {
        const trades = createTradeTicks(OF);
        const ticks = offsets.flatMap((offset, index) =>
          trades.ticksFor([trade(index, AT + offset)]).map((tick) => ({ tick, offset })),
        );
        expect(ticks).toHaveLength(offsets.length);
        expect(new Set(ticks.map(({ tick }) => tick.observedAt)).size).toBe(offsets.length);
        for (const { tick, offset } of ticks) {
          const shift = tick.observedAt - AT - offset;
          expect(shift).toBeGreaterThanOrEqual(0);
          expect(shift).toBeLessThanOrEqual(1_000);
        }
      }),
    );
  });

  it('stay within a second of the time when more than a thousand trades a second arrive', () => {
    const trades = createTradeTicks(OF);
    const ticks = trades.ticksFor(Array.from({ length: 5_000 }, (_, index) => trade(index, AT)));
    expect(ticks).toHaveLength(1_001);
    expect(ticks.at(-1)?.observedAt).toBe(AT + 1_000);
  });
});
