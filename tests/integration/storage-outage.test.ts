import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readPostmasterPid } from '../../electron/monitor/store/postgres/postmaster-pid.ts';
import { textOf } from '../text-of.ts';
import { type OwnEmbeddedServer, startOwnEmbeddedServer } from './own-embedded-server.ts';
import {
  alert,
  errorOf,
  openTestStorage,
  queryEmbedded,
  queryUrl,
  tick,
  withDataDir,
} from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);

describe('storage whose embedded server exits', () => {
  it.each(['SIGINT', 'SIGKILL'] as const)(
    'restarts it after %s, and neither loses nor duplicates anything',
    (how) =>
      withDataDir(async (dataDir) => {
        const storage = openTestStorage(dataDir);
        await storage.untilReady();
        const server = await readPostmasterPid(join(dataDir, 'postgres'));
        for (let number = 0; number < 60; number++) {
          if (number === 20) process.kill(server?.pid ?? 0, how);
          await storage.accept(fetchOf(number));
        }
        expect(await storage.untilDown()).toMatch(/embedded database.* (stopped|ended)/);
        for (let number = 60; number < 70; number++) await storage.accept(fetchOf(number));
        await storage.untilWritten();
        expect(await queryEmbedded(dataDir, COUNTS)).toEqual([{ ticks: 70, counted: 70, alerts: 70 }]);
        await storage.stop(10_000);
      }),
  );

  it('does not mistake another process for its server when the lock file names it', () =>
    withDataDir(async (dataDir) => {
      const first = openTestStorage(dataDir);
      await first.untilReady();
      await first.stop(10_000);
      writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), `${process.pid}\n${dataDir}/postgres\n`);
      const second = openTestStorage(dataDir);
      await second.untilReady();
      await second.stop(10_000);
    }));

  it('stops cleanly while the cluster is being created or started, and keeps what was accepted', () =>
    withDataDir(async (dataDir) => {
      for (let number = 0; number < 3; number++) {
        const storage = openTestStorage(dataDir);
        await storage.accept(fetchOf(number));
        await storage.stop(0);
        expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
      }
      const storage = openTestStorage(dataDir);
      await storage.untilWritten();
      expect(await queryEmbedded(dataDir, COUNTS)).toEqual([{ ticks: 3, counted: 3, alerts: 3 }]);
      await storage.stop(10_000);
    }));

  it('stores rows that the database can never accept as dead letters, and writes the rest of the batch', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept(fetchOf(0));
      await storage.accept({
        ticks: [tick({ observedAt: START, coinId: 'with a zero byte \0' })],
        alerts: [],
      });
      await storage.accept({
        ticks: [tick({ observedAt: START, coinId: 'no price', price: Number.NaN })],
        alerts: [],
      });
      await storage.accept(fetchOf(1));
      await storage.untilWritten();
      expect(storage.queueState()).toEqual({ waitingTicks: 0, deadLetters: 2 });
      expect(await queryEmbedded(dataDir, COUNTS)).toEqual([{ ticks: 2, counted: 2, alerts: 2 }]);
      await storage.stop(10_000);
    }));

  it('reports what the database rejects, keeps prices meanwhile, and writes them afterwards', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      await queryEmbedded(dataDir, 'alter table series_ticks rename to hidden');
      await storage.accept(fetchOf(0));
      await storage.until(() => storage.problems().length > 0);
      expect(textOf(storage.problems()[0]?.message)).toContain('relation "series_ticks" does not exist');
      expect(storage.queueState().waitingTicks).toBe(1);
      await queryEmbedded(dataDir, 'alter table hidden rename to series_ticks');
      await storage.untilWritten();
      await storage.until(() => storage.problems().length === 0);
      await storage.stop(10_000);
    }));
});

describe("storage on the user's own server", () => {
  let server: OwnEmbeddedServer;
  beforeAll(async () => {
    server = await startOwnEmbeddedServer();
  });
  afterAll(() => server?.close());

  it.each([
    ['a wrong password', () => server.urlOf({ password: 'guessed' }), 'refuses the user "monitor"'],
    ['an unknown database', () => server.urlOf({ database: 'nowhere' }), 'no database "nowhere"'],
    [
      'a socket that is not there',
      () => server.urlOf({ host: '/nowhere' }),
      'No database server responds at the socket in /nowhere',
    ],
    [
      'a port that nobody listens on',
      () => 'postgresql://ada:secret@127.0.0.1:1/prices',
      '127.0.0.1, port 1',
    ],
    ['an unknown host', () => 'postgresql://ada:secret@nowhere.invalid/prices', '"nowhere.invalid"'],
  ])('reports the problem with %s, without the password, and continues to accept', (_, url, words) =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir, url());
      await storage.accept(fetchOf(0));
      const error = await storage.untilDown();
      expect(error).toContain(words);
      expect(error).not.toMatch(/guessed|secret/);
      expect(error).not.toContain(server.password);
      expect(storage.queueState().waitingTicks).toBe(1);
      await storage.stop(10_000);
    }),
  );

  it('stops without waiting for a server that does not respond', () =>
    withDataDir(async (dataDir) => {
      const connected = Promise.withResolvers<Socket>();
      const silent = createServer(connected.resolve).listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      // With frozen timers, the connection timeout cannot be what ends the connection.
      vi.useFakeTimers({ toFake: ['setTimeout'] });
      try {
        const storage = openTestStorage(dataDir, `postgresql://ada:secret@127.0.0.1:${port}/prices`);
        const socket = await connected.promise;
        const closed = once(socket.resume(), 'close');
        await storage.stop(0);
        await closed;
      } finally {
        vi.useRealTimers();
        silent.close();
      }
    }));

  it('rejects what is not a connection URL', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir, 'postgresql://ada:sec/ret@host/prices');
      await storage.until(() => storage.databaseState().status === 'refused');
      expect(errorOf(storage.databaseState())).toContain('In the password, write "/" as %2F.');
      expect(errorOf(storage.databaseState())).not.toMatch(/sec|ret/);
      await storage.stop(10_000);
    }));

  it('delays rows while the server is stopped, and neither loses nor duplicates any', () =>
    withDataDir(async (dataDir) => {
      const url = await server.createDatabase('stopped');
      const storage = openTestStorage(dataDir, url);
      await storage.untilReady();
      for (let number = 0; number < 40; number++) {
        await storage.accept(fetchOf(number));
        if (number === 20) await server.stop();
      }
      await storage.untilDown();
      expect(storage.queueState().waitingTicks).toBeGreaterThan(0);
      await server.start();
      await storage.untilWritten();
      expect(await queryUrl(url, COUNTS)).toEqual([{ ticks: 40, counted: 40, alerts: 40 }]);
      await storage.stop(10_000);
    }));

  it.each([
    [
      'is newer than the program',
      `insert into schema_migrations values (9999, 'future', '')`,
      'newer version',
    ],
    [
      'was made by other migrations',
      `update schema_migrations set checksum = 'other'`,
      'in a different form',
    ],
  ])('rejects a database that %s', (_, sql, words) =>
    withDataDir(async (dataDir) => {
      const url = await server.createDatabase(words.replaceAll(' ', '_'));
      const first = openTestStorage(dataDir, url);
      await first.untilReady();
      await first.stop(10_000);
      await queryUrl(url, sql);
      const second = openTestStorage(dataDir, url);
      await second.accept(fetchOf(0));
      await second.until(() => second.databaseState().status === 'refused');
      expect(errorOf(second.databaseState())).toContain(words);
      expect(second.queueState().waitingTicks).toBe(1);
      await second.stop(10_000);
    }),
  );

  it('serializes programs that start at the same time on an empty database', async () => {
    const url = await server.createDatabase('together');
    await withDataDir((one) =>
      withDataDir(async (two) => {
        const both = [openTestStorage(one, url), openTestStorage(two, url)];
        // Both write the same ticks, so each encounters rows and candles of the other.
        for (let number = 0; number < 50; number++) {
          await Promise.all(both.map((storage) => storage.accept(fetchOf(number))));
        }
        await Promise.all(both.map((storage) => storage.untilWritten()));
        expect(await queryUrl(url, COUNTS)).toEqual([{ ticks: 50, counted: 50, alerts: 50 }]);
        await Promise.all(both.map((storage) => storage.stop(10_000)));
      }),
    );
  });
});

const COUNTS = `
  select
    (select count(*) from ticks)::integer as ticks,
    (select sum(tick_count) from candles_1m)::integer as counted,
    (select count(*) from alerts)::integer as alerts`;

function fetchOf(number: number) {
  const observedAt = START + number * 1_000;
  return {
    ticks: [tick({ observedAt, price: 100 + number })],
    alerts: [alert({ id: `alert-${number}`, observedAt })],
  };
}
