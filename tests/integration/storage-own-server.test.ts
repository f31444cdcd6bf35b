import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadMigrations, migrate } from '../../electron/monitor/store/connection/migrate.ts';
import { openSession } from '../../electron/monitor/store/connection/session.ts';
import { createTransact } from '../../electron/monitor/store/connection/transaction.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { INTERVALS } from '../../shared/domain/interval.ts';
import { databaseClient, databasePool } from '../database-client.ts';
import { until } from '../program.ts';
import { textOf } from '../text-of.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { hasPgbouncer, withPgbouncer } from './pgbouncer.ts';
import {
  alert,
  candlesByDefinition,
  errorOf,
  openTestStorage,
  queryUrl,
  type TestStorage,
  tick,
  withDataDir,
} from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

let server: OwnPostgres;
let databases = 0;

beforeAll(async () => {
  server = await startOwnPostgres();
});

afterAll(() => server.close());

const asAdmin = (sql: string, database = 'postgres') =>
  queryUrl(server.adminUrl.replace('/postgres?', `/${database}?`), sql);

/** A new database and a new role that owns nothing in it. */
async function fresh(): Promise<{ database: string; role: string; url: string }> {
  const number = ++databases;
  const [database, role] = [`own_${number}`, `me_${number}`];
  await asAdmin(`create role ${role} login`);
  await asAdmin(`create database ${database}`);
  return { database, role, url: `postgresql://${role}@127.0.0.1:${server.port}/${database}` };
}

/** Prices at full precision, at times in several buckets of every interval. */
const TICKS = Array.from({ length: 300 }, (_, step) =>
  tick({
    observedAt: START + step * 613_777,
    price: (100 + Math.sin(step) * 10) / 3,
    volume24h: 1e9 / 7 + step,
    amount: 0.1 * step + 0.2,
  }),
);
const ALERT = alert({ id: 'one', observedAt: START + 61_001, figures: { average: 1 / 3, changePct: 2 / 7 } });

/** Writes everything twice, as after a crash, and reads it. */
async function writesAndReads(storage: TestStorage): Promise<void> {
  for (let time = 0; time < 2; time++) {
    await storage.accept({ ticks: TICKS, alerts: [ALERT] });
    await storage.untilWritten();
  }
  for (const interval of INTERVALS) {
    const query = { coinId: 'bitcoin', vsCurrency: 'usd', interval, limit: 1_000, before: START + 1e9 };
    const { candles, volumeKind } = await storage.candles(query);
    const expected = candlesByDefinition(TICKS, interval, volumeKind ?? 'traded');
    // The last bits of a sum depend on the order of addition.
    expect(candles, interval).toEqual(
      expected.map((candle) => ({ ...candle, volume: expect.closeTo(candle.volume ?? 0, 6) })),
    );
  }
  expect(await storage.alerts({ limit: 10 })).toEqual([ALERT]);
}

async function keepsHistory({ history }: TestStorage): Promise<void> {
  const range = { from: START - 48 * HOUR_MS, to: START - 24 * HOUR_MS };
  const request = {
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    interval: '1h' as const,
    source: 'kraken',
    ...range,
  };
  const candles = [{ start: range.from, open: 1 / 3, high: 2 / 3, low: 1 / 7, close: 3 / 7, volume: null }];
  await history.save({ request, volumeKind: 'traded', candles, covered: [range], found: true });
  const [coverage] = await history.coverage({
    coins: ['bitcoin'],
    vsCurrency: 'usd',
    minutesFrom: START,
    hoursFrom: START,
    toleranceMs: 60_000,
  });
  expect(coverage?.covered).toEqual([{ ...range, source: 'kraken', interval: '1h', found: true }]);
  // The expected start, which shows whether times were parsed correctly.
  expect(coverage?.hours[0]?.from).toBe(START);
}

describe('a role with its own settings', () => {
  it('writes and reads like any other role', () =>
    withDataDir(async (dataDir) => {
      const { database, role, url } = await fresh();
      await asAdmin(`grant create on schema public to ${role}`, database);
      await asAdmin(`
        alter role ${role} set extra_float_digits = -15;
        alter role ${role} set datestyle = 'German, DMY';
        alter role ${role} set timezone = 'Asia/Kathmandu';
        alter role ${role} set intervalstyle = 'iso_8601';
        alter role ${role} set bytea_output = 'escape';
        alter role ${role} set array_nulls = off;
        alter role ${role} set transform_null_equals = on;
        alter role ${role} set standard_conforming_strings = off;
        alter role ${role} set default_transaction_isolation = 'serializable';
        alter role ${role} set lock_timeout = '1ms';
        alter role ${role} set statement_timeout = '2s';
        alter role ${role} set transaction_timeout = '2s';
        alter role ${role} set idle_in_transaction_session_timeout = '1ms';
        alter role ${role} set idle_session_timeout = '200ms';
        alter role ${role} set client_encoding = 'LATIN1';
        alter role ${role} set synchronous_commit = off;
        alter role ${role} set search_path = '$user', nowhere, public;`);
      const storage = openTestStorage(dataDir, url);
      await storage.untilReady();
      let wasDown = false;
      void storage
        .until(() => storage.databaseState().status === 'down')
        .then(() => {
          wasDown = true;
        });
      await writesAndReads(storage);
      await keepsHistory(storage);
      // Idle sessions that the server ends are not an outage.
      const sessions = `select from pg_stat_activity where usename = '${role}'`;
      await until(async () => (await asAdmin(sessions)).length === 0);
      await keepsHistory(storage);
      expect(wasDown).toBe(false);
      await storage.stop(10_000);
      expect(await asAdmin('select sum(tick_count)::integer as ticks from ohlcv_daily', database)).toEqual([
        { ticks: 300 },
      ]);
    }));
});

describe('pgbouncer in transaction mode', () => {
  it('supports writes and reads, even if other clients change session settings', async (context) => {
    if (!hasPgbouncer) return context.skip('pgbouncer is not installed');
    const { database } = await fresh();
    await withPgbouncer(server.port, async (port) => {
      const url = `postgresql://ada@127.0.0.1:${port}/${database}`;
      const neighbours = Array.from({ length: 4 }, () => databaseClient(url));
      // Each holds a server session for the duration of its transaction.
      for (const neighbour of neighbours) {
        await neighbour.connect();
        await neighbour.query(
          `begin; set extra_float_digits = -15; set intervalstyle = 'iso_8601'; set search_path = nowhere;
           set statement_timeout = '1s'; create temp table ticks (stranger integer); create temp table alerts ()`,
        );
      }
      for (const neighbour of neighbours) {
        await neighbour.query('commit');
        await neighbour.end();
      }
      await withDataDir((one) =>
        withDataDir(async (two) => {
          // Both create the tables at the same time.
          const [first, second] = [
            openTestStorage(one, `${url}?options=-c%20search_path%3Dpublic`),
            openTestStorage(two, `${url}?options=-c%20search_path%3Dpublic`),
          ];
          await Promise.all([first.untilReady(), second.untilReady()]);
          await writesAndReads(first);
          await writesAndReads(second);
          await keepsHistory(second);
          await Promise.all([first.stop(10_000), second.stop(10_000)]);
        }),
      );
    });
    expect(await asAdmin('select sum(tick_count)::integer as ticks from ohlcv_daily', database)).toEqual([
      { ticks: 300 },
    ]);
  });
});

/** The statement in a message: everything from "Run…:" to the last semicolon. */
function statementIn(sentence: string): string {
  return /[Rr]un[^:]*: (.*;)/s.exec(sentence)?.[1] ?? '';
}

/** A clock in which a minute takes a tenth of a second, because a refused database is retried once a minute. */
const fastClock = () => scaledClock(600, Date.now());

describe('an unusable database', () => {
  const FOREIGN_RECORDS = 'create table schema_migrations (version varchar primary key)';

  type Unfit = {
    readonly name: string;
    readonly given: (database: string, role: string) => string;
    readonly parameters?: string;
    readonly words: string;
    /** A statement to run in place of the one in the message. */
    readonly mended?: string;
  };
  const UNFIT: readonly Unfit[] = [
    {
      name: 'has no right to create tables',
      given: (_, role) => `revoke create on schema public from public, ${role}`,
      words: 'may not create tables in the schema "public"',
    },
    {
      name: 'lacks the schema',
      given: () => '',
      parameters: '?options=-c%20search_path%3Dprices',
      words: 'No schema of the search_path (prices)',
    },
    {
      name: 'may not use the schema',
      given: () => 'create schema prices',
      parameters: '?options=-c%20search_path%3Dprices',
      words: 'may not use the schema "prices"',
    },
    {
      name: 'is read-only by its own setting',
      given: (database, role) =>
        `grant create on schema public to ${role}; alter database ${database} set default_transaction_read_only = on`,
      words: 'accepts no writes: default_transaction_read_only is on',
    },
    {
      name: 'is read-only for the role',
      given: (_, role) =>
        `grant create on schema public to ${role}; alter role ${role} set default_transaction_read_only = on`,
      words: 'accepts no writes: default_transaction_read_only is on',
    },
    {
      name: "has another program's alerts",
      given: (_, role) => `grant create on schema public to ${role}; create table alerts (id integer)`,
      words: 'relation "alerts" already exists',
      mended: 'alter table alerts rename to their_alerts',
    },
    {
      name: "has another program's schema_migrations",
      given: (_, role) => `grant create on schema public to ${role}; ${FOREIGN_RECORDS}`,
      words: 'The table "schema_migrations" in the schema "public" is another program\'s',
      mended: 'alter table schema_migrations rename to their_migrations',
    },
  ];

  it.each(UNFIT)('that $name is refused with the statement to run, and used afterwards', (unfit) =>
    withDataDir(async (dataDir) => {
      const { database, role, url } = await fresh();
      await asAdmin(unfit.given(database, role), database);
      const storage = openTestStorage(dataDir, `${url}${unfit.parameters ?? ''}`, fastClock());
      await storage.accept({ ticks: TICKS, alerts: [] });
      await storage.until(() => storage.databaseState().status === 'refused');
      const error = errorOf(storage.databaseState());
      expect(error).toContain(unfit.words);
      expect(statementIn(error)).not.toBe('');
      await asAdmin(unfit.mended ?? statementIn(error), database);
      await storage.untilWritten();
      expect(storage.problems()).toEqual([]);
      await storage.stop(10_000);
    }),
  );

  it("that has another program's tables is used in a separate schema, as the message says", () =>
    withDataDir(async (dataDir) => {
      const { database, role, url } = await fresh();
      await asAdmin(`grant create on schema public to ${role}; ${FOREIGN_RECORDS}`, database);
      const storage = openTestStorage(dataDir, url);
      await storage.until(() => storage.databaseState().status === 'refused');
      const error = errorOf(storage.databaseState());
      await storage.stop(10_000);
      await asAdmin(statementIn(error), database);
      const parameters = /(\?options=\S+)/.exec(error)?.[1] ?? '';
      // The other program's tables in a later schema of the search path are ignored, too.
      const again = openTestStorage(dataDir, `${url}${parameters}%2Cpublic`);
      await again.accept({ ticks: TICKS, alerts: [] });
      await again.untilWritten();
      await again.stop(10_000);
      expect(await asAdmin('select count(*)::integer as ticks from prices.ticks', database)).toEqual([
        { ticks: 300 },
      ]);
    }));

  it('that became read-only is retried, and written when it accepts writes again', () =>
    withDataDir(async (dataDir) => {
      const { database, role, url } = await fresh();
      await asAdmin(`grant create on schema public to ${role}`, database);
      const storage = openTestStorage(dataDir, url, fastClock());
      await storage.untilReady();
      await asAdmin(
        `alter database ${database} set default_transaction_read_only = on;
         select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`,
      );
      await storage.accept({ ticks: TICKS, alerts: [] });
      await storage.until(() => storage.databaseState().status === 'refused');
      await asAdmin(statementIn(errorOf(storage.databaseState())));
      await storage.untilWritten();
      await storage.stop(10_000);
    }));
});

describe('a standby', () => {
  it('is refused with a solution, skipped if a primary is in the URL, and used after its promotion', async () => {
    const standby = await startOwnPostgres();
    try {
      const hosts = `127.0.0.1:${standby.port},127.0.0.1:${server.port}`;
      await standby.file('cluster/standby.signal', '');
      await standby.restart(['hot_standby=on']);
      await withDataDir(async (dataDir) => {
        const url = `postgresql://ada@127.0.0.1:${standby.port}/postgres`;
        const storage = openTestStorage(dataDir, url, fastClock());
        await storage.accept({ ticks: TICKS, alerts: [] });
        await storage.until(() => storage.databaseState().status === 'refused');
        expect(errorOf(storage.databaseState())).toContain(
          'The database is a standby, which accepts no writes',
        );
        await withDataDir(async (other) => {
          const both = `postgresql://ada@${hosts}/postgres?target_session_attrs=read-write`;
          const found = openTestStorage(other, both);
          await found.untilReady();
          await found.stop(10_000);
        });
        await queryUrl(standby.adminUrl, 'select pg_promote()');
        await storage.untilWritten();
        await storage.stop(10_000);
      });
    } finally {
      await standby.close();
    }
  });
});

describe('tables of another owner', () => {
  /** Makes tables that the role "boss_…" owns, and another role with these grants. */
  async function ofAnotherOwner(dataDir: string, grants: (role: string) => string) {
    const { database, role, url } = await fresh();
    const boss = role.replace('me', 'boss');
    await asAdmin(`create role ${boss} login; grant create on schema public to ${boss}`, database);
    const made = openTestStorage(dataDir, url.replace(role, boss));
    await made.untilReady();
    await made.stop(10_000);
    await asAdmin(grants(role), database);
    return { database, url, boss };
  }

  it('are written, and their days can be read, with the required grants', () =>
    withDataDir(async (dataDir) => {
      const { url } = await ofAnotherOwner(
        dataDir,
        (role) => `grant select, insert, update, delete on all tables in schema public to ${role}`,
      );
      const storage = openTestStorage(dataDir, url, fastClock());
      await storage.accept({ ticks: TICKS, alerts: [] });
      await storage.untilWritten();
      await storage.stop(10_000);
      expect(await queryUrl(url, 'select sum(tick_count)::integer as ticks from ohlcv_daily')).toEqual([
        { ticks: 300 },
      ]);
    }));

  it('that cannot be written are reported with the missing grant', () =>
    withDataDir(async (dataDir) => {
      const { database, url } = await ofAnotherOwner(
        dataDir,
        (role) => `grant select on all tables in schema public to ${role}`,
      );
      const storage = openTestStorage(dataDir, url, fastClock());
      await storage.accept({ ticks: TICKS, alerts: [] });
      const problem = () => textOf(storage.problems().find(({ id }) => id === 'database-write')?.message);
      await storage.until(() => problem() !== '');
      expect(problem()).toContain('permission denied for table series.');
      await asAdmin(statementIn(problem()), database);
      await storage.untilWritten();
      await storage.until(() => problem() === '');
      await storage.stop(10_000);
    }));

  it('that have to be migrated are not changed, and a message says who can', () =>
    withDataDir(async (dataDir) => {
      const { database, url, boss } = await ofAnotherOwner(
        dataDir,
        (role) => `grant select, insert, update, delete on all tables in schema public to ${role}`,
      );
      await asAdmin(
        `drop schema public cascade; create schema public authorization ${boss}; grant usage on schema public to public`,
        database,
      );
      const pool = databasePool({
        connectionString: `postgresql://${boss}@127.0.0.1:${server.port}/${database}`,
      });
      const transact = createTransact(pool, new AbortController().signal);
      await migrate(transact, await openSession(transact, []), (await loadMigrations()).slice(0, 2));
      await pool.query('grant select, insert, update, delete on all tables in schema public to public');
      await pool.end();
      const storage = openTestStorage(dataDir, url, fastClock());
      await storage.until(() => storage.databaseState().status === 'refused');
      const error = errorOf(storage.databaseState());
      expect(error).toContain(`belong to "${boss}", and only their owner can update them`);
      expect(statementIn(error)).toMatch(/^grant "boss_\d+" to "me_\d+";$/);
      await storage.stop(10_000);
    }));
});
