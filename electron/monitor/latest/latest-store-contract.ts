import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { CandleRangeKey, DatedCandles, LatestStore } from './latest-store.ts';
import type { QuoteState } from './quote-state.ts';

export const AT = Date.UTC(2026, 0, 5, 12);

export const tickOf = (coinId: string, observedAt: number, more: Partial<Tick> = {}): Tick => ({
  coinId,
  vsCurrency: 'usd',
  observedAt,
  price: 100 + (observedAt % 1_000),
  volume24h: null,
  amount: null,
  marketCap: null,
  change24hPct: null,
  source: 'coingecko',
  ...more,
});

export const quoteOf = (tick: Tick, reference: Tick | null = null): QuoteState => ({
  tick,
  reference,
  recent: [[tick.observedAt, tick.price]],
});

export const rangeOf = (more: Partial<CandleRangeKey> = {}): CandleRangeKey => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  interval: '1m',
  limit: 500,
  lastStart: AT,
  volumeKind: null,
  ...more,
});

export const candlesOf = (asOf: number, close: number): DatedCandles => ({
  asOf,
  series: {
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    interval: '1m',
    volumeKind: null,
    sources: [],
    candles: [{ start: AT, open: 1, high: close, low: 1, close, volume: null, tickCount: 2 }],
  },
});

export type OpenStore = (options: {
  readonly now: () => number;
  /** The default if absent. */
  readonly candlesKeptMs?: number;
}) => Promise<LatestStore>;

/**
 * The contract of every store. The stores that `open` returns share their data if `isShared`.
 *
 * @param passMs lets this much time pass, in real time or by the store's clock
 */
export function testLatestStore(
  name: string,
  {
    open,
    reset,
    passMs,
  }: {
    readonly open: OpenStore;
    readonly reset: () => Promise<void>;
    readonly passMs: (ms: number) => Promise<void>;
  },
): void {
  describe(`the store of the latest quotes, ${name}`, () => {
    let store: LatestStore;
    beforeEach(async () => {
      await reset();
      store = await open({ now: () => AT });
    });
    afterEach(() => store.close());

    it('returns the stored quotes of a currency', async () => {
      const quote = quoteOf(
        tickOf('bitcoin', AT, { source: 'kraken', amount: 2 }),
        tickOf('bitcoin', AT - 5),
      );
      await store.keepQuotes('usd', [{ coinId: 'bitcoin', state: quote }]);
      expect(await store.quotes('usd', ['bitcoin', 'zcash'])).toEqual(new Map([['bitcoin', quote]]));
      expect(await store.quotes('eur', ['bitcoin'])).toEqual(new Map());
    });

    it('stores the shown price and that of the reference source independently, each only if newer', async () => {
      const keep = (state: QuoteState) => store.keepQuotes('usd', [{ coinId: 'bitcoin', state }]);
      await keep(quoteOf(tickOf('bitcoin', AT), tickOf('bitcoin', AT - 100)));
      await keep(quoteOf(tickOf('bitcoin', AT - 50), tickOf('bitcoin', AT - 20)));
      const found = (await store.quotes('usd', ['bitcoin'])).get('bitcoin');
      expect([found?.tick?.observedAt, found?.reference?.observedAt]).toEqual([AT, AT - 20]);
      expect(found?.recent).toEqual([[AT, found?.tick?.price]]);
    });

    it('never returns a quote that is older than the newest stored one, in whatever order they are stored', async () => {
      const offers = fc.array(
        fc.record({ coinId: fc.constantFrom('bitcoin', 'zcash'), at: fc.integer({ min: AT - 50, max: AT }) }),
        { minLength: 1, maxLength: 12 },
      );
      await fc.assert(
        fc.asyncProperty(offers, async (offered) => {
          await reset();
          const own = await open({ now: () => AT });
          try {
            // Concurrently, as several processes would.
            await Promise.all(
              offered.map(({ coinId, at }) =>
                own.keepQuotes('usd', [{ coinId, state: quoteOf(tickOf(coinId, at)) }]),
              ),
            );
            const found = await own.quotes('usd', ['bitcoin', 'zcash']);
            for (const coinId of ['bitcoin', 'zcash']) {
              const times = offered.filter((one) => one.coinId === coinId).map(({ at }) => at);
              expect(found.get(coinId)?.tick?.observedAt ?? null).toBe(
                times.length === 0 ? null : Math.max(...times),
              );
            }
          } finally {
            await own.close();
          }
        }),
        { numRuns: 30 },
      );
    });

    it('ignores a quote with an implausible future time', async () => {
      await store.keepQuotes('usd', [
        { coinId: 'bitcoin', state: quoteOf(tickOf('bitcoin', AT + 3_600_000)) },
      ]);
      expect(await store.quotes('usd', ['bitcoin'])).toEqual(new Map());
    });

    it('returns candles only for exactly the range that was stored', async () => {
      await store.keepCandles(rangeOf(), candlesOf(AT, 5));
      expect(await store.candles(rangeOf())).toEqual(candlesOf(AT, 5));
      for (const other of [
        { coinId: 'zcash' },
        { vsCurrency: 'eur' },
        { interval: '5m' as const },
        { limit: 499 },
        { lastStart: AT - 60_000 },
        { volumeKind: 'traded' as const },
      ])
        expect(await store.candles(rangeOf(other))).toBeNull();
    });

    it('lets candles expire', async () => {
      const brief = await open({ now: () => AT, candlesKeptMs: 40 });
      await brief.keepCandles(rangeOf(), candlesOf(AT, 5));
      await passMs(40);
      expect(await brief.candles(rangeOf())).toBeNull();
      await brief.close();
    });

    it('shares one token: the first that was offered', async () => {
      expect(await store.sharedToken('first')).toBe('first');
      expect(await store.sharedToken('second')).toBe('first');
    });
  });
}
