import { describe, expect, it } from 'vitest';
import type { Tick } from '../../shared/domain.ts';
import type { AcceptedFetch } from './storage/storage.ts';
import { createWatch, type WatchConfig } from './watch.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const CONFIG: WatchConfig = {
  coins: ['bitcoin'],
  vsCurrency: 'usd',
  rule: { thresholdPct: 2, windowMs: 300_000 },
};

const trade = (afterMs: number): Tick => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  observedAt: AT + afterMs,
  price: 100 + afterMs,
  volume24h: null,
  amount: 0.5,
  marketCap: null,
  change24hPct: null,
  source: 'kraken',
});

describe('what was accepted before a start, or a change of settings', () => {
  it('gives prices, and is not counted as traded again', () => {
    const accepted: AcceptedFetch[] = [{ ticks: [trade(1), trade(2)], alerts: [] }];
    const watch = createWatch(
      CONFIG,
      () => accepted,
      () => AT + 10,
    );
    expect(watch.quotes()[0]).toMatchObject({ price: 102, tradedTotal: null });
    const news = [trade(3), trade(4)];
    watch.take(news);
    expect(watch.quotes()[0]).toMatchObject({ price: 104, tradedTotal: 1 });
    accepted.push({ ticks: news, alerts: [] });
    watch.rebuild(CONFIG);
    expect(watch.quotes()[0]).toMatchObject({ price: 104, tradedTotal: null });
  });
});
