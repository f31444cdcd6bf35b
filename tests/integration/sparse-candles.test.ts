import fc from 'fast-check';
import type { PoolClient } from 'pg';
import { expect, it } from 'vitest';
import { candlePages } from '../../electron/monitor/store/export/candle-pages.ts';
import { saveHistory } from '../../electron/monitor/store/history/save-history.ts';
import { readCandles, readCandlesBetween } from '../../electron/monitor/store/reads/read-candles.ts';
import { bucketStart, HISTORY_INTERVALS, INTERVALS, intervalLengthMs } from '../../shared/domain/interval.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { runs } from '../property-runs.ts';
import { databaseUrlOf, openTestStorage, tick, withClient, withDataDir } from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const DAYS = 60;
const END = START + DAYS * 24 * HOUR_MS;

/** A few hours of two months: most of the time there is nothing. */
const someHours = fc.uniqueArray(fc.integer({ min: 0, max: DAYS * 24 - 1 }), { maxLength: 25 });
const historyOfSource = fc.record({
  hours: someHours,
  resolution: fc.constantFrom(...HISTORY_INTERVALS.slice(1)),
  /** Every so many have no trades. */
  idleEvery: fc.integer({ min: 1, max: 4 }),
});

it('finds the newest candles of a coin that has few, of ticks and of providers, as if it read all', () =>
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
          fc.constantFrom(...INTERVALS.slice(1)),
          fc.integer({ min: 1, max: 12 }),
          async (hours, histories, interval, limit) => {
            const coinId = `sparse-${run++}`;
            const ticks = hours.map((hour) => tickAt(coinId, START + hour * HOUR_MS + 1_234));
            if (ticks.length > 0) await storage.accept({ ticks, alerts: [] });
            for (const [index, history] of histories.entries()) {
              const { resolution, idleEvery } = history;
              const starts = new Set(
                history.hours.map((hour) => bucketStart(START + hour * HOUR_MS, resolution)),
              );
              await saveHistory(client, {
                request: { coinId, vsCurrency: 'usd', interval: resolution, source: `source-${index}` },
                volumeKind: 'traded',
                candles: [...starts].map((start, at) => ({
                  start,
                  open: 10 + at,
                  high: 20 + at,
                  low: 5,
                  close: 11 + at,
                  volume: at % idleEvery === 0 ? 2.5 : 0,
                })),
                covered: [],
                found: true,
              });
            }
            await storage.untilWritten();
            const query = { coinId, vsCurrency: 'usd', interval, before: END, volumeKind: 'traded' as const };
            const all = await readCandlesBetween(client, {
              ...query,
              from: START - 8 * 24 * HOUR_MS,
              to: END,
            });
            const { candles } = await readCandles(client, { ...query, limit });
            expect(candles).toEqual(all.slice(-limit));
          },
        ),
        runs(40),
      );
    });
    await storage.stop(10_000);
  }));

it('exports what lies years apart without looking at the time between', () =>
  withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    const ticks = [2016, 2021, 2026].map((year) => tickAt('bitcoin', Date.UTC(year, 5, 7, 8, 9)));
    await storage.accept({ ticks, alerts: [] });
    await storage.untilWritten();
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
        // Where is the next one, and what is there; at last, that there is none. Days of ten years are one page.
        const pagesOfData = intervalLengthMs(interval) < 24 * HOUR_MS ? 3 : 1;
        expect(transactions, interval).toBe(2 * pagesOfData + 1);
      }
    });
    await storage.stop(10_000);
  }));

function tickAt(coinId: string, observedAt: number): Tick {
  return tick({ coinId, observedAt, price: 100 + (observedAt % 17), amount: 0.5 });
}
