import { describe, expect, it } from 'vitest';
import { databaseClient } from '../database-client.ts';
import { textOf } from '../text-of.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import {
  databaseUrlOf,
  openTestStorage,
  queryEmbedded,
  queryUrl,
  tick,
  withDataDir,
} from './storage-fixture.ts';

const MAY = Date.UTC(2026, 4, 31, 23, 59, 59, 999);
const JUNE = MAY + 1;

const COUNTS = `
  select
    (select count(*) from ticks)::integer as ticks,
    (select sum(tick_count) from candles_1m)::integer as minutes,
    (select count(*) from series_ticks_default)::integer as without_partition,
    (select count(*) from series_candles_1m_default)::integer as candles_without`;

const partitionsOf = (table: string) => `
  select string_agg(relname, ' ' order by relname) as names from pg_class
  where relkind = 'r' and relname ~ '^${table}_\\d'`;

function namesAhead(): string[] {
  const now = new Date();
  return [0, 1, 2].map((months) => {
    const start = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
    return `series_ticks_${start.toISOString().slice(0, 7).replace('-', '_')}`;
  });
}

/** Waits until the storage has created partitions ahead of time, after which it changes no table. */
async function untilPartitioned(dataDir: string): Promise<void> {
  const expected = [...new Set(['series_ticks_2026_05', 'series_ticks_2026_06', ...namesAhead()])].sort();
  for (const table of ['series_ticks', 'series_candles_1m']) {
    const names = expected.map((name) => name.replace('series_ticks', table));
    for (;;) {
      const [row] = await queryEmbedded<{ names: string }>(dataDir, partitionsOf(table));
      const made = row?.names?.split(' ') ?? [];
      expect(names).toEqual(expect.arrayContaining(made));
      if (made.length === names.length) break;
    }
  }
}

/** Moves May's rows to the default partition, as if the partitions of May could not be created. */
async function moveMayToDefault(dataDir: string): Promise<void> {
  for (const table of ['series_ticks', 'series_candles_1m'])
    await queryEmbedded(
      dataDir,
      `alter table ${table} detach partition ${table}_2026_05;
       insert into ${table}_default select * from ${table}_2026_05;
       drop table ${table}_2026_05`,
    );
}

/** Waits until this number of connections wait for a lock on a table. */
async function untilLocked(dataDir: string, waiting: number): Promise<void> {
  const query = `select count(*)::integer as waiting from pg_locks where locktype = 'relation' and not granted`;
  for (;;) {
    const [row] = await queryEmbedded<{ waiting: number }>(dataDir, query);
    if (row?.waiting === waiting) return;
  }
}

describe('partitions', () => {
  it('are created ahead of time, and for late ticks when they arrive', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: [tick({ observedAt: MAY }), tick({ observedAt: JUNE })], alerts: [] });
      await storage.untilWritten();
      await untilPartitioned(dataDir);
      expect(await queryEmbedded(dataDir, COUNTS)).toEqual([
        { ticks: 2, minutes: 2, without_partition: 0, candles_without: 0 },
      ]);
      await storage.stop(10_000);
    }));

  it('are created for rows of the default partition, which is emptied', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: [tick({ observedAt: MAY }), tick({ observedAt: JUNE })], alerts: [] });
      await storage.untilWritten();
      await untilPartitioned(dataDir);
      await moveMayToDefault(dataDir);
      expect(await queryEmbedded(dataDir, COUNTS)).toEqual([
        { ticks: 2, minutes: 2, without_partition: 1, candles_without: 1 },
      ]);
      await storage.stop(10_000);
      const again = openTestStorage(dataDir);
      await again.untilReady();
      for (;;) {
        const [counts] = await queryEmbedded<Record<string, number>>(dataDir, COUNTS);
        expect(counts).toMatchObject({ ticks: 2, minutes: 2 });
        if (counts?.without_partition === 0 && counts.candles_without === 0) break;
      }
      await again.stop(10_000);
    }));

  it('are filled from the default partition without affecting concurrent reads and writes', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: [tick({ observedAt: MAY }), tick({ observedAt: JUNE })], alerts: [] });
      await storage.untilWritten();
      await untilPartitioned(dataDir);
      const minute = {
        coinId: 'bitcoin',
        vsCurrency: 'usd',
        interval: '1m',
        limit: 60,
        before: JUNE,
        volumeKind: 'traded',
      } as const;
      const [before] = (await storage.candles(minute)).candles;
      expect(before).toMatchObject({ tickCount: 1 });
      await moveMayToDefault(dataDir);

      const mover = databaseClient(await databaseUrlOf(dataDir));
      await mover.connect();
      await mover.query('begin');
      await mover.query(`select make_partition('series_candles_1m', '2026-05-01')`);
      const reading = storage.candles(minute);
      await untilLocked(dataDir, 1);
      await storage.accept({ ticks: [tick({ observedAt: MAY - 1 })], alerts: [] });
      await untilLocked(dataDir, 2);
      await mover.query('commit');
      await mover.end();

      // The read may precede or follow the concurrent write.
      const [read] = (await reading).candles;
      expect(read).toMatchObject({
        start: before?.start,
        tickCount: expect.toSatisfy((count) => [1, 2].includes(count)),
      });
      await storage.untilWritten();
      expect((await storage.candles(minute)).candles).toMatchObject([{ tickCount: 2 }]);
      await storage.stop(10_000);
    }));

  it('are created again if they and the default partition are missing, and no price becomes a dead letter', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: [tick({ observedAt: MAY })], alerts: [] });
      await storage.untilWritten();
      await queryEmbedded(
        dataDir,
        `drop table series_ticks_2026_05, series_ticks_default;
         drop table series_candles_1m_2026_05, series_candles_1m_default`,
      );
      await storage.accept({ ticks: [tick({ observedAt: MAY - 60_000 })], alerts: [] });
      await storage.untilWritten();
      expect(storage.queueState()).toEqual({ waitingTicks: 0, deadLetters: 0 });
      expect(await queryEmbedded(dataDir, 'select observed_at from ticks')).toEqual([
        { observed_at: new Date(MAY - 60_000) },
      ]);
      await storage.stop(10_000);
    }));

  it('that may not be created are reported, and filled by the next run of the owner', async () => {
    const server: OwnPostgres = await startOwnPostgres();
    const asAdmin = (sql: string) => queryUrl(server.adminUrl, sql);
    const urlOf = (role: string) => `postgresql://${role}@127.0.0.1:${server.port}/postgres`;
    try {
      await asAdmin('create role boss login; create role me login; grant create on schema public to boss');
      await withDataDir(async (dataDir) => {
        const boss = openTestStorage(dataDir, urlOf('boss'));
        await boss.untilReady();
        await boss.stop(10_000);
        await asAdmin('grant select, insert, update, delete on all tables in schema public to me');
        const storage = openTestStorage(dataDir, urlOf('me'));
        await storage.accept({ ticks: [tick({ observedAt: MAY })], alerts: [] });
        await storage.untilWritten();
        expect(await asAdmin(COUNTS)).toEqual([
          { ticks: 1, minutes: 1, without_partition: 1, candles_without: 1 },
        ]);
        const problem = storage.problems().find(({ id }) => id === 'database-partitions');
        expect(textOf(problem?.message)).toContain(
          'The user "me" may not create partitions: permission denied',
        );
        await storage.stop(10_000);
        const again = openTestStorage(dataDir, urlOf('boss'));
        await again.untilReady();
        for (;;) {
          const [counts] = await queryUrl<Record<string, number>>(server.adminUrl, COUNTS);
          expect(counts).toMatchObject({ ticks: 1, minutes: 1 });
          if (counts?.without_partition === 0 && counts.candles_without === 0) break;
        }
        await again.stop(10_000);
      });
    } finally {
      await server.close();
    }
  });
});
