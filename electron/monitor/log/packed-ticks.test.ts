import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tick } from '../../../shared/domain/tick.ts';
import { DamagedRecord } from './damaged-record.ts';
import { createTickPacker, unpackTicks } from './packed-ticks.ts';

const figure = fc.double({ noNaN: true });
const name = fc.string({ minLength: 1, unit: 'grapheme' });
const tick: fc.Arbitrary<Tick> = fc.record({
  coinId: name,
  vsCurrency: fc.constantFrom('usd', 'eur'),
  observedAt: fc.maxSafeInteger(),
  price: figure,
  volume24h: fc.option(figure),
  amount: fc.option(figure),
  marketCap: fc.option(figure),
  change24hPct: fc.option(figure),
  source: fc.constantFrom('coingecko', 'kraken'),
});

const packTicks = createTickPacker();
const packed = (ticks: readonly Tick[]): Uint8Array => {
  const bytes = packTicks(ticks);
  if (bytes === null) throw new Error('These ticks are not packed.');
  return Buffer.from(bytes);
};

describe('packed ticks', () => {
  it('are unpacked to the bit and in order', () => {
    fc.assert(
      fc.property(fc.array(tick), (ticks) => {
        expect(unpackTicks(packed(ticks))).toEqual(ticks);
      }),
    );
  });

  it('have their own names, in whatever order these come', () => {
    const few = tick.map((one) => ({ ...one, coinId: `coin ${Math.abs(one.observedAt) % 4}` }));
    fc.assert(
      fc.property(fc.array(few, { size: 'medium' }), (ticks) => {
        expect(unpackTicks(packed(ticks))).toEqual(ticks);
      }),
    );
  });

  it('are damaged when they are cut or continued anywhere', () => {
    fc.assert(
      fc.property(
        fc.array(tick, { maxLength: 3 }),
        fc.double({ min: 0, max: 1, maxExcluded: true }),
        (ticks, at) => {
          const bytes = packed(ticks);
          const cut = bytes.subarray(0, Math.floor(at * bytes.length));
          expect(() => unpackTicks(cut)).toThrow(DamagedRecord);
          expect(() => unpackTicks(Buffer.concat([bytes, Buffer.alloc(1)]))).toThrow(DamagedRecord);
        },
      ),
    );
  });

  it('are ticks or damaged, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          unpackTicks(Buffer.concat([Buffer.from([1]), bytes]));
        } catch (error) {
          expect(error).toBeInstanceOf(DamagedRecord);
        }
      }),
    );
  });

  it('have names that UTF-8 can express, and that are not too long', () => {
    const [one] = fc.sample(tick, 1);
    if (one === undefined) throw new Error('There is no tick.');
    expect(packTicks([{ ...one, coinId: '\ud800' }])).toBeNull();
    expect(packTicks([{ ...one, coinId: 'x'.repeat(70_000) }])).toBeNull();
    const coins = Array.from({ length: 66_000 }, (_, index) => ({ ...one, coinId: `coin ${index}` }));
    expect(packTicks(coins)).toBeNull();
    expect(unpackTicks(packed(coins.slice(0, 60_000)))).toEqual(coins.slice(0, 60_000));
  });
});
