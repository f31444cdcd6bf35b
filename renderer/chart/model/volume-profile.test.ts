import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measure } from './measure.ts';
import { volumeProfile } from './volume-profile.ts';

const candle = (index: number, low: number, high: number, volume: number | null) => ({
  start: index * 60_000,
  open: low,
  high,
  low,
  close: high,
  volume,
  tickCount: 1,
});

describe('volumeProfile', () => {
  it('loses nothing that was traded within the domain', () => {
    const price = fc.double({ min: 10, max: 90, noNaN: true });
    const volume = fc.double({ min: 0, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(price, price, volume), { maxLength: 50 }),
        fc.integer({ min: 1, max: 80 }),
        (rows, parts) => {
          const candles = rows.map(([a, b, traded], index) =>
            candle(index, Math.min(a, b), Math.max(a, b), traded),
          );
          const total = candles.reduce((sum, one) => sum + (one.volume ?? 0), 0);
          const profile = volumeProfile(candles, 0, candles.length, [10, 90.001], parts);
          expect(profile.reduce((sum, one) => sum + one, 0)).toBeCloseTo(total, 4);
        },
      ),
    );
  });

  it('spreads a candle evenly between its low and its high', () => {
    expect([...volumeProfile([candle(0, 10, 30, 8)], 0, 1, [0, 40], 4)]).toEqual([0, 4, 4, 0]);
  });
});

describe('measure', () => {
  const candles = [candle(0, 1, 2, 5), candle(1, 1, 2, 7), candle(2, 1, 2, null), candle(3, 1, 2, 11)];

  it('returns the change, the candles, the time and the traded volume', () => {
    const found = measure({ at: 60_000, price: 100 }, { at: 240_000, price: 110 }, candles, 60_000, true);
    expect(found).toEqual({ change: 10, changePct: expect.closeTo(10, 9), bars: 3, ms: 180_000, volume: 18 });
  });

  it('is negative in reverse, with the same volume', () => {
    const found = measure({ at: 240_000, price: 110 }, { at: 60_000, price: 99 }, candles, 60_000, true);
    expect(found).toMatchObject({ change: -11, bars: -3, volume: 18 });
  });

  it('does not add up rolling volumes', () => {
    expect(measure({ at: 0, price: 1 }, { at: 240_000, price: 1 }, candles, 60_000, false).volume).toBeNull();
  });
});
