import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { createSeenTicks } from './deduplicate-ticks.ts';

const tick = (observedAt: number, changes: Partial<Tick> = {}): Tick => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  observedAt,
  price: 100,
  volume24h: null,
  amount: null,
  marketCap: null,
  change24hPct: null,
  source: 'coingecko',
  ...changes,
});

describe('ticks that were seen', () => {
  it('are not new again, also when the side figures differ', () => {
    const seen = createSeenTicks();
    expect(seen.takeNew([tick(1)])).toHaveLength(1);
    expect(seen.takeNew([tick(1, { volume24h: 5 })])).toEqual([]);
  });

  it('are told apart by coin, currency, source and time', () => {
    const seen = createSeenTicks();
    seen.takeNew([tick(2)]);
    const others = [
      tick(2, { coinId: 'zcash' }),
      tick(2, { vsCurrency: 'eur' }),
      tick(2, { source: 'kraken' }),
      tick(3),
    ];
    expect(seen.takeNew(others)).toEqual(others);
  });

  it('let an older one through that was not seen', () => {
    const seen = createSeenTicks();
    seen.takeNew([tick(10)]);
    expect(seen.takeNew([tick(5)])).toHaveLength(1);
    expect(seen.takeNew([tick(5), tick(10)])).toEqual([]);
  });

  it('are remembered for as long as they are served, however many others come between', () => {
    const seen = createSeenTicks();
    seen.takeNew([tick(1)]);
    for (let at = 2; at < 1_000; at++) expect(seen.takeNew([tick(at), tick(1)])).toEqual([tick(at)]);
  });

  it('are forgotten with their coin', () => {
    const seen = createSeenTicks();
    seen.takeNew([tick(1), tick(1, { coinId: 'zcash' })]);
    seen.keepOnly(['zcash'], 'usd');
    expect(seen.takeNew([tick(1), tick(1, { coinId: 'zcash' })])).toEqual([tick(1)]);
  });

  it('are passed on exactly once, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (times) => {
        const seen = createSeenTicks();
        const passedOn = times.flatMap((at) => seen.takeNew([tick(at)]).map((each) => each.observedAt));
        expect(passedOn).toEqual([...new Set(times)]);
      }),
    );
  });
});
