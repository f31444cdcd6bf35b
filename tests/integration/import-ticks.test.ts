import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CLI, until } from '../program.ts';
import { exportFrom, importInto, queryDuckDb } from './import-fixture.ts';
import {
  createDatabaseBeside,
  databaseUrlOf,
  openTestStorage,
  queryUrl,
  type TestStorage,
  tick,
  withClient,
  withDataDir,
} from './storage-fixture.ts';
import { binanceLines, FILE_START } from './trade-file.ts';

const TRADES = Number(process.env.IMPORT_ROWS ?? 40_000);
/** Long enough for a million trades on a busy machine. */
const TIMEOUT_MS = 300_000 + TRADES * 2;
const SEED = 20_251_130;

/** Runs with an empty storage that is running. */
async function withStorage(
  work: (given: {
    readonly dataDir: string;
    readonly url: string;
    readonly storage: TestStorage;
  }) => Promise<void>,
): Promise<void> {
  await withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    await storage.untilReady();
    await work({ dataDir, url: await databaseUrlOf(dataDir), storage });
    await storage.stop(10_000);
  });
}

async function writeTrades(folder: string, count = TRADES): Promise<string> {
  const path = join(folder, 'trades.csv');
  const lines = (function* () {
    for (const line of binanceLines(count, SEED)) yield `${line}\n`;
  })();
  await pipeline(Readable.from(lines), createWriteStream(path));
  return path;
}

type CandleRow = {
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly count: number;
  readonly traded: number;
};

/** The candles of imported ticks, with sums rounded to the digits that do not depend on the order of addition. */
const candlesOf = (url: string, interval: '1m' | '1h' | '1d', source = 'import'): Promise<CandleRow[]> =>
  queryUrl<CandleRow>(
    url,
    `select extract(epoch from bucket)::double precision * 1000 as start, open, high, low, close, tick_count as count,
       round(traded::numeric, 6)::double precision as traded
     from series_candles_${interval} join series on series.id = series_id
     where source = '${source}' and coin_id = 'bitcoin' order by bucket`,
  );

/** The same candles, computed by DuckDB from the trades of a file. */
const candlesByDuckDb = (trades: string, interval: string): Promise<readonly CandleRow[]> =>
  queryDuckDb<CandleRow>(`
    select
      epoch_ms(time_bucket(interval '${interval}', make_timestamp(ms * 1000)))::double as start,
      arg_min(price, place) as open, max(price) as high, min(price) as low, arg_max(price, place) as close,
      count(*)::double as count, round(sum(amount), 6) as traded
    from (select *, ms::hugeint * 100000000 + nr as place from (${trades}))
    group by 1 order by 1`);

const LENGTHS = [
  ['1m', '1 minute'],
  ['1h', '1 hour'],
  ['1d', '1 day'],
] as const;

const everything = async (url: string): Promise<unknown[]> => [
  await queryUrl(
    url,
    'select count(*)::integer, sum(hashtextextended(series_ticks::text, 0)::numeric) as hash from series_ticks',
  ),
  ...(await Promise.all(LENGTHS.map(([interval]) => candlesOf(url, interval)))),
];

const ADVISORY_LOCKS = `
  select from pg_locks
  where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;

/** A module with which progress is printed after each batch: more than five seconds pass between two readings of the process's clock. */
const ALWAYS_PROGRESS = `data:text/javascript,${encodeURIComponent(`
  const now = performance.now.bind(performance);
  let looks = 0;
  performance.now = () => now() + 6000 * ++looks;
`)}`;

/** Imports a file with the command, and ends the command while it waits to write the second batch. Resolves with its exit code. */
async function endWhileWriting(
  { dataDir, url }: { readonly dataDir: string; readonly url: string },
  path: string,
  end: (child: ChildProcess) => Promise<unknown>,
): Promise<number | null> {
  const env = { ...process.env, DATABASE_URL: url, MONITOR_DATA_DIR: join(dataDir, 'none') };
  const args = ['--import', ALWAYS_PROGRESS, CLI, 'import', 'ticks', path, '--coin', 'bitcoin'];
  return withClient(url, async (client) => {
    // The lock under which candles are written is released for one batch.
    const [lock, unlock] = ['lock', 'unlock'].map((what) => `select pg_advisory_${what}(7206341121)`) as [
      string,
      string,
    ];
    await client.query(lock);
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const exited = once(child, 'exit');
    const isWaiting = async (): Promise<boolean> => {
      const { rowCount } = await client.query(`${ADVISORY_LOCKS} and not granted`);
      return rowCount === 1;
    };
    await until(isWaiting);
    await client.query(unlock);
    await client.query(lock);
    await until(isWaiting);
    await end(child);
    await client.query(unlock);
    const [code] = await exited;
    return code;
  });
}

const ticksOf = (url: string) =>
  queryUrl(
    url,
    `select observed_at, price, amount from series_ticks join series on series.id = series_id where source = 'import' order by 1`,
  );

describe('importing ticks', () => {
  it(
    'computes the same candles of an exchange’s trades as DuckDB, and changes nothing when repeated',
    () =>
      withStorage(async ({ dataDir, url, storage }) => {
        const path = await writeTrades(dataDir);
        // The program keeps writing meanwhile.
        const live = Array.from({ length: 200 }, (_, step) =>
          tick({ observedAt: FILE_START + step * 1_000, price: 1 }),
        );
        const accepting = storage.accept({ ticks: live, alerts: [] });
        const summary = await importInto(url, 'ticks', { path });
        await accepting;
        const lines = Number(
          (
            await queryDuckDb<{ count: number }>(
              `select count(*)::double as count from read_csv('${path}', header = false)`,
            )
          )[0]?.count,
        );
        expect(summary).toMatchObject({
          layout: 'binance-trades',
          sources: ['import'],
          rows: lines,
          accepted: TRADES,
          repeated: lines - TRADES,
          refused: 0,
        });
        expect(lines).toBeGreaterThan(TRADES * 1.02);
        expect(summary.from).toBeGreaterThanOrEqual(FILE_START);
        const trades = `
        select distinct column0 as nr, column1 as price, column2 as amount, column4 as ms
        from read_csv('${path}', header = false)`;
        for (const [interval, length] of LENGTHS)
          expect(await candlesOf(url, interval)).toEqual(await candlesByDuckDb(trades, length));
        await storage.untilWritten();
        expect(await candlesOf(url, '1h', 'coingecko')).toMatchObject([{ count: 200 }]);
        const partitions = await queryUrl(
          url,
          'select from series_ticks_default union all select from series_candles_1m_default',
        );
        expect(partitions).toEqual([]);

        const before = await everything(url);
        expect(await importInto(url, 'ticks', { path })).toMatchObject({ accepted: 0, repeated: lines });
        expect(await everything(url)).toEqual(before);
      }),
    TIMEOUT_MS,
  );

  it('counts equal trades within a second separately, and each trade of overlapping files once', () =>
    withStorage(async ({ dataDir, url }) => {
      // Kraken's format: time in seconds, price, volume; without trade ids.
      const seconds = Array.from(
        { length: 3_000 },
        (_, row) => Math.floor(FILE_START / 1_000) + Math.floor(row / 7),
      );
      const lines = seconds.map(
        (second, row) => `${second},${90_000 + (row % 3)},${[0.5, 0.5, 0.25][row % 3]}`,
      );
      const [first, second] = [lines.slice(0, 2_003), lines.slice(1_500)];
      const text = (some: readonly string[]): string => `${some.join('\n')}\n`;
      expect(await importInto(url, 'ticks', text(first))).toMatchObject({
        layout: 'table',
        accepted: 2_003,
        repeated: 0,
      });
      expect(await importInto(url, 'ticks', zlib.gzipSync(text(second)))).toMatchObject({
        accepted: 997,
        repeated: 503,
      });
      const path = join(dataDir, 'kraken.csv');
      writeFileSync(path, text(lines));
      const trades = `
        select row_number() over () as nr, column0 * 1000 as ms, column1::double as price, column2 as amount
        from read_csv('${path}', header = false)`;
      for (const [interval, length] of LENGTHS)
        expect(await candlesOf(url, interval)).toEqual(await candlesByDuckDb(trades, length));
      // In reverse order, as some sites offer them.
      const beside = await createDatabaseBeside(url, 'reversed');
      await importInto(beside, 'ticks', text(lines.toReversed()));
      for (const [interval] of LENGTHS)
        expect(await candlesOf(beside, interval)).toEqual(await candlesOf(url, interval));
    }));

  it('continues after a kill', () =>
    withStorage(async ({ dataDir, url }) => {
      const path = await writeTrades(dataDir, 40_000);
      const expected = await createDatabaseBeside(url, 'expected');
      await importInto(expected, 'ticks', { path });
      await importInto(url, 'ticks', '2025-11-30T00:00:00Z,1\n', { source: 'other' });
      await endWhileWriting({ dataDir, url }, path, async (child) => child.kill('SIGKILL'));
      // Until the transaction of the killed import is rolled back.
      await until(async () => (await queryUrl(url, ADVISORY_LOCKS)).length === 0);
      const inPart = (await ticksOf(url)).length;
      expect(inPart).toBeGreaterThan(0);
      expect(inPart).toBeLessThan(40_000);
      expect(await importInto(url, 'ticks', { path })).toMatchObject({ accepted: 40_000 - inPart });
      expect(await ticksOf(url)).toEqual(await ticksOf(expected));
      for (const [interval] of LENGTHS)
        expect(await candlesOf(url, interval)).toEqual(await candlesOf(expected, interval));
    }));

  it('completes the current batch when its terminal is closed, and continues when it is run again', () =>
    withStorage(async ({ dataDir, url }) => {
      const path = await writeTrades(dataDir, 90_000);
      let before = Number.NaN;
      const code = await endWhileWriting({ dataDir, url }, path, async (child) => {
        before = (await ticksOf(url)).length;
        child.stderr?.destroy();
        child.kill('SIGHUP');
      });
      expect(code).toBe(129);
      const inPart = (await ticksOf(url)).length;
      expect(inPart).toBeGreaterThan(before);
      expect(inPart).toBeLessThan(90_000);
      expect(await importInto(url, 'ticks', { path })).toMatchObject({ accepted: 90_000 - inPart });
    }));

  it('reproduces an export byte for byte', () =>
    withStorage(async ({ url, storage }) => {
      const ticks = Array.from({ length: 21_000 }, (_, step) =>
        tick({
          // Two sources with the same times; the one that sorts last was stored first.
          observedAt: FILE_START + Math.floor(step / 2) * 777,
          source: step % 2 === 0 ? 'kraken' : 'binance',
          price: 100 + Math.sin(step) / 3,
          amount: step % 4 === 0 ? null : Math.cos(step) ** 2,
          volume24h: step % 3 === 0 ? 1e9 + step / 7 : null,
          marketCap: step % 5 === 0 ? 2e12 + step : null,
        }),
      );
      await storage.accept({ ticks: ticks.slice(0, 1), alerts: [] });
      await storage.untilWritten();
      await storage.accept({ ticks: ticks.slice(1), alerts: [] });
      await storage.untilWritten();
      // Several trades within a millisecond, which only imports have.
      await importInto(
        url,
        'ticks',
        'time,price,volume\n1764540000123,5,1\n1764540000123,5,1\n1764540000123,6,2\n',
        {
          source: 'a "name", with a comma',
        },
      );
      for (const format of ['csv', 'jsonl', 'parquet'] as const) {
        const exported = await exportFrom(url, { kind: 'ticks', format });
        const beside = await createDatabaseBeside(url, `beside_${format}`);
        expect(await importInto(beside, 'ticks', exported)).toMatchObject({
          layout: 'export',
          rows: 21_003,
          accepted: 21_003,
          refused: 0,
        });
        const again = await exportFrom(beside, { kind: 'ticks', format });
        expect(again.equals(exported)).toBe(true);
        expect(await candlesOf(beside, '1m', 'kraken')).toEqual(await candlesOf(url, '1m', 'kraken'));
        // In the database that the export comes from, every row exists.
        expect(await importInto(url, 'ticks', exported)).toMatchObject({ accepted: 0, repeated: 21_003 });
      }
    }));
});
