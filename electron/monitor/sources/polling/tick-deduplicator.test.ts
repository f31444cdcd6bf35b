import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { tick as tickOf } from '../../log/log-fixture.ts';
import { createTickDeduplicator } from './tick-deduplicator.ts';

const tick = (observedAt: number, changes: Partial<Tick> = {}): Tick => ({
  ...tickOf('bitcoin', observedAt),
  ...changes,
});

describe('the tick deduplicator', () => {
  it('removes a repeat even when the secondary figures differ', () => {
    const deduplicator = createTickDeduplicator();
    expect(deduplicator.filterNew([tick(1)])).toHaveLength(1);
    expect(deduplicator.filterNew([tick(1, { volume24h: 5 })])).toEqual([]);
  });

  it('distinguishes ticks by coin, currency, source and time', () => {
    const deduplicator = createTickDeduplicator();
    deduplicator.filterNew([tick(2)]);
    const others = [
      tick(2, { coinId: 'zcash' }),
      tick(2, { vsCurrency: 'eur' }),
      tick(2, { source: 'kraken' }),
      tick(3),
    ];
    expect(deduplicator.filterNew(others)).toEqual(others);
  });

  it('passes on an older tick that is new', () => {
    const deduplicator = createTickDeduplicator();
    deduplicator.filterNew([tick(10)]);
    expect(deduplicator.filterNew([tick(5)])).toHaveLength(1);
    expect(deduplicator.filterNew([tick(5), tick(10)])).toEqual([]);
  });

  it('remembers a tick for as long as it is repeated, however many others arrive in between', () => {
    const deduplicator = createTickDeduplicator();
    deduplicator.filterNew([tick(1)]);
    for (let at = 2; at < 1_000; at++)
      expect(deduplicator.filterNew([tick(at), tick(1)])).toEqual([tick(at)]);
  });

  it('forgets ticks with their coin', () => {
    const deduplicator = createTickDeduplicator();
    deduplicator.filterNew([tick(1), tick(1, { coinId: 'zcash' })]);
    deduplicator.keepOnly(['zcash'], 'usd');
    expect(deduplicator.filterNew([tick(1), tick(1, { coinId: 'zcash' })])).toEqual([tick(1)]);
  });

  it('passes every tick on exactly once, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (times) => {
        const deduplicator = createTickDeduplicator();
        const passedOn = times.flatMap((at) =>
          deduplicator.filterNew([tick(at)]).map((each) => each.observedAt),
        );
        expect(passedOn).toEqual([...new Set(times)]);
      }),
    );
  });
});
