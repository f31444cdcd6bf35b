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
import type { Tick } from '../../shared/domain/tick.ts';
import { JANUARY, januaryTicks, withArchive } from './archive-fixture.ts';
import { runAndKill } from './run-and-kill.ts';
import { createSeededRandom } from './seeded-random.ts';
import { openTestStorage, type TestStorage, tick } from './storage-fixture.ts';

/** Kills the archiving of a month at random steps while late ticks come, and looks at every tick after each kill. */
export async function killArchiving(dataDir: string, archiveUrl: string, rounds: number): Promise<void> {
  const storage = openTestStorage(dataDir);
  const ticks = januaryTicks(300);
  await write(storage, ticks);
  const random = createSeededRandom(7);
  const reached = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    reached.add(await archiveAndKill(dataDir, archiveUrl, random.whole(1, 25)));
    if (round % 3 === 2) {
      const late = tick({
        coinId: 'bitcoin',
        source: 'kraken',
        observedAt: JANUARY.from + round * 1_000 + 7,
        amount: 2,
      });
      await write(storage, [late]);
      ticks.push(late);
    }
    expect(await readable(dataDir, archiveUrl)).toEqual(keysOf(ticks));
  }
  expect(reached.size).toBeGreaterThan(Math.min(3, rounds / 3));
  expect(await archiveAndKill(dataDir, archiveUrl, Number.POSITIVE_INFINITY)).toBe('done');
  expect(await readable(dataDir, archiveUrl)).toEqual(keysOf(ticks));
  await withArchive(dataDir, archiveUrl, async ({ run, target }) => {
    // Everything is in the archive, and nothing else is there.
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
}

async function write(storage: TestStorage, ticks: readonly Tick[]): Promise<void> {
  await storage.accept({ ticks, alerts: [] });
  await storage.untilWritten();
}

const archiveAndKill = (dataDir: string, archiveUrl: string, steps: number): Promise<string> =>
  runAndKill('archive-load.ts', [dataDir, archiveUrl], steps);

/** The key and the price of every tick, of the table and of the archive, as who reads both finds them. */
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
