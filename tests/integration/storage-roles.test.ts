import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger, silentLog } from '../../electron/monitor/logging/logger.ts';
import { createRetentionSchedule } from '../../electron/monitor/store/archive/keep-retention.ts';
import { runRetentionInWorker } from '../../electron/monitor/store/archive/retention-worker.ts';
import { externalProvider } from '../../electron/monitor/store/connection/provider.ts';
import { withProvider } from '../../electron/monitor/store/work/with-provider.ts';
import { scaledClock, systemClock } from '../../electron/monitor/time/clock.ts';
import { DEFAULT_RETENTION } from '../../shared/settings/retention.ts';
import { installedProgram } from '../counterparts/installed-program.ts';
import { runCli } from '../program.ts';
import { textOf } from '../text-of.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { alert, openTestStorage, queryUrl, tick, withDataDir } from './storage-fixture.ts';

const run = promisify(execFile);
const PSQL = installedProgram('psql');
const ROLES = join(import.meta.dirname, '../../sql/roles.sql');
/** The progress that is printed on standard error if a command takes several seconds, as on a busy machine. */
const PROGRESS = expect.stringMatching(/^(\d+%: .*\n)*$/);
const START = Date.UTC(2026, 4, 31, 23, 30);

const TICKS = Array.from({ length: 60 }, (_, minute) =>
  tick({ observedAt: START + minute * 60_000, price: 100 + minute }),
);

let server: OwnPostgres;
let databases = 0;

beforeAll(async () => {
  server = await startOwnPostgres();
});

afterAll(() => server.close());

/** Creates a database with the tables in a schema, as an administrator, and the roles for them. */
async function withRoles(dataDir: string, schema: string) {
  const database = `roles_${++databases}`;
  await queryUrl(server.adminUrl, `create database ${database}`);
  const adminUrl = server.adminUrl.replace('/postgres?', `/${database}?`);
  const asAdmin = (sql: string) => queryUrl(adminUrl, sql);
  await asAdmin(`create schema if not exists ${schema}`);
  const urlOf = (role: string) => `postgresql://${role}@127.0.0.1:${server.port}/${database}`;
  const inSchema = `options=-c%20search_path%3D${schema}`;
  const migrated = await runCli([
    'migrate',
    '--data-dir',
    dataDir,
    '--database-url',
    `${adminUrl}&${inSchema}`,
  ]);
  expect(migrated.stdout).toMatch(/^The database is up to date: its schema has version \d+\.\n$/);
  // Twice, as after an update.
  for (let time = 0; time < 2; time++) {
    await run(PSQL ?? '', ['-q', '-v', 'ON_ERROR_STOP=1', '-v', `schema=${schema}`, '-f', ROLES, adminUrl]);
  }
  await asAdmin(`
    alter role price_owner login;
    alter role price_writer login;
    alter role price_reader login;
    alter role price_reader set search_path = ${schema}`);
  return { asAdmin, urlOf, writerUrl: `${urlOf('price_writer')}?${inSchema}`, inSchema };
}

describe.skipIf(PSQL === null)("roles of a database of one's own (needs psql)", () => {
  it.each(['public', 'prices'])(
    'let the writer fold prices and the reader read them, in the schema %s',
    (schema) =>
      withDataDir(async (dataDir) => {
        const { asAdmin, urlOf, writerUrl } = await withRoles(dataDir, schema);
        const storage = openTestStorage(dataDir, writerUrl, scaledClock(600, Date.now()));
        // Twice, as after a crash: the second time, everything exists already.
        for (let time = 0; time < 2; time++) {
          await storage.accept({ ticks: TICKS, alerts: [alert({ id: 'one', observedAt: START })] });
          await storage.untilWritten();
        }
        const range = { from: START - 86_400_000, to: START };
        await storage.history.save({
          request: { coinId: 'bitcoin', vsCurrency: 'usd', interval: '1h', source: 'kraken', ...range },
          volumeKind: 'traded',
          candles: [{ start: range.from, open: 1, high: 1, low: 1, close: 1, volume: 1 }],
          covered: [range],
          found: true,
        });
        const asReader = (sql: string) => queryUrl<Record<string, number>>(urlOf('price_reader'), sql);
        await storage.stop(10_000);
        expect(storage.problems().map(({ message }) => textOf(message))).toEqual([]);
        expect(
          await asReader(`
          select
            (select count(*) from ticks)::integer as ticks,
            (select sum(tick_count) from candles_1m)::integer as minutes,
            (select sum(tick_count) from candles_1h)::integer as hours,
            (select sum(tick_count) from ohlcv_daily)::integer as days,
            (select count(*) from alerts)::integer as alerts,
            (select count(*) from history_candles)::integer as history`),
        ).toEqual([{ ticks: 60, minutes: 60, hours: 60, days: 60, alerts: 1, history: 1 }]);
        // The partitions of May and June, which the writer could not create itself.
        expect(
          await asAdmin(`
          select
            (select count(*) from ${schema}.series_ticks_2026_05)::integer as may,
            (select count(*) from ${schema}.series_ticks_2026_06)::integer as june`),
        ).toEqual([{ may: 30, june: 30 }]);
        expect(
          await asAdmin(`
          select relname from pg_class
          where relnamespace = '${schema}'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
            and relowner <> 'price_owner'::regrole`),
        ).toEqual([]);

        const REFUSED = /permission denied|must be owner/;
        for (const forbidden of [
          `insert into alerts select * from alerts`,
          `update alerts set price = 0`,
          `delete from alerts`,
          `insert into series (coin_id, vs_currency, source) values ('a', 'b', 'c')`,
          `create table ${schema}.mine (number integer)`,
          `drop view ticks`,
          `truncate alerts`,
          `select make_partition('series_ticks', '2030-01-01')`,
        ]) {
          await expect(asReader(forbidden), forbidden).rejects.toThrow(REFUSED);
        }
        for (const forbidden of [
          `drop table series_ticks`,
          `drop view ohlcv_daily`,
          `truncate series_ticks`,
          `delete from series_ticks`,
          `update series_ticks set price = 0`,
          `delete from series_candles_1m`,
          `delete from alerts`,
          `update series set coin_id = 'other'`,
          `alter table series_ticks add column mine integer`,
          `alter table series_ticks detach partition series_ticks_2026_05`,
          `create table ${schema}.mine (number integer)`,
        ]) {
          await expect(queryUrl(writerUrl, forbidden), forbidden).rejects.toThrow(REFUSED);
        }
        await expect(queryUrl(writerUrl, `select make_partition('alerts', '2026-05-01')`)).rejects.toThrow(
          'alerts has no partitions by month',
        );
      }),
  );

  it('report each privilege that the writer lacks, with the statement that grants it', () =>
    withDataDir(async (dataDir) => {
      const { asAdmin, writerUrl } = await withRoles(dataDir, 'public');
      await asAdmin(`
        revoke insert, select on series_ticks from price_writer;
        revoke update on alerts from price_writer;
        revoke execute on function make_partition from price_writer`);
      const storage = openTestStorage(dataDir, writerUrl, scaledClock(600, Date.now()));
      await storage.accept({ ticks: TICKS, alerts: [] });
      const problem = () => textOf(storage.problems().find(({ id }) => id === 'database-write')?.message);
      await storage.until(() => problem() !== '');
      expect(problem()).toMatch(/permission denied for table \w+\. Run as the owner of the tables: grant/);
      expect(problem()).toContain(
        'grant select, insert on "public".series_ticks to "price_writer"; ' +
          'grant update on "public".alerts to "price_writer"; ' +
          'grant execute on function "public".make_partition to "price_writer"; ' +
          'They are kept',
      );
      await asAdmin(/: (grant .*;)/.exec(problem())?.[1] ?? '');
      await storage.untilWritten();
      await storage.stop(10_000);
    }));

  it('let the owner update the tables of an earlier version', () =>
    withDataDir(async (dataDir) => {
      const { asAdmin, urlOf, writerUrl, inSchema } = await withRoles(dataDir, 'prices');
      await asAdmin(`
        drop function prices.make_partition;
        delete from prices.schema_migrations where version = 9`);
      const storage = openTestStorage(dataDir, writerUrl, scaledClock(600, Date.now()));
      await storage.until(() => storage.databaseState().status === 'refused');
      await storage.stop(10_000);
      const { stdout } = await runCli([
        'migrate',
        '--data-dir',
        dataDir,
        '--database-url',
        `${urlOf('price_owner')}?${inSchema}`,
      ]);
      expect(stdout).toContain('up to date');
      expect(
        await asAdmin(
          `select pg_get_userbyid(proowner)::text as owner from pg_proc where proname = 'make_partition'`,
        ),
      ).toEqual([{ owner: 'price_owner' }]);
    }));

  it('let the reader export, verify and back up, and only the owner archive', () =>
    withDataDir(async (dataDir) => {
      const { urlOf, writerUrl } = await withRoles(dataDir, 'prices');
      const storage = openTestStorage(dataDir, writerUrl, scaledClock(600, Date.now()));
      await storage.accept({ ticks: TICKS, alerts: [alert({ id: 'one', observedAt: START })] });
      await storage.untilWritten();
      await storage.stop(10_000);
      const cli = (url: string, ...args: readonly string[]) =>
        runCli([...args, '--data-dir', dataDir, '--database-url', url]);
      const reader = urlOf('price_reader');
      for (const [what, lines] of [
        ['ticks', 61],
        ['candles', 2],
        ['alerts', 2],
      ] as const) {
        const exported = await cli(reader, 'export', what, '--coin', 'bitcoin');
        expect(exported, what).toMatchObject({ code: 0, stderr: '' });
        expect(exported.stdout.trimEnd().split('\n').length, what).toBeGreaterThanOrEqual(lines);
      }
      const days = ['--from', new Date(START).toISOString(), '--to', new Date(START + 1).toISOString()];
      expect(await cli(reader, 'verify', ...days)).toMatchObject({ code: 0, stderr: '' });
      expect(await cli(reader, 'archive', 'list')).toMatchObject({ code: 0, stderr: '' });
      const backup = join(dataDir, 'prices.tar');
      expect(await cli(reader, 'backup', backup)).toMatchObject({ code: 0, stderr: PROGRESS });

      const archived = await cli(writerUrl, 'archive', 'run', '--archive-url', dataDir);
      expect(archived).toMatchObject({ code: 1, stdout: '' });
      expect(archived.stderr).toContain('Only the owner of the tables can archive and restore');
    }));

  it('let the program of the writer report once that only the owner can archive', () =>
    withDataDir(async (dataDir) => {
      const { writerUrl } = await withRoles(dataDir, 'prices');
      const storage = openTestStorage(dataDir, writerUrl, scaledClock(600, Date.now()));
      await storage.accept({ ticks: TICKS, alerts: [] });
      await storage.untilWritten();
      await storage.stop(10_000);
      const lines: string[] = [];
      const stopping = new AbortController();
      let reported = Promise.withResolvers<string>();
      await withProvider(
        silentLog,
        () => externalProvider(writerUrl),
        async (inDatabase) => {
          const schedule = createRetentionSchedule({
            run: inDatabase,
            whenReady: async () => undefined,
            retention: () => ({ ...DEFAULT_RETENTION, archiveUrl: pathToFileURL(dataDir).href }),
            databaseUrl: async () => writerUrl,
            env: {},
            archive: runRetentionInWorker,
            clock: systemClock,
            log: createLogger('info', { write: (line) => lines.push(line) }),
            report: {
              progress: (problem) => problem && reported.resolve(textOf(problem.message)),
              size() {},
            },
          });
          const kept = schedule.keep(stopping.signal).catch(() => undefined); // the reason of the signal
          // The first check, and another one after a change of the settings.
          for (let look = 0; look < 2; look++) {
            expect(await reported.promise).toMatch(/^Months that are due .* Next try in 60 minutes\.$/);
            reported = Promise.withResolvers();
            schedule.changed();
          }
          await reported.promise;
          stopping.abort();
          await kept;
        },
      );
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        {
          level: 'warn',
          time: expect.any(String),
          msg: expect.stringMatching(
            /permission denied for table archived_months\. Only the owner of the tables/,
          ),
        },
      ]);
    }));

  it('let the writer make a backup, and the owner restore it', () =>
    withDataDir(async (dataDir) => {
      const [source, target] = [await withRoles(dataDir, 'prices'), await withRoles(dataDir, 'prices')];
      const storage = openTestStorage(dataDir, source.writerUrl, scaledClock(600, Date.now()));
      await storage.accept({ ticks: TICKS, alerts: [alert({ id: 'one', observedAt: START })] });
      await storage.untilWritten();
      await storage.stop(10_000);
      const cli = (command: string, url: string) =>
        runCli([command, join(dataDir, 'prices.tar'), '--data-dir', dataDir, '--database-url', url]);
      expect(await cli('backup', source.writerUrl)).toMatchObject({ code: 0, stderr: PROGRESS });
      const refused = await cli('restore', target.writerUrl);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('Restoring needs the owner of the tables');
      const owner = `${target.urlOf('price_owner')}?${target.inSchema}`;
      expect(await cli('restore', owner)).toMatchObject({ code: 0 });
      expect(
        await target.asAdmin(`
        select relname from pg_class
        where relnamespace = 'prices'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S')
          and relowner <> 'price_owner'::regrole`),
      ).toEqual([]);
      const count = 'select count(*)::integer as ticks from ticks';
      expect(await queryUrl(target.urlOf('price_reader'), count)).toEqual([{ ticks: 60 }]);
      const again = openTestStorage(dataDir, target.writerUrl, scaledClock(600, Date.now()));
      const late = tick({ observedAt: START + 61 * 60_000, source: 'kraken' });
      await again.accept({ ticks: [...TICKS, late], alerts: [] });
      await again.untilWritten();
      await again.stop(10_000);
      expect(await queryUrl(target.urlOf('price_reader'), count)).toEqual([{ ticks: 61 }]);
    }));
});
