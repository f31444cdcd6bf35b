import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Interval } from '../../shared/domain/interval.ts';
import { text } from '../../shared/messages/message.ts';
import { exportFrom, importInto } from './import-fixture.ts';
import {
  createDatabaseBeside,
  databaseUrlOf,
  openTestStorage,
  queryUrl,
  tick,
  withDataDir,
} from './storage-fixture.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/import');
const fixture = (name: string): string => readFileSync(join(FIXTURES, name), 'utf8');

type StoredCandle = {
  readonly at: string;
  readonly seconds: number;
  readonly open: number;
  readonly close: number;
  readonly volume: number | null;
};

const stored = (url: string, source: string): Promise<StoredCandle[]> =>
  queryUrl<StoredCandle>(
    url,
    `select to_char(bucket at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as at, resolution_seconds as seconds, open, close, volume
     from history_candles where source = '${source}' and coin_id = 'bitcoin' order by bucket`,
  );

/** Files of exchanges and other providers: name, layout, interval, and the first candle. */
const FILES: readonly (readonly [string, string, Interval, StoredCandle])[] = [
  [
    'binance-klines-2024.csv',
    'binance-klines',
    '1h',
    { at: '2024-01-01 00:00', seconds: 3_600, open: 42_283.58, close: 42_475.23, volume: 1_271.68108 },
  ],
  [
    'binance-klines-2025.csv',
    'binance-klines',
    '1m',
    { at: '2025-01-01 00:00', seconds: 60, open: 93_576, close: 93_610.93, volume: 8.21827 },
  ],
  [
    'binance-futures-klines.csv',
    'binance-klines',
    '1m',
    { at: '2024-01-01 00:00', seconds: 60, open: 42_314, close: 42_331.9, volume: 289.641 },
  ],
  [
    'kraken-ohlcvt.csv',
    'kraken-ohlcvt',
    '1m',
    { at: '2013-10-06 21:34', seconds: 60, open: 122, close: 122, volume: 0.1 },
  ],
  [
    'cryptodatadownload.csv',
    'cryptodatadownload',
    '1m',
    { at: '2023-07-28 23:58', seconds: 60, open: 29_330, close: 29_321, volume: 1.5 },
  ],
  [
    'cryptodatadownload-usd-first.csv',
    'cryptodatadownload',
    '1d',
    { at: '2020-12-30 00:00', seconds: 86_400, open: 27_352.4, close: 28_880.3, volume: 2_052.98 },
  ],
  [
    'freqtrade.json',
    'freqtrade',
    '5m',
    { at: '2024-03-01 00:00', seconds: 300, open: 61_130.98, close: 61_206.51, volume: 64.33 },
  ],
];

describe('importing candles', () => {
  it('reads the files of exchanges, stores them separately from measured candles, and changes nothing when repeated', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      // One of the minutes has a measured candle.
      await storage.accept({
        ticks: [tick({ observedAt: Date.UTC(2025, 0, 1, 0, 1, 30), price: 5 })],
        alerts: [],
      });
      await storage.untilWritten();
      const url = await databaseUrlOf(dataDir);
      for (const [name, layout, interval, first] of FILES) {
        const source = name.replace(/\..*/, '');
        const summary = await importInto(url, 'candles', { path: join(FIXTURES, name) }, { source });
        expect(summary).toMatchObject({ layout, interval, rows: 3, accepted: 3, repeated: 0, refused: 0 });
        const rows = await stored(url, source);
        expect(rows[0]).toEqual(first);
        expect(rows).toHaveLength(3);
        const again = await importInto(url, 'candles', fixture(name), { source });
        expect(again).toMatchObject({ accepted: 0, replaced: 0, repeated: 3 });
      }
      // Kraken omits minutes without trades; the whole time is covered nevertheless.
      const covered = await queryUrl<{ seconds: number }>(
        url,
        `select extract(epoch from asked_until - asked_from)::integer as seconds from history_asked
         where source = 'kraken-ohlcvt' and found`,
      );
      expect(covered).toEqual([{ seconds: 300 }]);
      const measured = await exportFrom(url, { kind: 'candles', format: 'csv', interval: '1m' });
      expect(measured.toString()).toContain('2025-01-01T00:01:00.000Z,5,5,5,5,\n');
      expect(measured.toString()).toContain(
        '2025-01-01T00:00:00.000Z,93576,93610.93,93537.5,93610.93,8.21827\n',
      );
      await storage.stop(10_000);
    }));

  it('reproduces an export byte for byte', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      const ticks = Array.from({ length: 2_600 }, (_, step) =>
        tick({
          observedAt: Date.UTC(2026, 0, 1) + step * 61_000,
          price: 100 + Math.sin(step) / 3,
          amount: step < 1_300 ? Math.cos(step) ** 2 : null,
          source: step < 1_300 ? 'kraken' : 'coingecko',
        }),
      );
      await storage.accept({ ticks, alerts: [] });
      await storage.untilWritten();
      const url = await databaseUrlOf(dataDir);
      for (const [format, interval] of [
        ['csv', '1m'],
        ['jsonl', '4h'],
        ['parquet', '1m'],
      ] as const) {
        const exported = await exportFrom(url, { kind: 'candles', format, interval });
        const beside = await createDatabaseBeside(url, `beside_${format}`);
        expect(await importInto(beside, 'candles', exported)).toMatchObject({
          layout: 'export',
          interval,
          refused: 0,
        });
        expect((await exportFrom(beside, { kind: 'candles', format, interval })).equals(exported)).toBe(true);
      }
      await storage.stop(10_000);
    }));

  it('refuses invalid lines by number, and an unknown file as a whole', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      const url = await databaseUrlOf(dataDir);
      const good = Array.from(
        { length: 1_200 },
        (_, minute) => `${1_767_225_600 + minute * 60},10,12,9,11,1.5`,
      );
      const now = Math.floor(Date.now() / 60_000) * 60;
      const refused: Readonly<Record<string, string>> = {
        '1767225600,10,12,9,11,2': 'line 2 has another candle of the same time',
        '1767315600,10,9,12,11,1': 'high 9 is below low 12',
        '1767315660,13,12,9,11,1': 'open 13 is not between low 9 and high 12',
        '1767315720,10,12,9,8,1': 'close 8 is not between low 9 and high 12',
        '1767315780,-10,12,9,11,1': 'open "-10" is not a price above 0',
        '1767315840,10,NaN,9,11,1': 'high "NaN" is not a price above 0',
        '1767315900,10,12,0,11,1': 'low "0" is not a price above 0',
        '1767315960,10,12,9,11,-1': '"-1" is not an amount',
        '1767316021,10,12,9,11,1': 'it does not begin at a multiple of 1m',
        'yesterday,10,12,9,11,1': expect.stringContaining('"yesterday" is not a time'),
        '1767316080,10,12,9,11': 'it has 5 columns instead of 6',
        [`${now},10,12,9,11,1`]: 'its time is not over yet',
        '4099999980,10,12,9,11,1': '4099999980 is in the future',
      };
      const file = `time,open,high,low,close,volume\n${[...good, ...Object.keys(refused), good[5]].join('\n')}\n`;
      const found = new Map<number, string>();
      const summary = await importInto(url, 'candles', file, {
        onRefused: ({ line, reason }) => void found.set(line, text(reason)),
      });
      expect(summary).toMatchObject({ accepted: 1_200, repeated: 1, refused: 13, interval: '1m' });
      expect(summary.refusals).toHaveLength(10);
      expect(found).toEqual(new Map(Object.values(refused).map((reason, index) => [1_202 + index, reason])));
      // A later file corrects an earlier one, which is reported.
      const corrected = `time,open,high,low,close,volume\n${good[7]?.replace(',11,', ',10.5,')}\n${good[8]}\n`;
      expect(await importInto(url, 'candles', corrected)).toMatchObject({
        accepted: 1,
        replaced: 1,
        repeated: 1,
      });

      const threeMinutes = Array.from(
        { length: 9 },
        (_, step) => `${1_767_225_600 + step * 180},10,12,9,11,1`,
      );
      for (const [content, expected, more] of [
        [threeMinutes.join('\n'), 'Candles of 3m are not stored. Import those of 1m, 5m', {}],
        [`${good[0]}`, 'State it with --interval', {}],
        [
          `${good[0]}\n1767225660000,10,12,9,11,1\n`,
          'Line 2 has a time in milliseconds, line 1 in seconds',
          {},
        ],
        ['time,open,high,low\n1,2,3,4\n', 'no column for the close', {}],
        [
          'unix,open,high,low,close,Volume BTC,Volume USD\n1767225600,1,1,1,1,1,1\n',
          'Name that one "volume"',
          {},
        ],
        [`${good[0]},1,2\n`, 'no header, and 8 columns', {}],
        ['time,open,high,low,close\n', 'only a header', {}],
        [good.join('\n'), '"kraken" is the name', { source: 'kraken' }],
        [good.join('\n'), 'The coin "a b"', { coinId: 'a b' }],
      ] as const)
        await expect(importInto(url, 'candles', content, more)).rejects.toThrow(expected);
      expect(await importInto(url, 'candles', `${good[0]}\n`, { interval: '1m' })).toMatchObject({
        repeated: 1,
      });
      await storage.stop(10_000);
    }));
});
