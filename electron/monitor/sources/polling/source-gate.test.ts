import { describe, expect, it } from 'vitest';
import { silentLog } from '../../logging/logger.ts';
import { virtualClock } from '../../time/clock.ts';
import type { PriceBatch, PriceSource } from '../price-source.ts';
import { createFeed } from './poller.ts';
import { createSourceGate } from './source-gate.ts';

const EMPTY: PriceBatch = { ticks: [], missing: [], rejected: [], simulated: false };
const REQUEST = { coins: ['bitcoin'], vsCurrency: 'usd' };

function countingSource(): PriceSource & { asked(): number } {
  let count = 0;
  return {
    name: 'counting',
    asked: () => count,
    async fetchPrices() {
      count += 1;
      return EMPTY;
    },
  };
}

describe('a gate before a source', () => {
  it('holds requests back while it is closed and lets them through when it opens', async () => {
    const inner = countingSource();
    const gate = createSourceGate(inner);
    gate.close();
    const answer = gate.source.fetchPrices(REQUEST, new AbortController().signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect(inner.asked()).toBe(0);
    gate.open();
    expect(await answer).toBe(EMPTY);
    expect(inner.asked()).toBe(1);
  });

  it('lets go of a request that is given up while it waits', async () => {
    const inner = countingSource();
    const gate = createSourceGate(inner);
    gate.close();
    const giveUp = new AbortController();
    const answer = gate.source.fetchPrices(REQUEST, giveUp.signal);
    giveUp.abort(new Error('given up'));
    await expect(answer).rejects.toThrow('given up');
    expect(inner.asked()).toBe(0);
  });

  it('makes a feed rest for hours, and ask once when they are over', async () => {
    const clock = virtualClock(Date.UTC(2026, 0, 1));
    const inner = countingSource();
    const gate = createSourceGate(inner);
    const feed = createFeed({
      source: gate.source,
      clock,
      random: () => 0.5,
      log: silentLog,
      listener: { onTicks: () => undefined, onState: () => undefined, onBatch: () => undefined },
      request: REQUEST,
      pollMs: () => 60_000,
    });
    feed.start();
    await clock.advance(90_000);
    expect(inner.asked()).toBe(2);
    gate.close();
    await clock.advance(8 * 3_600_000);
    expect(inner.asked()).toBe(2);
    gate.open();
    feed.change(REQUEST);
    await clock.advance(50_000);
    expect(inner.asked()).toBe(3);
    await feed.stop();
  });
});
