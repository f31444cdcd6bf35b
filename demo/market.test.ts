import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMarket, type Market } from './market.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const bitcoinOf = (market: Market) => {
  const coin = market.find('bitcoin');
  if (coin === undefined) throw new Error('there is no bitcoin in the market');
  return coin;
};

function logReturns(market: Market, stepMs: number, count: number): number[] {
  const bitcoin = bitcoinOf(market);
  return Array.from({ length: count }, (_, step) => {
    const at = NOW - (count - step) * stepMs;
    return Math.log(market.priceUsd(bitcoin, at + stepMs) / market.priceUsd(bitcoin, at));
  });
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
};

describe('the simulated market', () => {
  it('is the same for the same seed and instant, in any order of access', () => {
    const market = createMarket({ seed: '7' });
    const bitcoin = bitcoinOf(market);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: NOW - 400 * DAY_MS, max: NOW + 400 * DAY_MS })), (instants) => {
        const forwards = instants.map((at) => market.priceUsd(bitcoin, at));
        const again = createMarket({ seed: '7' });
        const backwards = instants.toReversed().map((at) => again.priceUsd(bitcoinOf(again), at));
        expect(backwards.toReversed()).toEqual(forwards);
      }),
      { numRuns: 20 },
    );
  });

  it('differs for another seed', () => {
    const prices = ['1', '2', '3'].map((seed) => {
      const market = createMarket({ seed });
      return market.priceUsd(bitcoinOf(market), NOW);
    });
    expect(new Set(prices).size).toBe(3);
  });

  it('keeps prices between a fifth and five times their initial level for years', () => {
    const market = createMarket({ seed: '3' });
    for (const coin of market.coins) {
      for (let week = -104; week < 520; week++) {
        const ratio = market.priceUsd(coin, NOW + week * 7 * DAY_MS) / coin.priceUsd;
        expect(ratio).toBeGreaterThan(0.2);
        expect(ratio).toBeLessThan(5);
      }
    }
  });

  it('is continuous: prices move by less than 0.4% within a second', () => {
    const changes = logReturns(createMarket({ seed: '5', jumpsPerDay: 0 }), 1_000, 5_000);
    expect(Math.max(...changes.map(Math.abs))).toBeLessThan(0.004);
  });

  it('has a deviation that grows with the square root of time, as a random walk does', () => {
    const market = createMarket({ seed: '11', jumpsPerDay: 0 });
    const daily = deviation(logReturns(market, DAY_MS, 400));
    const hourly = deviation(logReturns(market, 3_600_000, 4_000));
    expect(daily).toBeGreaterThan(0.01);
    expect(daily).toBeLessThan(0.04);
    expect(daily / hourly).toBeGreaterThan(Math.sqrt(24) * 0.75);
    expect(daily / hourly).toBeLessThan(Math.sqrt(24) * 1.33);
  });

  it('has volatility clusters: large moves follow large moves', () => {
    const sizes = logReturns(createMarket({ seed: '13', jumpsPerDay: 0 }), 5 * MINUTE_MS, 6_000).map(
      Math.abs,
    );
    const centre = mean(sizes);
    const products = sizes.slice(1).map((size, at) => (size - centre) * ((sizes[at] ?? 0) - centre));
    expect(mean(products) / deviation(sizes) ** 2).toBeGreaterThan(0.1);
  });

  it('jumps by 2% or more within a minute about as often as configured', () => {
    const minutes = 30 * 24 * 60;
    const jumps = logReturns(createMarket({ seed: '17', jumpsPerDay: 3 }), MINUTE_MS, minutes);
    const large = jumps.filter((change) => Math.abs(change) > 0.018).length;
    expect(large).toBeGreaterThan(45);
    expect(large).toBeLessThan(150);
  });

  it('returns the quote of the last update, which is not in the future and less than one step old', () => {
    const market = createMarket({ seed: '1' });
    fc.assert(
      fc.property(
        fc.integer({ min: NOW - DAY_MS, max: NOW }),
        fc.constantFrom(...market.coins),
        fc.constantFrom(1_000, 10_000, 60_000),
        (at, coin, updateMs) => {
          const quote = market.quote(coin, at, updateMs);
          expect(quote.lastUpdatedAt).toBeLessThanOrEqual(at);
          expect(quote.lastUpdatedAt).toBeGreaterThan(at - updateMs);
          expect(quote.lastUpdatedAt % 1_000).toBe(0);
          expect(quote.priceUsd).toBe(market.priceUsd(coin, quote.lastUpdatedAt));
          expect(quote.marketCapUsd).toBeCloseTo(quote.priceUsd * coin.supply, 3);
        },
      ),
    );
  });

  it('keeps pegged coins near a dollar', () => {
    const market = createMarket({ seed: '19' });
    const tether = market.coins.find((coin) => coin.id === 'tether');
    if (tether === undefined) throw new Error('there is no tether in the market');
    for (let hour = 0; hour < 2_000; hour++) {
      expect(Math.abs(market.priceUsd(tether, NOW - hour * 3_600_000) - 1)).toBeLessThan(0.01);
    }
  });
});
