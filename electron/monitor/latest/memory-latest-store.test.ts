import { expect, it } from 'vitest';
import { AT, candlesOf, rangeOf, testLatestStore } from './latest-store-contract.ts';
import { createMemoryLatestStore } from './memory-latest-store.ts';

let realNow = 0;

testLatestStore('in memory', {
  open: async (options) => createMemoryLatestStore({ ...options, realNow: () => realNow }),
  reset: async () => undefined,
  passMs: async (ms) => {
    realNow += ms;
  },
});

it('keeps the most recently used ranges, up to the limit', async () => {
  const store = createMemoryLatestStore({ now: () => AT, realNow: () => 0 });
  const range = (limit: number) => rangeOf({ limit });
  for (let limit = 1; limit <= 400; limit++) await store.keepCandles(range(limit), candlesOf(AT, 5));
  expect(await store.candles(range(1))).not.toBeNull();
  await store.keepCandles(range(401), candlesOf(AT, 5));
  expect(await store.candles(range(1))).not.toBeNull();
  expect(await store.candles(range(2))).toBeNull();
});
