import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PricePool } from './price-pool.ts';
import { PriceWindow } from './price-window.ts';

describe('price window', () => {
  it('agrees with recomputing the mean of the prices in the window, whatever their times and sizes', () => {
    const price = fc.double({ min: 1e-9, max: 1e6, noNaN: true });
    const step = fc.record({ afterMs: fc.integer({ min: 0, max: 90_000 }), price });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 300 }),
        fc.integer({ min: 1, max: 300_000 }),
        (steps, windowMs) => {
          const window = new PriceWindow(new PricePool());
          const all: { at: number; price: number }[] = [];
          let at = 1_700_000_000_000;
          for (const next of steps) {
            at += next.afterMs;
            window.forgetBefore(at - windowMs);
            const kept = all.filter((one) => one.at >= at - windowMs);
            expect(window.count).toBe(kept.length);
            const mean = kept.reduce((sum, one) => sum + one.price, 0) / kept.length;
            if (kept.length > 0) expect(Math.abs(window.mean / mean - 1)).toBeLessThan(1e-6);
            expect(window.spanMs).toBe(kept.length < 2 ? 0 : (kept.at(-1)?.at ?? 0) - (kept[0]?.at ?? 0));
            window.add(at, next.price);
            all.push({ at, price: next.price });
          }
        },
      ),
    );
  });

  it('does not drift over weeks of prices that differ by fourteen orders of magnitude', () => {
    const window = new PriceWindow(new PricePool());
    // One price a second for four weeks; every other one is huge, so that a plain sum would lose the small ones.
    const seconds = 4 * 7 * 86_400;
    for (let second = 0; second < seconds; second++) {
      window.forgetBefore(second - 300);
      window.add(second, second % 2 === 0 ? 1e9 : 1e-5 * (1 + (second % 7)));
    }
    const last = Array.from({ length: 301 }, (_, index) => seconds - 301 + index);
    window.forgetBefore(seconds - 2);
    const small = last.slice(-2).map((second) => (second % 2 === 0 ? 1e9 : 1e-5 * (1 + (second % 7))));
    expect(window.count).toBe(2);
    expect(window.mean).toBe(((small[0] ?? 0) + (small[1] ?? 0)) / 2);
  });

  it('keeps windows apart that share their memory', () => {
    const pool = new PricePool();
    const coins = Array.from({ length: 50 }, (_, coin) => ({ coin, window: new PriceWindow(pool) }));
    for (let minute = 0; minute < 500; minute++) {
      // Coin by coin another length, so that blocks go back and forth between them.
      for (const { coin, window } of coins) {
        window.forgetBefore(minute - coin);
        window.add(minute, coin + 1);
      }
    }
    for (const { coin, window } of coins) {
      expect([window.count, window.mean, window.spanMs]).toEqual([coin + 1, coin + 1, coin]);
    }
  });

  it('has no mean when empty, and starts clean after it was emptied', () => {
    const window = new PriceWindow(new PricePool());
    expect(window.mean).toBeNaN();
    window.add(0, 1e15);
    window.add(1, 0.1);
    window.forgetBefore(10);
    window.add(20, 0.3);
    expect(window.mean).toBe(0.3);
  });
});
