import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readPostmasterPid } from '../../electron/monitor/store/postgres/postmaster-pid.ts';
import { until } from '../program.ts';
import { killsOr, printCounts } from './kills.ts';
import { loadAndKill } from './load-and-kill.ts';
import { openTestStorage, queryEmbedded, withEmptyDataDir } from './storage-fixture.ts';
import { LOAD_COINS } from './storage-load-batch.ts';

const ROUNDS = killsOr(10);
/** A restarted poller has an empty deduplicator and passes on the last prices again. */
const REPEATED_FETCHES = 3;

describe('storage that is killed', () => {
  it(
    'writes everything that it accepted to the database exactly once, however often it is killed',
    {
      timeout: 300_000 + ROUNDS * 20_000,
    },
    () =>
      withEmptyDataDir(async (dataDir) => {
        const accepted = new Set<number>();
        for (let round = 0; round < ROUNDS; round++) {
          const first = Math.max(0, Math.max(...accepted, -1) + 1 - REPEATED_FETCHES);
          for (const number of await loadAndKill(dataDir, first, () => sleep(Math.random() * 900)))
            accepted.add(number);
        }
        expect(accepted.size).toBeGreaterThan(ROUNDS);

        const storage = openTestStorage(dataDir);
        await storage.untilWritten();
        const [counts] = await queryEmbedded<Record<string, number>>(
          dataDir,
          `select
           (select count(*) from ticks)::integer as ticks,
           (select count(distinct observed_at) from ticks)::integer as fetches,
           (select sum(tick_count) from candles_1m)::integer as minute_ticks,
           (select sum(tick_count) from candles_1h)::integer as hour_ticks`,
        );
        const stored = await queryEmbedded<{ number: number }>(
          dataDir,
          `select distinct (extract(epoch from observed_at - '2026-01-01T00:00:00Z'::timestamptz) / 7)::integer as number
         from ticks`,
        );
        const alerts = await queryEmbedded<{ id: string }>(dataDir, 'select id from alerts');
        await storage.stop(10_000);

        const storedNumbers = new Set(stored.map(({ number }) => number));
        expect([...accepted].filter((number) => !storedNumbers.has(number))).toEqual([]);
        // In each round, one more batch may have been accepted and not printed.
        expect(storedNumbers.size - accepted.size).toBeLessThanOrEqual(ROUNDS);
        const ticks = storedNumbers.size * LOAD_COINS;
        expect(counts).toEqual({
          ticks,
          fetches: storedNumbers.size,
          minute_ticks: ticks,
          hour_ticks: ticks,
        });
        const expectedAlerts = [...storedNumbers].filter((number) => number % 5 === 0);
        expect(alerts.map(({ id }) => id).sort()).toEqual(
          expectedAlerts.map((number) => `alert-${number}`).sort(),
        );
        printCounts({ 'kills of the storage': ROUNDS, ticks, alerts: alerts.length });
      }),
  );

  it('creates a complete cluster after two incomplete ones', () =>
    withEmptyDataDir(async (dataDir) => {
      const leftOvers = new Set<string>();
      for (const first of [0, 1]) {
        await loadAndKill(dataDir, first, () => until(() => isBeingMade(dataDir, leftOvers)));
        for (const name of stagingFolders(dataDir)) leftOvers.add(name);
      }
      expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
      expect(leftOvers.size).toBe(2);
      const storage = openTestStorage(dataDir);
      await storage.untilWritten();
      expect(await queryEmbedded(dataDir, 'select count(*)::integer from ticks')).not.toEqual([{ count: 0 }]);
      await storage.stop(10_000);
      // Staging folders of killed starts are removed, now or by a start after their initdb has ended.
      const again = openTestStorage(dataDir);
      await again.untilReady();
      await again.stop(10_000);
      expect(stagingFolders(dataDir)).toEqual([]);
    }));

  it('replaces a server that outlived its program', () =>
    withEmptyDataDir(async (dataDir) => {
      const runningServer = () => readPostmasterPid(join(dataDir, 'postgres'));
      await loadAndKill(dataDir, 0, () => until(async () => (await runningServer())?.ready === true));
      const orphan = await runningServer();
      expect(orphan?.pid).toBeGreaterThan(0);
      const storage = openTestStorage(dataDir);
      await storage.untilWritten();
      const server = await runningServer();
      expect(server?.pid).not.toBe(orphan?.pid);
      await storage.stop(10_000);
      expect(await runningServer()).toBeNull();
    }));
});

function isBeingMade(dataDir: string, leftOvers: ReadonlySet<string>): boolean {
  return stagingFolders(dataDir).some(
    (name) => !leftOvers.has(name) && existsSync(join(dataDir, name, 'cluster', 'base')),
  );
}

function stagingFolders(dataDir: string): string[] {
  return readdirSync(dataDir).filter((name) => name.startsWith('postgres.new'));
}
