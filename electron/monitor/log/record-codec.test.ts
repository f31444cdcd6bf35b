import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { DamagedRecord } from './damaged-record.ts';
import { decodeBatch, encodeBatch } from './record-codec.ts';

const figure = fc.double({ min: 1e-12, max: 1e15, noNaN: true });
const tick: fc.Arbitrary<Tick> = fc.record({
  coinId: fc.string({ minLength: 1 }),
  vsCurrency: fc.constantFrom('usd', 'eur'),
  observedAt: fc.integer(),
  price: figure,
  volume24h: fc.option(figure),
  amount: fc.option(fc.oneof(figure, fc.constant(0))),
  marketCap: fc.option(figure),
  change24hPct: fc.option(figure),
  source: fc.constantFrom('coingecko', 'kraken'),
});
const alert: fc.Arbitrary<Alert> = fc.record({
  id: fc.string({ minLength: 1 }),
  rule: fc.string({ minLength: 1 }),
  coinId: fc.string({ minLength: 1 }),
  vsCurrency: fc.string({ minLength: 1 }),
  source: fc.string({ minLength: 1 }),
  observedAt: fc.integer(),
  price: figure,
  kind: fc.string({ minLength: 1 }),
  params: fc.dictionary(
    fc.stringMatching(/^[a-z]+$/),
    fc.oneof(figure, fc.string(), fc.boolean(), fc.constant(null), fc.array(figure)),
    { noNullPrototype: true },
  ),
  severity: fc.constantFrom('info', 'warning', 'critical'),
  direction: fc.constantFrom('up', 'down', null),
  figures: fc.dictionary(fc.stringMatching(/^[a-z]+$/), figure, { noNullPrototype: true }),
});

describe('the JSON of a batch', () => {
  it('round-trips every batch exactly and in order', () => {
    fc.assert(
      fc.property(fc.array(tick), fc.array(alert), (ticks, alerts) => {
        expect(decodeBatch(encodeBatch({ ticks, alerts }))).toEqual({ ticks, alerts });
      }),
    );
  });

  it('can be read in the format from before ticks had amounts', () => {
    const line = '[[["usd","kraken",[["bitcoin",1767225600000,60000.5,null,null,null]]]],[]]';
    const old: Tick = {
      coinId: 'bitcoin',
      vsCurrency: 'usd',
      observedAt: 1_767_225_600_000,
      price: 60_000.5,
      volume24h: null,
      amount: null,
      marketCap: null,
      change24hPct: null,
      source: 'kraken',
    };
    expect(decodeBatch(line)).toEqual({ ticks: [old], alerts: [] });
  });

  it('can be read in the format from before alerts had parameters', () => {
    const [old] = fc.sample(alert, 1);
    const { kind, params, severity, direction, ...rest } = old as Alert;
    const written = { ...rest, rule: 'moving-average', figures: { average: 100, changePct: 3 } };
    const message = 'price changed by more than 2% from the 5-min average';
    expect(decodeBatch(JSON.stringify([[], [{ ...written, message }]])).alerts).toEqual([
      {
        ...written,
        kind: 'moving-average',
        params: { thresholdPct: 2, windowMinutes: 5 },
        severity: 'warning',
        direction: 'up',
      },
    ]);
  });

  it.each([
    'null',
    '{}',
    '[]',
    '[[]]',
    '[[],[],[]]',
    '[{},[]]',
    '[[5],[]]',
    '[[["usd","kraken"]],[]]',
    '[[["usd","kraken",{}]],[]]',
    '[[["usd","kraken",[5]]],[]]',
    '[[["usd","kraken",[[]]]],[]]',
    '[[["","kraken",[]]],[]]',
    '[[],{}]',
    '[[],[5]]',
    '[[],[]',
  ])('is damaged if it is %s', (line) => {
    expect(() => decodeBatch(line)).toThrow(DamagedRecord);
  });
});
