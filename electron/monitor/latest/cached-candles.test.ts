import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandleSeries } from '../../../shared/domain/candle-series.ts';
import { cacheCandles } from './cached-candles.ts';
import { AT } from './latest-store-contract.ts';
import { createMemoryLatestStore } from './memory-latest-store.ts';

const MINUTE_MS = 60_000;

/** A database that stores the given ticks, each in a different minute. */
function start() {
  let stored: readonly number[] = [];
  let seen: number | null = null;
  let reads = 0;
  const query = { coinId: 'bitcoin', vsCurrency: 'usd', interval: '1m' as const, limit: 10 };
  const candles = cacheCandles({
    store: createMemoryLatestStore({ now: () => AT, realNow: () => 0 }),
    async read({ before, ...of }): Promise<CandleSeries> {
      reads += 1;
      const starts = stored.filter((at) => at < before);
      return {
        ...of,
        volumeKind: null,
        sources: [],
        candles: starts.map((at) => ({
          start: at,
          open: 1,
          high: 1,
          low: 1,
          close: 1,
          volume: null,
          tickCount: 1,
        })),
      };
    },
    newestStored: async () => (stored.length === 0 ? null : Math.max(...stored)),
    newestSeen: () => seen,
  });
  return {
    see: (at: number) => {
      seen = Math.max(seen ?? 0, at);
    },
    store: (at: number) => {
      stored = [...stored, at];
    },
    read: async (before = AT + 60 * MINUTE_MS) =>
      (await candles({ ...query, before })).candles.map(({ start: at }) => at),
    reads: () => reads,
  };
}

describe('cached candles', () => {
  it('are not read again until there is a newer tick', async () => {
    const { see, store, read, reads } = start();
    see(AT);
    store(AT);
    expect(await read()).toEqual([AT]);
    expect(await read()).toEqual([AT]);
    expect(reads()).toBe(1);
    see(AT + MINUTE_MS);
    store(AT + MINUTE_MS);
    expect(await read()).toEqual([AT, AT + MINUTE_MS]);
    expect(reads()).toBe(2);
  });

  it('are not cached while a seen tick is not stored yet', async () => {
    const { see, store, read } = start();
    store(AT);
    see(AT + MINUTE_MS);
    expect(await read()).toEqual([AT]);
    store(AT + MINUTE_MS);
    expect(await read()).toEqual([AT, AT + MINUTE_MS]);
  });

  it('are read once for concurrent requests', async () => {
    const { see, store, read, reads } = start();
    see(AT);
    store(AT);
    await Promise.all([read(), read(), read()]);
    expect(reads()).toBe(1);
  });

  it('include every tick that was seen and is stored, for any order of events', async () => {
    const step = fc.record({
      what: fc.constantFrom('see', 'store', 'read'),
      at: fc.integer({ min: 0, max: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const market = start();
        const [seen, stored] = [new Set<number>(), new Set<number>()];
        for (const { what, at } of steps) {
          const time = AT + at * MINUTE_MS;
          if (what === 'see') {
            market.see(time);
            seen.add(time);
          } else if (what === 'store' && time > Math.max(0, ...stored)) {
            // Ordered by time, as in the log.
            market.store(time);
            stored.add(time);
          } else if (what === 'read') {
            const found = await market.read();
            const newestSeen = Math.max(0, ...seen);
            for (const each of stored) if (each <= newestSeen) expect(found).toContain(each);
          }
        }
      }),
    );
  });
});
