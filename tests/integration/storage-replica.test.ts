import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { ReplicaState } from '../../shared/domain/replica-state.ts';
import { DEFAULT_RETENTION } from '../../shared/settings/retention.ts';
import { findPostgres } from '../counterparts/postgres.ts';
import { databaseClient } from '../database-client.ts';
import { until } from '../program.ts';
import { textOf } from '../text-of.ts';
import {
  type OwnPostgres,
  type OwnReplica,
  startOwnPostgres,
  startOwnReplica,
  TRUST_REPLICAS,
} from './own-postgres.ts';
import { openTestStorage, queryUrl, type TestStorage, tick, withEmptyDataDir } from './storage-fixture.ts';

const BIN = findPostgres(15);
const missing =
  BIN !== null && existsSync(join(BIN, 'pg_basebackup'))
    ? null
    : 'pg_basebackup of PostgreSQL 15 is not installed';
const START = Date.UTC(2026, 5, 10);
const MINUTE_MS = 60_000;

describe.skipIf(missing !== null)(`a read replica (${missing ?? 'streaming, PostgreSQL 15'})`, () => {
  let primary: OwnPostgres;
  let replica: OwnReplica;
  let minute = 0;

  beforeAll(async () => {
    primary = await startOwnPostgres(BIN);
    await primary.restart([], TRUST_REPLICAS);
    replica = await startOwnReplica(primary, BIN ?? '');
  });
  afterAll(async () => {
    await replica?.close();
    await primary?.close();
  });

  type Used = {
    readonly storage: TestStorage;
    write(): Promise<number>;
    minutes(): Promise<readonly number[]>;
  };

  /** Runs with two programs on the database: one reads from the replica, and the other does not use it. */
  async function withBoth(
    work: (own: Used, other: Used) => Promise<void>,
    url = replica.url,
    mostLag = 99_999,
  ) {
    await withEmptyDataDir((ownDir) =>
      withEmptyDataDir(async (otherDir) => {
        const own = used(
          openTestStorage(ownDir, primary.adminUrl, systemClock, DEFAULT_RETENTION, {
            DATABASE_READ_URL: url,
            DATABASE_READ_MAX_LAG_SECONDS: String(mostLag),
          }),
        );
        const other = used(openTestStorage(otherDir, primary.adminUrl));
        await own.storage.untilReady();
        await other.storage.untilReady();
        // A failed test must not leave the replica paused.
        onTestFinished(async () => void (await resume().catch(() => undefined)));
        await work(own, other);
      }),
    );
  }

  const used = (storage: TestStorage): Used => ({
    storage,
    /** Writes a tick of the next minute; returns that minute. */
    async write() {
      const number = minute++;
      await storage.accept({ ticks: [tick({ observedAt: START + number * MINUTE_MS })], alerts: [] });
      await storage.untilWritten();
      return number;
    },
    async minutes() {
      const { candles } = await storage.candles({
        coinId: 'bitcoin',
        vsCurrency: 'usd',
        interval: '1m',
        limit: 500,
        before: START + 500 * MINUTE_MS,
      });
      return candles.map(({ start }) => (start - START) / MINUTE_MS);
    },
  });

  const untilReplica = (own: Used, status: ReplicaState['status']) =>
    own.storage.until(() => own.storage.replicaState()?.status === status);
  const pause = () => queryUrl(replica.url, 'select pg_wal_replay_pause()');
  const resume = () => queryUrl(replica.url, 'select pg_wal_replay_resume()');
  const untilReplayed = async (): Promise<void> => {
    const [{ at } = { at: '' }] = await queryUrl<{ at: string }>(
      primary.adminUrl,
      'select pg_current_wal_flush_lsn()::text as at',
    );
    await until(async () => {
      const [row] = await queryUrl<{ is_there: boolean }>(
        replica.url,
        `select pg_last_wal_replay_lsn() >= '${at}' as is_there`,
      );
      return row?.is_there;
    });
  };

  it('is read while its lag is small, and never when it lacks changes that were shown or written', () =>
    withBoth(async (own, other) => {
      const first = await other.write();
      await untilReplica(own, 'used');
      await until(async () => (await own.minutes()).includes(first));
      await untilReplayed();
      await pause();
      const second = await other.write();
      // The second tick has not been shown yet, so the replica may be used, which does not have it.
      expect(await own.minutes()).not.toContain(second);
      const third = await own.write();
      for (let read = 0; read < 3; read += 1)
        expect(await own.minutes()).toEqual(expect.arrayContaining([first, second, third]));
      await resume();
      await untilReplayed();
      await pause();
      // The replica has caught up, and is read again.
      const fourth = await other.write();
      expect(await own.minutes()).toContain(third);
      expect(await own.minutes()).not.toContain(fourth);
    }));

  /**
   * Fills a page of the write-ahead log to its end; returns false if other processes have written meanwhile. The next record begins after
   * the header of the next page, a position that a replica reaches only with that record.
   */
  const endPage = async (): Promise<boolean> => {
    const PAGE = 8_192;
    const inPage = async (): Promise<number> => {
      const [row] = await queryUrl<{ at: number }>(
        primary.adminUrl,
        `select ((pg_current_wal_insert_lsn() - '0/0') % ${PAGE})::integer as at`,
      );
      return row?.at ?? 0;
    };
    const emit = (length: number) =>
      queryUrl(primary.adminUrl, `select pg_logical_emit_message(false, 'p', repeat('x', ${length}))`);
    // The record of a message takes 55 bytes more than its content, and is padded to a multiple of eight.
    if (PAGE - (await inPage()) < 512) await emit(1_024);
    await emit(PAGE - (await inPage()) - 56);
    // A page has a header of 24 bytes, and the first page of a file one of 40.
    return [24, 40].includes(await inPage());
  };

  it('is read again when it has replayed a log that ends at the end of a page', () =>
    withBoth(async (own, other) => {
      await untilReplica(own, 'used');
      await until(async () => {
        await pause();
        const written = await own.write();
        if (!(await endPage())) {
          await resume();
          return false;
        }
        await until(async () => {
          const [row] = await queryUrl<{ is_flushed: boolean }>(
            primary.adminUrl,
            'select pg_current_wal_insert_lsn() - pg_current_wal_flush_lsn() <= 40 as is_flushed',
          );
          return row?.is_flushed;
        });
        // From the database, because the replica has not replayed it. Now everything up to the end of the page has been shown.
        expect(await own.minutes()).toContain(written);
        await resume();
        await untilReplayed();
        await pause();
        const late = await other.write();
        const isRead = !(await own.minutes()).includes(late);
        await resume();
        return isRead;
      });
    }));

  it('is not read when another replica of the same URL has shown more', async () => {
    const second = await startOwnReplica(primary, BIN ?? '');
    try {
      const [first, other] = [replica.url, second.url].map((url) => new URL(url).host);
      await withBoth(
        async (own, writer) => {
          await untilReplica(own, 'used');
          await queryUrl(second.url, 'select pg_wal_replay_pause()');
          const written = await writer.write();
          const at = new Date(START + written * MINUTE_MS).toISOString();
          await untilReplayed();
          await until(async () => (await own.minutes()).includes(written));
          const [there] = await queryUrl(second.url, `select from series_candles_1m where bucket = '${at}'`);
          expect(there).toBeUndefined();
          await replica.stop();
          try {
            await untilReplica(own, 'unusable');
            await untilReplica(own, 'used');
            for (let read = 0; read < 3; read += 1) expect(await own.minutes()).toContain(written);
          } finally {
            await replica.start();
          }
        },
        replica.url.replace(first ?? '', `${first},${other}`),
      );
    } finally {
      await second.close();
    }
  });

  it('is not read while its lag exceeds the maximum, and the lag is reported', () =>
    withBoth(
      async (own, other) => {
        await untilReplica(own, 'used');
        await pause();
        const written = await other.write();
        await untilReplica(own, 'behind');
        expect(own.storage.replicaState()).toMatchObject({ mostSeconds: 1 });
        expect(await own.minutes()).toContain(written);
        await resume();
        await untilReplica(own, 'used');
        await untilReplayed();
        expect(await own.minutes()).toContain(written);
      },
      replica.url,
      1,
    ));

  const writeSomething = () =>
    queryUrl(primary.adminUrl, "select pg_logical_emit_message(true, 'test', 'something')");
  /** Freezes every connection of programs to a server, until the returned function is called. */
  const freeze = async (url: string): Promise<() => void> => {
    const rows = await queryUrl<{ pid: number }>(
      url,
      "select pid from pg_stat_activity where application_name = 'crypto-price-monitor'",
    );
    for (const { pid } of rows) process.kill(pid, 'SIGSTOP');
    let isFrozen = true;
    const thaw = (): void => {
      if (isFrozen) for (const { pid } of rows) process.kill(pid, 'SIGCONT');
      isFrozen = false;
    };
    onTestFinished(thaw);
    return thaw;
  };

  it('is treated as behind while the database does not return its position', () =>
    withBoth(
      async (own) => {
        await untilReplica(own, 'used');
        const thaw = await freeze(primary.adminUrl);
        await untilReplica(own, 'behind');
        thaw();
        await untilReplica(own, 'used');
      },
      replica.url,
      1,
    ));

  it('is disconnected if it does not respond', () =>
    withBoth(async (own) => {
      const written = await own.write();
      await untilReplica(own, 'used');
      const thaw = await freeze(replica.url);
      await untilReplica(own, 'unusable');
      const state = own.storage.replicaState();
      expect(state?.status === 'unusable' && textOf(state.error)).toBe('It has not responded for 5 seconds.');
      expect(await own.minutes()).toContain(written);
      thaw();
      await untilReplica(own, 'used');
    }));

  it('is still checked while all its reads are pending', () =>
    withBoth(async (own) => {
      const written = await own.write();
      await untilReplica(own, 'used');
      await until(async () => (await own.minutes()).includes(written));
      await untilReplayed();
      const locking = databaseClient(primary.adminUrl);
      await locking.connect();
      try {
        await locking.query('begin; lock table series_candles_1m in access exclusive mode');
        await writeSomething(); // its commit sends the lock to the replica
        const waiting = async (isGranted: boolean) => {
          const [row] = await queryUrl<{ count: number }>(
            replica.url,
            `select count(*)::int from pg_locks
             where relation = 'series_candles_1m'::regclass and granted = ${isGranted}`,
          );
          return row?.count ?? 0;
        };
        // Until the replica has the lock, too.
        await until(async () => (await waiting(true)) === 1);
        const reads = [1, 2, 3, 4, 5, 6].map(() => own.minutes());
        await until(async () => (await waiting(false)) >= 4);
        await pause();
        await writeSomething();
        // Only a check that gets a response detects that the replica falls behind.
        await own.storage.until(() => {
          const state = own.storage.replicaState();
          return state?.status === 'used' && state.lagSeconds > 0;
        });
        await resume();
        await locking.query('rollback');
        for (const read of await Promise.all(reads)) expect(read).toContain(written);
      } finally {
        await locking.end();
      }
    }));

  it('refuses a replica of another server', async () => {
    const foreign = await startOwnPostgres(BIN);
    try {
      await foreign.restart([], TRUST_REPLICAS);
      const itsReplica = await startOwnReplica(foreign, BIN ?? '');
      try {
        await withBoth(async (own) => {
          await untilReplica(own, 'unusable');
          const state = own.storage.replicaState();
          expect(state?.status === 'unusable' && textOf(state.error)).toMatch(/system identifiers differ/);
        }, itsReplica.url);
      } finally {
        await itsReplica.close();
      }
    } finally {
      await foreign.close();
    }
  });

  it('is replaced by the database while it is unavailable, and used again afterwards', () =>
    withBoth(async (own) => {
      await untilReplica(own, 'used');
      await replica.stop();
      const written = await own.write();
      expect(await own.minutes()).toContain(written);
      await untilReplica(own, 'unusable');
      expect(await own.minutes()).toContain(written);
      await replica.start();
      await untilReplica(own, 'used');
    }));

  it('serves history while the database is unavailable', async () => {
    await withBoth(async (own) => {
      const written = await own.write();
      await untilReplica(own, 'used');
      await untilReplayed();
      await until(async () => (await own.minutes()).includes(written));
      await primary.stop();
      await own.storage.untilDown();
      expect(await own.minutes()).toContain(written);
      await replica.stop();
      await untilReplica(own, 'unusable');
      await replica.start();
      await untilReplica(own, 'used');
      expect(await own.minutes()).toContain(written);
      await primary.restart([], TRUST_REPLICAS);
      await own.storage.untilReady();
    });
  });

  it.each([
    ['the database itself', () => primary.adminUrl, /not a standby/],
    ['a server that is not there', () => 'postgresql://ada@127.0.0.1:9/postgres', /port 9/],
  ])('refuses %s', (_, url, reason) =>
    withBoth(async (own) => {
      await untilReplica(own, 'unusable');
      const state = own.storage.replicaState();
      expect(state?.status === 'unusable' && textOf(state.error)).toMatch(reason);
      const written = await own.write();
      expect(await own.minutes()).toContain(written);
    }, url()),
  );

  it('is no longer used after it was promoted', () =>
    withBoth(async (own) => {
      await untilReplica(own, 'used');
      await queryUrl(replica.url, 'select pg_promote()');
      await untilReplica(own, 'unusable');
      const written = await own.write();
      expect(await own.minutes()).toContain(written);
    }));
});
