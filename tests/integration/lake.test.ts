import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import type { Tick } from '../../shared/domain/tick.ts';
import { runCli } from '../program.ts';
import { archiveFolder, JANUARY } from './archive-fixture.ts';
import { openTestStorage, queryEmbedded, type TestStorage, tick, withDataDir } from './storage-fixture.ts';

/** The number of past ticks; `LAKE_TICKS=10000000` makes a large database. */
const TICKS = Number(process.env.LAKE_TICKS ?? 3_000);
const PER_SERIES = Math.floor(TICKS / 3);
const TIMEOUT_MS = 300_000 + TICKS / 5;
const ACCEPTED_AT_ONCE = 5_000;

/** Evenly distributed ticks of three series in January, with and without amounts. */
function* pastTicks(): Generator<Tick> {
  const step = Math.floor((JANUARY.to - JANUARY.from) / PER_SERIES);
  const names = [
    { coinId: 'bitcoin', source: 'kraken' },
    { coinId: 'bitcoin', source: 'coingecko' },
    { coinId: 'zcash', source: 'a/b c=%:ü' },
  ];
  for (let index = 0; index < PER_SERIES; index += 1)
    for (const [series, name] of names.entries())
      yield tick({
        ...name,
        observedAt: JANUARY.from + index * step + series,
        price: 100 + Math.sin(index + series) / 3,
        amount: series === 0 ? 0.1 + (index % 1_000) / 7 : null,
        volume24h: index % 3 === 0 ? null : 1e9 + index / 3,
        marketCap: index % 5 === 0 ? null : 2e12 + index,
      });
}

function* withMore<T>(first: Iterable<T>, then: Iterable<T>): Generator<T> {
  yield* first;
  yield* then;
}

async function acceptAll(storage: TestStorage, ticks: Iterable<Tick>): Promise<void> {
  let batch: Tick[] = [];
  const accept = async (): Promise<void> => {
    await storage.accept({ ticks: batch, alerts: [] });
    batch = [];
  };
  for (const each of ticks) {
    batch.push(each);
    if (batch.length === ACCEPTED_AT_ONCE) await accept();
  }
  await accept();
  await storage.untilWritten();
}

/** Tables of the database that the views name, with their columns as DuckDB sees them through its extension. */
const STORED = {
  ticks:
    'coin_id varchar, vs_currency varchar, observed_at timestamptz, price double, volume_24h double, market_cap double, amount double, source varchar',
  candles_1m:
    'coin_id varchar, vs_currency varchar, source varchar, bucket timestamptz, open double, open_at timestamptz, high double, low double, close double, close_at timestamptz, tick_count integer, volume_24h double, traded double',
  archived_months: 'relation varchar, month date, state varchar',
  archive_files: 'relation varchar, month date, archive_url varchar, path varchar, state varchar',
} as const;

type Day = Readonly<Record<string, string | number | null>>;

/** Copies the database into one of DuckDB with the name of the attached one, and runs the printed views. */
async function daysOfDuckdb(dataDir: string, printed: string, view: string): Promise<readonly Day[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`set timezone = 'Asia/Tokyo'; attach ':memory:' as monitor`);
    for (const [name, columns] of Object.entries(STORED)) {
      const names = columns.split(', ').map((column) => column.split(' ')[0] ?? '');
      await connection.run(`create table monitor.${name} (${columns})`);
      const rows = await queryEmbedded<Record<string, unknown>>(
        dataDir,
        `select ${names.map((column) => `${column}::text as ${column}`).join(', ')} from ${name}`,
      );
      const tuples = rows.map(
        (row) =>
          `(${names.map((column) => (row[column] === null ? 'null' : `'${String(row[column]).replaceAll("'", "''")}'`)).join(', ')})`,
      );
      if (tuples.length > 0) await connection.run(`insert into monitor.${name} values ${tuples.join(', ')}`);
    }
    // Attaching PostgreSQL requires an extension that DuckDB downloads, so only the statements after that are run.
    await connection.run(printed.slice(printed.indexOf('create or replace view')));
    const reader = await connection.runAndReadAll(
      `select source, coin_id, day::varchar as day, open, high, low, close, tick_count::integer as tick_count, volume_24h, traded
       from ${view} order by 1, 2, 3`,
    );
    return reader.getRowObjects() as unknown as readonly Day[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The days by definition, computed from the ticks in the database. */
const daysOfTicks = (dataDir: string): Promise<readonly Day[]> =>
  queryEmbedded(
    dataDir,
    `select source, coin_id, (observed_at at time zone 'UTC')::date::text as day,
       (array_agg(price order by observed_at))[1] as open, max(price) as high, min(price) as low,
       (array_agg(price order by observed_at desc))[1] as close, count(*)::integer as tick_count,
       (array_agg(volume_24h order by observed_at desc))[1] as volume_24h, sum(amount) as traded
     from ticks group by source, coin_id, day order by source collate "C", coin_id collate "C", day`,
  );

/** The same, computed from the files alone, without a view of the program. */
const DAYS_OF_FILES = (folder: string): string =>
  `select source, coin_id, (epoch_us(observed_at) // 86400000000)::bigint as number,
     strftime(make_timestamp(number * 86400000000), '%Y-%m-%d') as day,
     arg_min(price, observed_at) as open, max(price) as high, min(price) as low, arg_max(price, observed_at) as close,
     count(*)::integer as tick_count, arg_max_null(volume_24h, observed_at) as volume_24h, sum(amount) as traded
   from read_parquet('${folder.replaceAll("'", "''").replace(/[*?[]/g, '[$&]')}/ticks/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)
   group by source, coin_id, number order by source, coin_id, day`;

async function daysOfFiles(folder: string): Promise<readonly Day[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const rows = (await connection.runAndReadAll(DAYS_OF_FILES(folder))).getRowObjects();
    return rows.map(({ number, ...day }) => day) as unknown as readonly Day[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const daysOfPostgres = (dataDir: string): Promise<readonly Day[]> =>
  queryEmbedded(
    dataDir,
    `select source, coin_id, (bucket at time zone 'UTC')::date::text as day, open, high, low, close, tick_count, volume_24h, traded
     from series_candles_1d join series on series.id = series_id
     order by source collate "C", coin_id collate "C", bucket`,
  );

function expectSameDays(read: readonly Day[], stored: readonly Day[]): void {
  // Sums of doubles depend on their order.
  const exact = (days: readonly Day[]) =>
    days.map(({ traded, ...day }) => ({ ...day, has: traded !== null }));
  expect(exact(read)).toEqual(exact(stored));
  for (const [index, { traded }] of stored.entries())
    if (traded !== null) expect(Number(read[index]?.traded) / Number(traded)).toBeCloseTo(1, 12);
}

it(
  'prints views over files and database with which DuckDB returns the same days as PostgreSQL, whatever months are archived',
  () =>
    withDataDir(async (dataDir) => {
      const now = Date.now();
      const recent = Array.from({ length: 30 }, (_, step) =>
        tick({
          coinId: 'bitcoin',
          source: 'kraken',
          observedAt: now - (step + 1) * 3_600_000,
          price: 200 + step,
          amount: 0.5,
        }),
      );
      const storage = openTestStorage(dataDir);
      await acceptAll(storage, withMore(pastTicks(), recent));
      const ofTicks = await daysOfTicks(dataDir);
      const folder = join(dataDir, "an 'archive' [of] *");
      renameSync(archiveFolder(dataDir), folder);
      const env = { MONITOR_DATA_DIR: dataDir, MONITOR_ARCHIVE_URL: folder, MONITOR_KEEP_MINUTES_DAYS: '90' };
      expect((await runCli(['lake', 'duckdb'], env)).stderr).toContain('has no file of this database yet');
      const archived = await runCli(['archive', 'run'], env);
      expect(archived, archived.stderr).toMatchObject({ code: 0 });
      const ofFiles = await daysOfFiles(folder);
      expect(ofFiles).toHaveLength(3 * 31);
      const lastOfJanuary = new Date(JANUARY.to - 1).toISOString().slice(0, 10);
      expectSameDays(
        ofFiles,
        ofTicks.filter(({ day }) => String(day) <= lastOfJanuary),
      );
      expectSameDays(ofTicks, await daysOfPostgres(dataDir));
      const late = {
        coinId: 'bitcoin',
        source: 'kraken',
        observedAt: JANUARY.from + 5_005,
        price: 1,
        amount: 3,
      };
      await storage.accept({ ticks: [tick(late)], alerts: [] });
      await storage.untilWritten();

      const { stdout: printed } = await runCli(['lake', 'duckdb'], env);
      const stored = await daysOfPostgres(dataDir);
      expect(stored.length).toBeGreaterThan(60);
      for (const view of ['candles_1d', 'candles_1d_of_ticks'])
        expectSameDays(await daysOfDuckdb(dataDir, printed, view), stored);

      const athena = await runCli(['lake', 'athena'], env);
      expect(athena).toMatchObject({ code: 1, stdout: '' });
      expect(athena.stderr).toContain('athena cannot read the archive');
      // All rows of the database are copied into DuckDB here, as text.
      if (TICKS > 100_000) return storage.stop(60_000);

      // The files of a restored month remain, and are not counted in addition to its rows.
      expect(await runCli(['archive', 'restore'], env)).toMatchObject({ code: 0 });
      for (const view of ['candles_1d', 'candles_1d_of_ticks'])
        expectSameDays(await daysOfDuckdb(dataDir, printed, view), stored);
      await storage.stop(10_000);
    }),
  TIMEOUT_MS,
);
