import fc from 'fast-check';
import type { PoolClient } from 'pg';
import { expect, it } from 'vitest';
import type { HistoryResult } from '../../electron/monitor/history/history-store.ts';
import { candlePages } from '../../electron/monitor/store/export/candle-pages.ts';
import { saveHistory } from '../../electron/monitor/store/history/save-history.ts';
import { fillCandles, type HistoryPiece } from '../../electron/monitor/store/reads/fill-candles.ts';
import { readCandles, readCandlesBetween } from '../../electron/monitor/store/reads/read-candles.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import {
  bucketStart,
  HISTORY_INTERVALS,
  INTERVALS,
  type Interval,
  intervalLengthMs,
} from '../../shared/domain/interval.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { runs } from '../property-runs.ts';
import {
  candlesByDefinition,
  databaseUrlOf,
  openTestStorage,
  tick,
  withClient,
  withDataDir,
} from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const DAYS = 60;
const END = START + DAYS * 24 * HOUR_MS;

/** A few hours of two months, so that most of the time is empty. */
const someHours = fc.uniqueArray(fc.integer({ min: 0, max: DAYS * 24 - 1 }), { maxLength: 25 });
const historyOfSource = fc.record({
  hours: someHours,
  /** The minute of the hour, for candles that are shorter than an hour. */
  minute: fc.constantFrom(0, 1, 5, 44, 59),
  resolution: fc.constantFrom(...HISTORY_INTERVALS),
  /** Every nth candle has no trades. */
  idleEvery: fc.integer({ min: 1, max: 4 }),
  volumeKind: fc.constantFrom('traded', 'rolling-24h' as const),
});

it('finds the same newest candles of a coin with few ticks and provider candles as a full read', () =>
  withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    await storage.untilReady();
    let run = 0;
    await withClient(await databaseUrlOf(dataDir), async (connected) => {
      const client = connected as unknown as PoolClient;
      await fc.assert(
        fc.asyncProperty(
          someHours,
          fc.array(historyOfSource, { maxLength: 3 }),
          fc.constantFrom<Interval>(...INTERVALS, '45m', '6h', '7d', '2w'),
          fc.integer({ min: 1, max: 12 }),
          async (hours, histories, interval, limit) => {
            const coinId = `sparse-${run++}`;
            const ticks = hours.map((hour) => tickAt(coinId, START + hour * HOUR_MS + 1_234));
            if (ticks.length > 0) await storage.accept({ ticks, alerts: [] });
            const pieces = histories.flatMap(
              ({ hours, minute, resolution, idleEvery, volumeKind }, index) => {
                const starts = new Set(
                  hours.map((hour) => bucketStart(START + hour * HOUR_MS + minute * 60_000, resolution)),
                );
                return [...starts].map((start, at): HistoryPiece => {
                  const prices = { open: 10 + at, high: 20 + at, low: 9 - index, close: 11 + at };
                  const volume = at % idleEvery === 0 ? 2.5 : 0;
                  const lengthMs = intervalLengthMs(resolution);
                  return { start, lengthMs, source: `source-${index % 2}`, ...prices, volume, volumeKind };
                });
              },
            );
            for (const piece of pieces) await saveHistory(client, resultOf(coinId, piece));
            await storage.untilWritten();
            const query = { coinId, vsCurrency: 'usd', interval, before: END, volumeKind: 'traded' as const };
            const expectThoseOf = async (expected: readonly Candle[]): Promise<void> => {
              const { candles } = await readCandles(client, { ...query, limit });
              expect(candles).toEqual(expected.slice(-limit));
              const range = { ...query, from: START - 15 * 24 * HOUR_MS, to: END };
              expect(await readCandlesBetween(client, range)).toEqual(expected);
            };
            await expectThoseOf(candlesOfAll(ticks, pieces, interval));
            // The table is changed by another program.
            await client.query(
              `with gone as (delete from history_candles where coin_id = $1 and source = 'source-1')
               update history_candles set high = high + 1 where coin_id = $1 and source = 'source-0'`,
              [coinId],
            );
            const changed = pieces
              .filter(({ source }) => source === 'source-0')
              .map((piece) => ({ ...piece, high: piece.high + 1 }));
            await expectThoseOf(candlesOfAll(ticks, changed, interval));
          },
        ),
        runs(40),
      );
      // If the minutes of an hour were deleted, it is unknown which minutes of its history have no ticks.
      await storage.accept({ ticks: [tickAt('gone', START)], alerts: [] });
      await storage.untilWritten();
      const prices = { open: 1, high: 2, low: 1, close: 2, volume: 3 };
      const ofMinute = { lengthMs: 60_000, source: 'source-0', volumeKind: 'traded', ...prices } as const;
      for (const minute of [0, 30])
        await saveHistory(client, resultOf('gone', { ...ofMinute, start: START + minute * 60_000 }));
      const query = { coinId: 'gone', vsCurrency: 'usd', interval: '1h', limit: 1, before: END } as const;
      const volume = async () => (await readCandles(client, query)).candles[0]?.volume;
      expect(await volume()).toBe(3.5);
      await client.query('delete from series_candles_1m');
      expect(await volume()).toBe(0.5);
    });
    await storage.stop(10_000);
  }));

it('exports candles that are years apart without reading the time between', () =>
  withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    const ticks = [2016, 2021, 2026].map((year) => tickAt('bitcoin', Date.UTC(year, 5, 7, 8, 9)));
    for (const each of ticks) {
      await storage.accept({ ticks: [each], alerts: [] });
      // Separate transactions, because a transaction creates all partitions from its first tick to its last.
      await storage.untilWritten();
    }
    await withClient(await databaseUrlOf(dataDir), async (client) => {
      for (const interval of ['1m', '45m', '1h', '1d'] as const) {
        let transactions = 0;
        const pages = candlePages(
          (work) => {
            transactions++;
            return work(client as unknown as PoolClient);
          },
          { coinId: 'bitcoin', vsCurrency: 'usd', from: 0, to: Date.UTC(2040, 0, 1) },
          interval,
        );
        const starts: number[] = [];
        for await (const page of pages) starts.push(...page.map(({ start }) => start));
        expect(starts, interval).toEqual(ticks.map(({ observedAt }) => bucketStart(observedAt, interval)));
        // Queries alternate between the time of the next candle and a page there; the last one finds none. Days of ten years are one page.
        const pagesOfData = intervalLengthMs(interval) < 24 * HOUR_MS ? 3 : 1;
        expect(transactions, interval).toBe(2 * pagesOfData + 1);
      }
    });
    await storage.stop(10_000);
  }));

/** The candles by definition: those of ticks, and the last saved version of each historical candle without a tick in it. */
function candlesOfAll(
  ticks: readonly Tick[],
  pieces: readonly HistoryPiece[],
  interval: Interval,
): readonly Candle[] {
  const saved = new Map(pieces.map((piece) => [`${piece.source} ${piece.lengthMs} ${piece.start}`, piece]));
  const unmeasured = [...saved.values()]
    .filter(({ lengthMs }) => intervalLengthMs(interval) % lengthMs === 0)
    .filter(
      ({ start, lengthMs }) => !ticks.some(({ observedAt: at }) => at >= start && at < start + lengthMs),
    )
    .toSorted((a, b) => a.start - b.start || a.lengthMs - b.lengthMs || (a.source < b.source ? -1 : 1));
  const timesOf = (start: number): number[] =>
    ticks.map(({ observedAt }) => observedAt).filter((at) => bucketStart(at, interval) === start);
  const measured = candlesByDefinition(ticks, interval, 'traded').map(({ volume, ...candle }) => ({
    ...candle,
    source: 'coingecko',
    volumes: { traded: volume, 'rolling-24h': null },
  }));
  const spans = new Map(
    measured.map(({ start }) => {
      const times = timesOf(start);
      return [start, { first: Math.min(...times), last: Math.max(...times) }];
    }),
  );
  return fillCandles({ interval, limit: 10_000, volumeKind: 'traded', measured, pieces: unmeasured, spans })
    .candles;
}

function resultOf(coinId: string, { lengthMs, source, volumeKind, ...candle }: HistoryPiece): HistoryResult {
  const interval = HISTORY_INTERVALS.find((each) => intervalLengthMs(each) === lengthMs) ?? '1d';
  const request = { coinId, vsCurrency: 'usd', interval, source };
  return { request, volumeKind, candles: [candle], covered: [], found: true };
}

function tickAt(coinId: string, observedAt: number): Tick {
  return tick({ coinId, observedAt, price: 100 + (observedAt % 17), amount: 0.5 });
}
