import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { openTarget } from '../../electron/monitor/store/archive/targets/open-target.ts';
import { findBackup } from '../../electron/monitor/store/backup/known-backups.ts';
import { restoreBackup } from '../../electron/monitor/store/backup/restore/restore-backup.ts';
import { withRestoreServer } from '../../electron/monitor/store/backup/restore/restore-server.ts';
import { loadMigrations } from '../../electron/monitor/store/connection/migrate.ts';
import { externalProvider } from '../../electron/monitor/store/connection/provider.ts';
import { runCli } from '../program.ts';
import { makeDatabaseAsOf } from './database-as-of.ts';
import {
  createDatabaseBeside,
  databaseUrlOf,
  openTestStorage,
  ownDatabase,
  queryEmbedded,
  queryUrl,
  tick,
  withClient,
  withDataDir,
} from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 5, 23, 30);
const TICKS = Array.from({ length: 60 }, (_, minute) =>
  tick({ observedAt: START + minute * 60_000, price: 100 + (minute % 7), amount: 0.5, source: 'kraken' }),
);
const DAYS = 'select * from ohlcv_daily order by coin_id, vs_currency, source, day';

/** The last version of the tables in which `ohlcv_daily` is a materialized view. */
const MATERIALIZED = 12;

const sqlFile = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../sql', `${name}.sql`), 'utf8');

/** Creates the materialized view, which in that version the program did and not a migration. */
const COMPLETED = `
  ${sqlFile('finish_candles')}
  ${sqlFile('finish_ticks')}
  drop view ohlcv_daily;
  create materialized view ohlcv_daily as
  select
    coin_id, vs_currency, source, (bucket at time zone 'UTC')::date as day, open, high, low, close,
    tick_count::bigint as tick_count, volume_24h, traded, open_at, close_at
  from series_candles_1d
  join series on series.id = series_candles_1d.series_id;
  create unique index ohlcv_daily_key on ohlcv_daily (coin_id, vs_currency, day, source);`;

const FILLED = `
  insert into series (coin_id, vs_currency, source) values ('bitcoin', 'usd', 'kraken'), ('zcash', 'eur', 'coingecko');
  insert into series_candles_1d (
    series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
  )
  select
    series.id, bucket, 1, bucket, 3, 0.5, 2, bucket + interval '23 hours', 7, nullif(series.id, 1), nullif(series.id, 2)
  from series, generate_series(timestamptz '2025-01-01Z', timestamptz '2025-03-01Z', interval '1 day') as bucket;
  refresh materialized view ohlcv_daily;`;

describe('the view of days', () => {
  it('shows every tick as soon as it is written', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      for (const count of [1, 30, 60]) {
        await storage.accept({ ticks: TICKS.slice(0, count), alerts: [] });
        await storage.untilWritten();
        const [row] = await queryEmbedded<{ ticks: number }>(
          dataDir,
          'select sum(tick_count)::integer as ticks from ohlcv_daily',
        );
        expect(row?.ticks).toBe(count);
      }
      await storage.stop(10_000);
    }));

  it('reads the same number of pages for a day, however many days there are, and only the days of the requested coin', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      await queryEmbedded(
        dataDir,
        `insert into series (coin_id, vs_currency, source)
         select 'coin-' || number, 'usd', 'kraken' from generate_series(1, 100) as number`,
      );
      const pagesWith = async (from: string): Promise<Record<string, number>> => {
        await queryEmbedded(
          dataDir,
          `insert into series_candles_1d (series_id, bucket, open, open_at, high, low, close, close_at, tick_count)
           select series.id, bucket, 1, bucket, 1, 1, 1, bucket, 1
           from generate_series(timestamptz '${from}', timestamptz '2026-03-01Z', interval '1 day') as bucket, series
           order by bucket, series.id
           on conflict do nothing`,
        );
        await queryEmbedded(dataDir, 'vacuum analyze series, series_candles_1d');
        return {
          'a day of all coins': await pagesOf(dataDir, `where day = '2026-03-01'`, 100),
          '30 days of a coin': await pagesOf(
            dataDir,
            `where coin_id = 'coin-7' and day > date '2026-01-30'`,
            30,
          ),
          'a day of a coin': await pagesOf(dataDir, `where coin_id = 'coin-7' and day = '2026-02-14'`, 1),
        };
      };
      const few = await pagesWith('2026-01-01Z');
      const many = await pagesWith('2020-01-01Z');
      for (const query of ['a day of all coins', 'a day of a coin'])
        expect(many[query], query).toBeLessThanOrEqual(1.5 * (few[query] ?? Number.NaN));
      // The 2,252 days of the coin are adjacent in the index, some 40 on a page.
      expect(many['30 days of a coin']).toBeLessThan(80);
      await storage.stop(10_000);
    }));
});

/** The number of pages that a query on the view reads. */
async function pagesOf(dataDir: string, where: string, rowCount: number): Promise<number> {
  type Plan = Readonly<Record<'Shared Hit Blocks' | 'Shared Read Blocks' | 'Actual Rows', number>>;
  const [row] = await queryEmbedded<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(
    dataDir,
    `explain (analyze, buffers, format json) select * from ohlcv_daily ${where}`,
  );
  const plan = row?.['QUERY PLAN'][0].Plan;
  expect(plan?.['Actual Rows'], where).toBe(rowCount);
  return (plan?.['Shared Hit Blocks'] ?? Number.NaN) + (plan?.['Shared Read Blocks'] ?? Number.NaN);
}

describe('a database whose days are a materialized view', () => {
  it('shows the same rows to the same roles after its migration, and later rows', () =>
    withDataDir(async (dataDir) => {
      const grants = `
        create role reader;
        create role chief;
        create role clerk;
        grant select on ohlcv_daily to reader, public;
        grant select on ohlcv_daily to chief with grant option;
        grant select (day, close) on ohlcv_daily to clerk;
        revoke select on ohlcv_daily from public;`;
      await makeDatabaseAsOf(dataDir, MATERIALIZED, COMPLETED + FILLED + grants);
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      const rows = await queryEmbedded<{ day: Date }>(dataDir, DAYS);
      expect(rows).toHaveLength(2 * 60);
      expect(rows[0]).toMatchObject({ coin_id: 'bitcoin', vs_currency: 'usd', source: 'kraken' });
      expect(rows[0]).toMatchObject({ open: 1, high: 3, low: 0.5, close: 2, tick_count: '7', traded: 1 });
      expect(
        await queryEmbedded(
          dataDir,
          `select
             (select relkind::text from pg_class where relname = 'ohlcv_daily') as kind,
             obj_description('ohlcv_daily'::regclass) as comment,
             (select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)
              from pg_attribute where attrelid = 'ohlcv_daily'::regclass and attnum > 0) as columns,
             has_table_privilege('reader', 'ohlcv_daily', 'select') as reader,
             has_table_privilege('reader', 'ohlcv_daily', 'select with grant option') as reader_grants,
             has_table_privilege('chief', 'ohlcv_daily', 'select with grant option') as chief_grants,
             has_table_privilege('clerk', 'ohlcv_daily', 'select') as clerk,
             has_column_privilege('clerk', 'ohlcv_daily', 'close', 'select') as clerk_close,
             has_column_privilege('clerk', 'ohlcv_daily', 'open', 'select') as clerk_open,
             (select count(*) from pg_proc where proname = 'refresh_ohlcv_daily')::integer as functions`,
        ),
      ).toEqual([
        {
          kind: 'v',
          comment: 'Candles by UTC day, of one source each',
          columns:
            'coin_id text, vs_currency text, source text, day date, open double precision, high double precision, ' +
            'low double precision, close double precision, tick_count bigint, volume_24h double precision, ' +
            'traded double precision, open_at timestamp with time zone, close_at timestamp with time zone',
          reader: true,
          reader_grants: false,
          chief_grants: true,
          clerk: false,
          clerk_close: true,
          clerk_open: false,
          functions: 0,
        },
      ]);
      await storage.accept({ ticks: TICKS, alerts: [] });
      await storage.untilWritten();
      expect(await queryEmbedded(dataDir, DAYS)).toHaveLength(2 * 60 + 2);
      await storage.stop(10_000);
    }));

  it('is not changed while an object depends on it, and is migrated afterwards', () =>
    withDataDir(async (dataDir) => {
      const dependent = 'create view closes as select day, close from ohlcv_daily';
      await makeDatabaseAsOf(dataDir, MATERIALIZED, COMPLETED + FILLED + dependent);
      const storage = openTestStorage(dataDir);
      expect(await storage.untilDown()).toMatch(
        /ohlcv_daily because other objects depend on it\. Drop them: view closes depends on/,
      );
      expect(await queryEmbedded(dataDir, 'select count(*)::integer as days from closes')).toEqual([
        { days: 120 },
      ]);
      await queryEmbedded(dataDir, 'drop view closes');
      await storage.untilReady();
      await storage.stop(10_000);
    }));
});

describe('a backup', () => {
  it('contains the days when it is restored over such a database, or was made of one', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: TICKS, alerts: [] });
      await storage.untilWritten();
      const url = await databaseUrlOf(dataDir);
      const days = await queryUrl(url, DAYS);
      expect(days).toHaveLength(2);
      const folder = join(dataDir, 'backups');
      mkdirSync(folder);
      const cli = async (command: string, of: string): Promise<void> => {
        const args = [command, folder, '--data-dir', of];
        const own = ownDatabase(of);
        const finished = await runCli(own === null ? args : [...args, '--database-url', own]);
        expect(finished, finished.stderr).toMatchObject({ code: 0 });
      };
      await cli('backup', dataDir);

      await withDataDir(async (other) => {
        await makeDatabaseAsOf(other, MATERIALIZED, COMPLETED);
        await cli('restore', other);
        const restored = openTestStorage(other);
        await restored.untilReady();
        expect(await queryEmbedded(other, DAYS)).toEqual(days);
        await restored.stop(10_000);
      });

      const target = await openTarget(folder, {});
      const manifest = { ...(await findBackup(target)), schemaVersion: MATERIALIZED };
      const earlier = await createDatabaseBeside(url, 'earlier');
      const migrations = await loadMigrations();
      const result = await withRestoreServer(
        silentLog,
        () => externalProvider(earlier),
        (server) =>
          restoreBackup({
            ...{ server, target, manifest, migrations, replaces: false },
            signal: new AbortController().signal,
            onProgress: () => undefined,
          }),
      );
      expect(result).toMatchObject({ migratedFrom: MATERIALIZED });
      await withClient(earlier, async (client) => {
        expect((await client.query(DAYS)).rows).toEqual(days);
      });
      await storage.stop(10_000);
    }));
});
