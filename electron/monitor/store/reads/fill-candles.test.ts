import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VolumeKind } from '../../../../shared/domain/candle.ts';
import { type CandleOfBothVolumes, type FillInput, fillCandles, type HistoryPiece } from './fill-candles.ts';

const HOUR_MS = 3_600_000;
const DAY = Date.UTC(2026, 0, 1);
const hour = (number: number): number => DAY + number * HOUR_MS;

const piece = (from: number, hours: number, fields: Partial<HistoryPiece> = {}): HistoryPiece => ({
  start: hour(from),
  lengthMs: hours * HOUR_MS,
  source: 'coingecko',
  open: 10,
  high: 12,
  low: 8,
  close: 11,
  volume: null,
  volumeKind: 'rolling-24h',
  ...fields,
});
const measured = (
  from: number,
  volumes: { readonly rolling?: number; readonly traded?: number } = {},
): CandleOfBothVolumes => ({
  start: hour(from),
  source: 'kraken',
  open: 20,
  high: 21,
  low: 19,
  close: 20.5,
  tickCount: 3,
  volumes: { traded: volumes.traded ?? null, 'rolling-24h': volumes.rolling ?? null },
});
/** The same candle as returned in a series with this kind of volume. */
const served = ({ volumes, source: _, ...candle }: CandleOfBothVolumes, kind: VolumeKind | null = null) => ({
  ...candle,
  volume: kind && volumes[kind],
});
const fill = (input: Partial<FillInput>) =>
  fillCandles({
    interval: '4h',
    limit: 100,
    measured: [],
    pieces: [],
    spans: new Map(),
    ...input,
  });

describe('candles completed with history', () => {
  it('are the provider’s own where it has one, with the extremes of finer candles', () => {
    const pieces = [piece(0, 4), piece(0, 1, { open: 1, high: 13 }), piece(3, 1, { close: 99, low: 7 })];
    expect(fill({ pieces }).candles).toEqual([
      { start: DAY, open: 10, high: 13, low: 7, close: 11, volume: null, tickCount: 0 },
    ]);
  });

  it('are composed of finer candles where the provider has none', () => {
    const pieces = [0, 1, 2, 3].map((from) =>
      piece(from, 1, { open: from + 1, close: from + 2, volume: from }),
    );
    expect(fill({ pieces })).toEqual({
      volumeKind: 'rolling-24h',
      candles: [{ start: DAY, open: 1, high: 12, low: 8, close: 5, volume: 3, tickCount: 0 }],
      sources: [{ since: DAY, source: 'coingecko' }],
    });
  });

  it('keep the measured prices of a part of a bucket, and add the history before and after', () => {
    const own = measured(0);
    const spans = new Map([[DAY, { first: hour(1), last: hour(2) }]]);
    const before = piece(0, 1, { open: 5, low: 4 });
    const after = piece(3, 1, { close: 30, high: 31 });
    expect(fill({ measured: [own], pieces: [before, after], spans }).candles).toEqual([
      { ...served(own), open: 5, low: 4, high: 31, close: 30 },
    ]);
    expect(fill({ measured: [own], pieces: [before], spans }).candles).toEqual([
      { ...served(own), open: 5, low: 4 },
    ]);
    const between = [piece(1, 1, { high: 40 })];
    const around = new Map([[DAY, { first: hour(0), last: hour(3) }]]);
    expect(fill({ measured: [own], pieces: between, spans: around }).candles).toEqual([
      { ...served(own), high: 40, low: 8 },
    ]);
  });

  it('come from one source each: one with traded volume first, then the one that covers more', () => {
    const traded = piece(0, 1, { source: 'kraken', volumeKind: 'traded', open: 2, close: 3 });
    expect(fill({ pieces: [piece(0, 4), traded] }).candles[0]).toMatchObject({ open: 2, close: 3 });
    const other = piece(0, 1, { source: 'another', open: 2 });
    expect(fill({ pieces: [other, piece(0, 4)] }).candles[0]).toMatchObject({ open: 10 });
  });

  it('report from which candle on prices come from another source', () => {
    const pieces = [piece(0, 4), piece(4, 4), piece(8, 4, { source: 'binance' })];
    const spans = new Map([[hour(8), { first: hour(9), last: hour(10) }]]);
    const { sources } = fill({ pieces, measured: [measured(8), measured(12)], spans });
    expect(sources).toEqual([
      { since: DAY, source: 'coingecko' },
      { since: hour(8), source: 'kraken' },
    ]);
    expect(fill({ pieces, limit: 1 }).sources).toEqual([{ since: hour(8), source: 'binance' }]);
    expect(fill({}).sources).toEqual([]);
  });

  it('have the sum of traded volume only when it is known for the whole bucket', () => {
    const hours = [0, 1, 2, 3].map((from) =>
      piece(from, 1, { source: 'kraken', volumeKind: 'traded', volume: from + 1 }),
    );
    expect(fill({ pieces: hours })).toMatchObject({ volumeKind: 'traded', candles: [{ volume: 10 }] });
    expect(fill({ pieces: hours.slice(1) })).toMatchObject({ volumeKind: null, candles: [{ volume: null }] });
  });

  it('have the requested kind of volume, even if fewer candles or none have it', () => {
    const own = [measured(8, { rolling: 1e9 }), measured(12, { rolling: 1e9, traded: 4 })];
    expect(fill({ measured: own, volumeKind: 'traded' })).toMatchObject({
      volumeKind: 'traded',
      candles: [{ volume: null }, { volume: 4 }],
    });
    expect(fill({ measured: [measured(8)], volumeKind: 'traded' })).toMatchObject({
      volumeKind: 'traded',
      candles: [{ volume: null }],
    });
  });

  it('have the kind of volume that more candles have, and never the other', () => {
    const kraken = (from: number) => piece(from, 4, { source: 'kraken', volumeKind: 'traded', volume: 5 });
    const own = [measured(12, { rolling: 1e9 })];
    expect(fill({ measured: own, pieces: [kraken(0), kraken(4)] })).toMatchObject({
      volumeKind: 'traded',
      candles: [{ volume: 5 }, { volume: 5 }, { volume: null }],
    });
    const more = [measured(8, { rolling: 1e9 }), ...own];
    expect(fill({ measured: more, pieces: [kraken(0)] })).toMatchObject({
      volumeKind: 'rolling-24h',
      candles: [{ volume: null }, { volume: 1e9 }, { volume: 1e9 }],
    });
  });

  it('have, of two measured kinds of volume, the one that more candles have; traded volume on a tie', () => {
    const both = (from: number) => measured(from, { rolling: 1e9, traded: 2 });
    expect(fill({ measured: [both(0), both(4)] })).toMatchObject({
      volumeKind: 'traded',
      candles: [{ volume: 2 }, { volume: 2 }],
    });
    const rolling = [measured(8, { rolling: 1e9 }), measured(12, { rolling: 2e9 })];
    expect(fill({ measured: [both(0), both(4), ...rolling.slice(1)] })).toMatchObject({
      volumeKind: 'rolling-24h',
      candles: [{ volume: 1e9 }, { volume: 1e9 }, { volume: 2e9 }],
    });
    const kraken = [16, 20].map((from) =>
      piece(from, 4, { source: 'kraken', volumeKind: 'traded', volume: 5 }),
    );
    expect(fill({ measured: [both(0), ...rolling], pieces: kraken })).toMatchObject({
      volumeKind: 'traded',
      candles: [{ volume: 2 }, { volume: null }, { volume: null }, { volume: 5 }, { volume: 5 }],
    });
    expect(fill({ measured: [measured(0)] }).volumeKind).toBeNull();
  });

  it('add the traded volume of history to the measured one, and have none where a part is unknown', () => {
    const spans = new Map([[DAY, { first: hour(1), last: hour(2) }]]);
    const beside = (fields: Partial<HistoryPiece> = {}) => [
      piece(0, 1, { source: 'kraken', volumeKind: 'traded', volume: 5 }),
      piece(3, 1, { source: 'kraken', volumeKind: 'traded', volume: 7, ...fields }),
    ];
    const tradedOf = (own: CandleOfBothVolumes, pieces: readonly HistoryPiece[]) => {
      const { volumeKind, candles } = fill({ measured: [own], pieces, spans });
      return volumeKind === 'traded' ? candles[0]?.volume : null;
    };
    expect(tradedOf(measured(0, { traded: 2 }), beside())).toBe(14);
    const finer = piece(3, 0.5, { source: 'kraken', volumeKind: 'traded', volume: 3 });
    expect(tradedOf(measured(0, { traded: 2 }), [...beside(), finer])).toBe(14);
    expect(tradedOf(measured(0, { traded: 2 }), beside({ volume: null }))).toBeNull();
    expect(tradedOf(measured(0), beside())).toBeNull();
    expect(tradedOf(measured(0, { traded: 2 }), [piece(0, 1, { volume: 1e9 })])).toBeNull();
    expect(fill({ measured: [measured(0, { rolling: 1e9 })], pieces: beside(), spans })).toMatchObject({
      volumeKind: 'rolling-24h',
      candles: [{ volume: 1e9 }],
    });
  });

  it('are missing where nothing was traded, and have the traded volume of the time around', () => {
    const at = (from: number, fields: Partial<HistoryPiece> = {}) =>
      piece(from, 1, { source: 'kraken', volumeKind: 'traded', volume: 5, ...fields });
    const flat = { volume: 0, open: 99, high: 99, low: 99, close: 99 };
    expect(
      fill({ interval: '1h', pieces: [at(0), at(1, flat), at(2)] }).candles.map((one) => one.start),
    ).toEqual([hour(0), hour(2)]);
    expect(fill({ pieces: [0, 1, 2, 3].map((from) => at(from, flat)) }).candles).toEqual([]);
    const [candle] = fill({ pieces: [at(0, flat), at(1), at(2), at(3, flat)] }).candles;
    expect(candle).toMatchObject({ open: 10, high: 12, low: 8, close: 11, volume: 10 });
    // A candle of the whole bucket without trades, and finer ones from another request: still no candle.
    const own = measured(0, { traded: 2 });
    const spans = new Map([[DAY, { first: hour(1), last: hour(2) }]]);
    const beside = [at(0, flat), at(3, flat)];
    expect(fill({ measured: [own], pieces: beside, spans }).candles).toEqual([{ ...served(own), volume: 2 }]);
  });

  it('are the newest ones in order, one per bucket; measured candles without history are unchanged', () => {
    const anyPieces = fc.array(
      fc
        .record({
          at: fc.integer({ min: 0, max: 60 }),
          hours: fc.constantFrom(1, 4),
          source: fc.constantFrom('a', 'b'),
        })
        .map(({ at, hours, source }) => piece(Math.floor(at / hours) * hours, hours, { source })),
      { maxLength: 30 },
    );
    const anyMeasured = fc
      .uniqueArray(fc.integer({ min: 0, max: 15 }))
      .map((buckets) => buckets.toSorted((a, b) => a - b).map((bucket) => measured(bucket * 4)));
    fc.assert(
      fc.property(anyPieces, anyMeasured, fc.integer({ min: 1, max: 20 }), (pieces, own, limit) => {
        const { candles } = fill({ pieces, measured: own, limit });
        const starts = candles.map(({ start }) => start);
        const all = new Set([
          ...own.map(({ start }) => start),
          ...pieces.map(({ start }) => Math.floor(start / (4 * HOUR_MS)) * 4 * HOUR_MS),
        ]);
        expect(starts).toEqual([...all].sort((a, b) => a - b).slice(-limit));
        for (const candle of own) {
          const found = candles.find(({ start }) => start === candle.start);
          if (found !== undefined) expect(found).toEqual(served(candle));
        }
      }),
    );
  });
});
