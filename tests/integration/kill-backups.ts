import { expect } from 'vitest';
import { openTarget } from '../../electron/monitor/store/archive/targets/open-target.ts';
import { listBackups, readManifest } from '../../electron/monitor/store/backup/known-backups.ts';
import { verifyBackup } from '../../electron/monitor/store/backup/verify-backup.ts';
import { contentOf, fillStorage, lateTick } from './backup-fixture.ts';
import { runAndKill } from './run-and-kill.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createDatabaseBeside, databaseUrlOf, openTestStorage, queryUrl } from './storage-fixture.ts';

/** With fewer rounds, no restore may be killed while it guards the tables. */
const MANY_ROUNDS = 12;

/** The faults of all complete backups of a place. */
async function faultsIn(place: string): Promise<readonly unknown[]> {
  const target = await openTarget(place, process.env);
  const faults: unknown[] = [];
  for (const id of await listBackups(target))
    await verifyBackup({
      target,
      manifest: await readManifest(target, id),
      rowsToo: true,
      signal: new AbortController().signal,
      onFile: (path, fault) => void (fault !== null && faults.push([path, fault])),
    });
  target.close();
  return faults;
}

/** Whether a database has rows and no restore of it is incomplete. */
async function isRestored(url: string): Promise<boolean> {
  const [found] = await queryUrl<{ done: boolean }>(
    url,
    `select exists (select from series_ticks) and to_regclass('restored_parts') is null as done`,
  ).catch(() => []); // there are no tables yet
  return found?.done === true;
}

/**
 * Kills a backup, and then a restore of it, each up to so many times at random steps, and checks that both continue when they are run
 * again and keep every row.
 *
 * @returns the number of kills of each, of different steps, and of rows, which are the same in the restored database
 */
export async function killBackups(
  dataDir: string,
  place: string,
  rounds: number,
): Promise<Readonly<Record<'kills' | 'restoreKills' | 'steps' | 'rows', number>>> {
  const storage = openTestStorage(dataDir);
  await fillStorage(storage);
  const url = await databaseUrlOf(dataDir);
  const random = createSeededRandom(11);
  const reached = new Set<string>();
  let kills = 0;
  for (let round = 0; round < rounds; round += 1) {
    const last = await runAndKill('backup-load.ts', ['backup', url, place], random.whole(1, 90));
    reached.add(last);
    // It may have been complete before that step.
    if (last !== 'done') kills += 1;
    expect(await faultsIn(place)).toEqual([]);
    if (round % 3 === 2) {
      // Makes the files of the killed backup for this month useless.
      await storage.accept({ ticks: [lateTick(round)], alerts: [] });
      await storage.untilWritten();
    }
  }
  const everything = Number.POSITIVE_INFINITY;
  expect(await runAndKill('backup-load.ts', ['backup', url, place], everything)).toBe('done');
  expect(await faultsIn(place)).toEqual([]);
  const content = await contentOf(url);

  const restored = await createDatabaseBeside(url, 'restored');
  const toRestored = ['restore', restored, place];
  let [refused, restoreKills] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    const killedAt = await runAndKill('backup-load.ts', toRestored, random.whole(1, 60));
    reached.add(killedAt);
    // It may have been killed after its last change.
    if (killedAt === 'done' || (await isRestored(restored))) break;
    restoreKills += 1;
    // The last transaction of the killed restore may still be ending.
    refused += await queryUrl(restored, `delete from series`).then(
      () => 0,
      (error: Error) => Number(error.message.includes('a backup is being restored')),
    );
  }
  if (rounds >= MANY_ROUNDS) expect(refused).toBeGreaterThan(0);
  if (!(await isRestored(restored)))
    expect(await runAndKill('backup-load.ts', toRestored, everything)).toBe('done');
  expect(await contentOf(restored)).toEqual(content);
  expect(reached.size).toBeGreaterThan(Math.min(4, rounds / 3));
  const left = await queryUrl(
    restored,
    `select tgname as name from pg_trigger where tgname = 'restoring'
     union all select relname from pg_class where relname = 'restored_parts'`,
  );
  expect(left).toEqual([]);
  await storage.stop(10_000);
  const rows = Object.values(content).reduce((sum, { length }) => sum + length, 0);
  return { kills, restoreKills, steps: reached.size, rows };
}
