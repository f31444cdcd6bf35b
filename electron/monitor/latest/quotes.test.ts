import { describe, expect, it } from 'vitest';
import type { Tick } from '../../../shared/domain/tick.ts';
import { createQuotes } from './quotes.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const SECOND_MS = 1_000;

const polled = (afterMs: number, price: number): Tick => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  observedAt: AT + afterMs,
  price,
  volume24h: 1e9,
  amount: null,
  marketCap: 1e12,
  change24hPct: 1,
  source: 'coingecko',
});
const traded = (afterMs: number, price: number): Tick => ({
  ...polled(afterMs, price),
  volume24h: null,
  amount: 0.5,
  marketCap: null,
  change24hPct: null,
  source: 'kraken',
});

function quoteAfter(...ticks: readonly Tick[]) {
  const quotes = createQuotes(['bitcoin'], 'usd');
  for (const tick of ticks) quotes.update(tick, null);
  return quotes.list()[0];
}

describe('a quote', () => {
  it('shows a recent trade rather than a polled price, with the figures of the poll', () => {
    const quote = quoteAfter(polled(0, 100), traded(1_000, 101), polled(30 * SECOND_MS, 102));
    expect(quote).toMatchObject({
      price: 101,
      source: 'kraken',
      marketCap: 1e12,
      volume24h: 1e9,
      change24hPct: 1,
    });
  });

  it('shows the polled price after a minute without a trade', () => {
    const quote = quoteAfter(traded(0, 101), polled(61 * SECOND_MS, 102));
    expect(quote).toMatchObject({ price: 102, source: 'coingecko' });
    expect(
      quoteAfter(traded(0, 101), polled(61 * SECOND_MS, 102), traded(62 * SECOND_MS, 103)),
    ).toMatchObject({
      price: 103,
      source: 'kraken',
    });
  });

  it('shows and counts the trades of one of two exchanges of a coin, and of the other when the first has none', () => {
    const elsewhere = (afterMs: number, price: number): Tick => ({
      ...traded(afterMs, price),
      source: 'coinbase',
    });
    const quotes = createQuotes(['bitcoin'], 'usd');
    for (const tick of [traded(0, 101), elsewhere(1_000, 99), traded(2_000, 102), elsewhere(3_000, 99)]) {
      quotes.count(tick);
      quotes.update(tick, null);
    }
    expect(quotes.list()[0]).toMatchObject({ price: 102, source: 'kraken', tradedTotal: 1 });
    quotes.count(elsewhere(63 * SECOND_MS, 98));
    quotes.update(elsewhere(63 * SECOND_MS, 98), null);
    expect(quotes.list()[0]).toMatchObject({ price: 98, source: 'coinbase', tradedTotal: 1.5 });
  });

  it('is not replaced by a late price', () => {
    expect(quoteAfter(traded(5_000, 101), traded(4_000, 99), polled(0, 98))).toMatchObject({ price: 101 });
  });

  it('keeps sixty points that are five seconds apart, the last of them the newest price', () => {
    const trades = Array.from({ length: 10_000 }, (_, index) => traded(index * 100, 100 + index));
    const recent = quoteAfter(...trades)?.recent ?? [];
    expect(recent).toHaveLength(60);
    expect(recent.at(-1)?.[1]).toBe(10_099);
    for (const [index, [at]] of recent.slice(1).entries()) {
      expect(at - (recent[index]?.[0] ?? 0)).toBe(5 * SECOND_MS);
    }
  });

  it('counts the traded volume, including trades that are not shown, and not that of other coins or currencies', () => {
    const quotes = createQuotes(['bitcoin'], 'usd');
    const total = () => quotes.list()[0]?.tradedTotal;
    quotes.count(polled(0, 100));
    expect(total()).toBeNull();
    quotes.count(traded(5_000, 101));
    quotes.count(traded(1_000, 99));
    quotes.count({ ...traded(6_000, 101), coinId: 'zcash' });
    quotes.count({ ...traded(6_000, 101), vsCurrency: 'eur' });
    quotes.count({ ...traded(6_000, 101), amount: null });
    expect(total()).toBe(1);
    expect(quotes.list()[0]?.price).toBeNull();
  });

  it('does not count trades that are more than a minute late', () => {
    const quotes = createQuotes(['bitcoin'], 'usd');
    for (const after of [300, 240, 239, 301]) quotes.count(traded(after * SECOND_MS, 100));
    expect(quotes.list()[0]?.tradedTotal).toBe(1.5);
  });
});
