import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openTarget } from '../../electron/monitor/store/archive/targets/open-target.ts';
import { listBackups, readManifest } from '../../electron/monitor/store/backup/known-backups.ts';
import { verifyBackup } from '../../electron/monitor/store/backup/verify-backup.ts';
import { contentOf, fillStorage, lateTick } from './backup-fixture.ts';
import { killsOr } from './kills.ts';
import { runAndKill } from './run-and-kill.ts';
import { createSeededRandom } from './seeded-random.ts';
import {
  createDatabaseBeside,
  databaseUrlOf,
  openTestStorage,
  queryUrl,
  withDataDir,
} from './storage-fixture.ts';

const ROUNDS = killsOr(12);

/** What is wrong with any complete backup of a place. */
async function faultsIn(folder: string): Promise<readonly unknown[]> {
  const target = await openTarget(folder, {});
  const faults: unknown[] = [];
  for (const id of await listBackups(target))
    await verifyBackup({
      target,
      manifest: await readManifest(target, id),
      rowsToo: true,
      signal: new AbortController().signal,
      onFile: (path, fault) => void (fault !== null && faults.push([path, fault])),
    });
  return faults;
}

it(
  'a backup and a restore that are killed go on, and give back every row in the end',
  { timeout: 300_000 + ROUNDS * 30_000 },
  () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await fillStorage(storage);
      const url = await databaseUrlOf(dataDir);
      const folder = join(dataDir, 'backups');
      mkdirSync(folder);
      const random = createSeededRandom(11);
      const reached = new Set<string>();
      for (let round = 0; round < ROUNDS; round += 1) {
        reached.add(await runAndKill('backup-load.ts', ['backup', url, folder], random.whole(1, 90)));
        expect(await faultsIn(folder)).toEqual([]);
        if (round % 4 === 3) {
          // What the killed backup has of this month is of no use any more.
          await storage.accept({ ticks: [lateTick(round)], alerts: [] });
          await storage.untilWritten();
        }
      }
      const everything = Number.POSITIVE_INFINITY;
      expect(await runAndKill('backup-load.ts', ['backup', url, folder], everything)).toBe('done');
      expect(await faultsIn(folder)).toEqual([]);
      const content = await contentOf(url);

      const restored = await createDatabaseBeside(url, 'restored');
      const toRestored = ['restore', restored, folder];
      let refused = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const killedAt = await runAndKill('backup-load.ts', toRestored, random.whole(1, 60));
        reached.add(killedAt);
        if (killedAt === 'done') break;
        // The killed one's last transaction may still be ending.
        refused += await queryUrl(restored, `delete from series`).then(
          () => 0,
          (error: Error) => Number(error.message.includes('a backup is being restored')),
        );
      }
      expect(refused).toBeGreaterThan(0);
      expect(await runAndKill('backup-load.ts', toRestored, everything)).toBe('done');
      expect(await contentOf(restored)).toEqual(content);
      expect(reached.size).toBeGreaterThan(4);
      const left = await queryUrl(
        restored,
        `select tgname as name from pg_trigger where not tgisinternal
         union all select relname from pg_class where relname = 'restored_parts'`,
      );
      expect(left).toEqual([]);
      await storage.stop(10_000);
    }),
);
