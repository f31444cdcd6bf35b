import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { clusterPaths } from '../../electron/monitor/store/postgres/cluster-paths.ts';
import { initCluster } from '../../electron/monitor/store/postgres/create-cluster.ts';
import { serverAccount } from '../../electron/monitor/store/postgres/server-account.ts';
import { makeSocketDir } from '../../electron/monitor/store/postgres/socket-dir.ts';
import { findOlderPrograms } from '../../electron/monitor/store/upgrade/older-programs.ts';
import { startTemporaryServer } from '../../electron/monitor/store/upgrade/temporary-server.ts';
import { findPostgres } from '../counterparts/postgres.ts';
import { textOf } from '../text-of.ts';
import { loadAndKill } from './load-and-kill.ts';
import {
  candlesByDefinition,
  openTestStorage,
  queryEmbedded,
  queryUrl,
  withEmptyDataDir,
} from './storage-fixture.ts';
import { LOAD_COINS, loadFetch } from './storage-load-batch.ts';

const OLDER = 17;
const BIN = findPostgres(OLDER);
const FETCHES = 2_000;
const PASSWORD = "of the older one's";

/** Makes the embedded cluster of an earlier version of the program, with an older PostgreSQL and `FETCHES` of prices. */
async function makeOlderCluster(dataDir: string): Promise<void> {
  const paths = clusterPaths(dataDir);
  const binaries = findOlderPrograms(OLDER, process.env);
  if (binaries === null) throw new Error('PGBINOLD is wrong');
  const account = await serverAccount([binaries.postgres, paths.cluster]);
  await writeFile(paths.passwordFile, `${PASSWORD}\n`);
  const [workFolder, password] = [join(dataDir, 'work'), join(dataDir, 'work/password')];
  mkdirSync(workFolder);
  await account.own(workFolder);
  await writeFile(password, PASSWORD);
  await account.own(password);
  const made = join(workFolder, 'cluster');
  await initCluster(binaries, account, { cluster: made, passwordFile: password });
  await makeSocketDir(paths.socketDir, account);
  const server = await startTemporaryServer({
    binaries,
    account,
    cluster: made,
    socketDir: paths.socketDir,
    password: PASSWORD,
    logFolder: workFolder,
    place: 0,
  });
  const url = (database: string): string =>
    `postgresql://monitor:${encodeURIComponent(PASSWORD)}@/${database}?host=${encodeURIComponent(paths.socketDir)}`;
  await queryUrl(url('postgres'), 'create database monitor');
  await withEmptyDataDir(async (other) => {
    const storage = openTestStorage(other, url('monitor'));
    for (let number = 0; number < FETCHES; number++) await storage.accept(loadFetch(number));
    await storage.untilWritten();
    await storage.stop(10_000);
  });
  await server.stop();
  renameSync(made, paths.cluster);
}

describe.skipIf(BIN === null)(`a cluster of PostgreSQL ${OLDER} (needs npm run counterparts)`, () => {
  it('is upgraded to the embedded version, and its folder is kept, even if the program is killed three times meanwhile', () =>
    withEmptyDataDir(async (dataDir) => {
      vi.stubEnv('PGBINOLD', BIN ?? '');
      onTestFinished(() => void vi.unstubAllEnvs());
      await makeOlderCluster(dataDir);
      const accepted: number[] = [];
      for (let kill = 0; kill < 3; kill++) {
        accepted.push(
          ...(await loadAndKill(dataDir, (accepted.at(-1) ?? FETCHES - 1) + 1, () =>
            sleep(300 + kill * 500),
          )),
        );
      }
      const storage = openTestStorage(dataDir);
      await storage.untilWritten();
      const problem = storage.problems().find(({ id }) => id === 'database-upgrade');
      const kept = join(dataDir, `postgres-${OLDER}`);
      // If the upgrade was complete before the last kill, only the killed run could report it.
      if (problem !== undefined)
        expect(textOf(problem.message)).toBe(
          `The data was moved from PostgreSQL ${OLDER} to 18. The old folder is kept: delete ${kept} when you do not need it.`,
        );
      expect(readFileSync(join(kept, 'PG_VERSION'), 'utf8').trim()).toBe(String(OLDER));
      expect(existsSync(join(dataDir, 'postgres.upgraded'))).toBe(false);

      const [counts] = await queryEmbedded<Record<string, number>>(
        dataDir,
        `select
           current_setting('server_version_num')::integer / 10000 as version,
           (select count(*) from ticks)::integer as ticks,
           (select sum(tick_count) from candles_1m)::integer as minutes,
           (select sum(tick_count) from candles_1h)::integer as hours,
           (select sum(tick_count) from series_candles_1d)::integer as days,
           (select count(*) from series)::integer as series,
           (select count(*) from series_ticks_default)::integer as without_partition`,
      );
      const ticks = counts?.ticks ?? 0;
      expect(ticks % LOAD_COINS).toBe(0);
      expect(ticks).toBeGreaterThanOrEqual((Math.max(FETCHES - 1, ...accepted) + 1) * LOAD_COINS);
      expect(counts).toEqual({
        version: 18,
        ticks,
        minutes: ticks,
        hours: ticks,
        days: ticks,
        series: LOAD_COINS,
        without_partition: 0,
      });
      const own = Array.from({ length: ticks / LOAD_COINS }, (_, number) => loadFetch(number).ticks[7]);
      const query = { coinId: 'coin-7', vsCurrency: 'usd', interval: '1h', limit: 100 } as const;
      const { candles } = await storage.candles({ ...query, before: Date.UTC(2027, 0, 1) });
      expect(candles).toEqual(
        candlesByDefinition(
          own.flatMap((tick) => tick ?? []),
          '1h',
        ).slice(-100),
      );
      await storage.stop(10_000);
    }));
});
