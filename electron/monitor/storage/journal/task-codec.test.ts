import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, Tick } from '../../../../shared/domain.ts';
import { decodeFetch, encodeFetch } from './task-codec.ts';

const amount = fc.double({ min: 1e-12, max: 1e15, noNaN: true });
const tick: fc.Arbitrary<Tick> = fc.record({
  coinId: fc.string({ minLength: 1 }),
  vsCurrency: fc.constantFrom('usd', 'eur'),
  observedAt: fc.integer(),
  price: amount,
  volume24h: fc.option(amount),
  marketCap: fc.option(amount),
  change24hPct: fc.option(amount),
  source: fc.constantFrom('coingecko', 'kraken'),
});
const alert: fc.Arbitrary<Alert> = fc.record({
  id: fc.string({ minLength: 1 }),
  rule: fc.string({ minLength: 1 }),
  coinId: fc.string({ minLength: 1 }),
  vsCurrency: fc.string({ minLength: 1 }),
  source: fc.string({ minLength: 1 }),
  observedAt: fc.integer(),
  price: amount,
  message: fc.string({ minLength: 1 }),
  figures: fc.dictionary(fc.stringMatching(/^[a-z]+$/), amount, { noNullPrototype: true }),
});

describe('the journal line of a fetch', () => {
  it('gives back every bit of every fetch, in order', () => {
    fc.assert(
      fc.property(fc.array(tick), fc.array(alert), (ticks, alerts) => {
        expect(decodeFetch(encodeFetch({ ticks, alerts }))).toEqual({ ticks, alerts });
      }),
    );
  });
});
