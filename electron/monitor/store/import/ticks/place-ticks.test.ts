import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeTicks, type StoredTick } from './place-ticks.ts';
import type { StagedTick } from './staged-ticks.ts';

const START = Date.UTC(2026, 0, 1) * 1_000;
const LENGTH_US = 1_000;

/** Trades of one millisecond with few different prices and amounts, so that many are equal. */
const trade = fc.record({
  at: fc.constantFrom(0, 0, 0, 1, 500, 999).map((us) => START + us),
  price: fc.constantFrom(100, 100.5),
  amount: fc.constantFrom(1, 2, null),
});

const staged = (trades: readonly StoredTick[]): StagedTick[] =>
  trades.map((each, index) => ({
    ...each,
    line: index + 1,
    id: null,
    source: 0,
    volume24h: null,
    marketCap: null,
  }));

const storedOf = (placement: ReturnType<typeof placeTicks>): StoredTick[] =>
  placement.placed.map(({ at, tick }) => ({ at, price: tick.price, amount: tick.amount }));

/** The number of occurrences of each price and amount. */
function counts(ticks: readonly StoredTick[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const { price, amount } of ticks)
    found.set(`${price} ${amount}`, (found.get(`${price} ${amount}`) ?? 0) + 1);
  return found;
}

describe('assigning microseconds to the ticks of one millisecond', () => {
  it('assigns each a distinct microsecond, in order, and adds nothing when the ticks are repeated', () => {
    fc.assert(
      fc.property(fc.array(trade, { maxLength: 30 }), (trades) => {
        const ticks = staged(trades.toSorted((a, b) => a.at - b.at));
        const first = placeTicks(ticks, [], START, LENGTH_US);
        const times = first.placed.map(({ at }) => at);
        expect(new Set(times).size).toBe(times.length);
        expect(times.every((at) => at >= START && at < START + LENGTH_US)).toBe(true);
        const early = first.placed.filter(({ tick }) => tick.at < START + 999).map(({ at }) => at);
        expect(early).toEqual(early.toSorted((a, b) => a - b));
        // All trades count; equal prices without an amount count once.
        const prices = new Set(
          trades.filter(({ amount }) => amount === null).map(({ at, price }) => `${at} ${price}`),
        );
        const expected = trades.filter(({ amount }) => amount !== null).length + prices.size;
        expect(times).toHaveLength(expected);
        expect(first.repeated).toBe(trades.length - expected);

        const again = placeTicks(ticks, storedOf(first), START, LENGTH_US);
        expect(again).toMatchObject({ placed: [], crowded: [], repeated: trades.length });
      }),
    );
  });

  it('adds only missing ticks of an overlapping input, whichever is imported first', () => {
    fc.assert(
      fc.property(
        fc.array(trade, { maxLength: 20 }),
        fc.array(trade, { maxLength: 20 }),
        fc.array(trade, { maxLength: 20 }),
        (before, both, after) => {
          const [a, b] = [
            [...before, ...both],
            [...both, ...after],
          ].map((trades) =>
            staged(trades.filter(({ amount }) => amount !== null).sort((x, y) => x.at - y.at)),
          );
          const stored = storedOf(placeTicks(a ?? [], [], START, LENGTH_US));
          const all = [...stored, ...storedOf(placeTicks(b ?? [], stored, START, LENGTH_US))];
          const [ofA, ofB, found] = [counts(a ?? []), counts(b ?? []), counts(all)];
          for (const key of new Set([...ofA.keys(), ...ofB.keys()]))
            expect(found.get(key)).toBe(Math.max(ofA.get(key) ?? 0, ofB.get(key) ?? 0));
          expect(new Set(all.map(({ at }) => at)).size).toBe(all.length);
        },
      ),
    );
  });

  it('accepts a trade number once, and returns the trades for which no microsecond is left', () => {
    const numbered = staged(Array.from({ length: 4 }, () => ({ at: START, price: 100, amount: 1 }))).map(
      (tick, index) => ({ ...tick, id: index < 2 ? 7 : index }),
    );
    expect(placeTicks(numbered, [], START, LENGTH_US)).toMatchObject({
      repeated: 1,
      placed: [{ at: START }, { at: START + 1 }, { at: START + 2 }],
    });
    const many = staged(
      Array.from({ length: 1_001 }, (_, index) => ({ at: START + 600, price: 100, amount: index })),
    );
    const placement = placeTicks(many, [], START, LENGTH_US);
    expect(placement.placed).toHaveLength(1_000);
    expect(placement.crowded.map(({ line }) => line)).toEqual([1_001]);
  });
});
