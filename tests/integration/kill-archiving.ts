import { expect } from 'vitest';
import { lockLocations } from '../../electron/monitor/store/archive/archive-lock.ts';
import { readMonths } from '../../electron/monitor/store/archive/archive-tables.ts';
import {
  ARCHIVED_TABLES,
  ARCHIVED_TICKS,
  type TickRow,
} from '../../electron/monitor/store/archive/archived-table.ts';
import { readArchive } from '../../electron/monitor/store/archive/read-archive.ts';
import { createOpenedTargets } from '../../electron/monitor/store/archive/targets/open-targets.ts';
import { monthOf } from '../../electron/monitor/store/partitions/partition-month.ts';
import {
  makePartition,
  PARTITIONED_TABLES,
} from '../../electron/monitor/store/partitions/partitioned-table.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { JANUARY, januaryTicks, withArchive } from './archive-fixture.ts';
import { runAndKill } from './run-and-kill.ts';
import { createSeededRandom } from './seeded-random.ts';
import { databaseUrlOf, openTestStorage, type TestStorage, tick, withClient } from './storage-fixture.ts';

/** The first run has some 230 steps, because for each table and series, thirteen writes follow the creation of a file. */
const MAX_STEPS = 120;
/** With this many kills, most of the different steps are interrupted, of files and of transactions. */
const MANY_KILLS = 30;

/**
 * Kills the archiving of a month repeatedly at random steps while late ticks arrive, and reads every tick after each kill.
 *
 * @returns the number of ticks, all of which were readable exactly once after each kill, and the number of different steps that were killed
 */
export async function killArchiving(
  dataDir: string,
  archiveUrl: string,
  kills: number,
): Promise<{ readonly ticks: number; readonly steps: number }> {
  const storage = openTestStorage(dataDir);
  const ticks = januaryTicks(300);
  await write(storage, ticks);
  const random = createSeededRandom(7);
  const reached = new Set<string>();
  for (let [round, killed] = [0, 0]; killed < kills; round += 1) {
    const last = await archiveAndKill(dataDir, archiveUrl, random.whole(1, MAX_STEPS));
    // It may have been complete before that step.
    if (last !== 'done') {
      killed += 1;
      reached.add(last);
    }
    if (round % 3 === 2 || last === 'done') {
      const late = tick({
        coinId: 'bitcoin',
        source: 'kraken',
        observedAt: JANUARY.from + round * 1_000 + 7,
        amount: 2,
      });
      await write(storage, [late]);
      ticks.push(late);
      // The program creates a dropped partition again within the hour, with the rows of the default partition.
      for (const table of PARTITIONED_TABLES)
        await withClient(await databaseUrlOf(dataDir), (client) =>
          makePartition(client, table, monthOf(JANUARY.from)),
        );
    }
    expect(await readable(dataDir, archiveUrl)).toEqual(keysOf(ticks));
  }
  expect(reached.size).toBeGreaterThan(kills >= MANY_KILLS ? 4 : Math.min(3, kills / 3));
  expect(await archiveAndKill(dataDir, archiveUrl, Number.POSITIVE_INFINITY)).toBe('done');
  expect(await readable(dataDir, archiveUrl)).toEqual(keysOf(ticks));
  await withArchive(dataDir, archiveUrl, async ({ run, target }) => {
    // All ticks are in the archive, and none in the table.
    expect(await run(async (client) => (await client.query('select from series_ticks')).rowCount)).toBe(0);
    expect((await run(readMonths)).map(({ state }) => state)).toEqual(['archived', 'archived']);
    const known = await run(
      async (client) => (await client.query<{ path: string }>('select path from archive_files')).rows,
    );
    const there: string[] = [];
    for (const table of ARCHIVED_TABLES)
      for await (const { path } of target.list(table.name)) there.push(path);
    expect(there.sort()).toEqual(known.map(({ path }) => path).sort());
  });
  await storage.stop(10_000);
  return { ticks: ticks.length, steps: reached.size };
}

async function write(storage: TestStorage, ticks: readonly Tick[]): Promise<void> {
  await storage.accept({ ticks, alerts: [] });
  await storage.untilWritten();
}

const archiveAndKill = (dataDir: string, archiveUrl: string, steps: number): Promise<string> =>
  runAndKill('archive-load.ts', [dataDir, archiveUrl], steps);

/** The key and the price of every tick, read from the table and the archive. */
async function readable(dataDir: string, archiveUrl: string): Promise<readonly string[]> {
  const targets = createOpenedTargets(process.env);
  return withArchive(dataDir, archiveUrl, ({ run }) =>
    run(async (client) => {
      await lockLocations(client);
      const { rows } = await client.query<{ id: number; coin_id: string; source: string }>(
        'select id, coin_id, source from series',
      );
      const names = new Map(rows.map(({ id, coin_id, source }) => [id, `${coin_id} ${source}`]));
      const stored = await client.query<{ series_id: number; at: number; price: number }>(
        `select series_id, (extract(epoch from observed_at) * 1000)::double precision as at, price from series_ticks`,
      );
      const keys = stored.rows.map(({ series_id, at, price }) => `${names.get(series_id)} ${at} ${price}`);
      const range = { seriesIds: [...names.keys()], ...JANUARY };
      for (const { seriesId, batches } of await readArchive(client, targets, ARCHIVED_TICKS, range))
        for await (const batch of batches)
          for (const { observed_at, price } of batch as readonly TickRow[])
            keys.push(`${names.get(seriesId)} ${observed_at} ${price}`);
      return keys.sort();
    }),
  );
}

const keysOf = (ticks: readonly Tick[]): readonly string[] =>
  ticks.map(({ coinId, source, observedAt, price }) => `${coinId} ${source} ${observedAt} ${price}`).sort();
