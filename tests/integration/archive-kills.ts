import { it } from 'vitest';
import { killArchiving } from './kill-archiving.ts';
import { killBackups } from './kill-backups.ts';
import { killsOr, printCounts } from './kills.ts';
import { withDataDir } from './storage-fixture.ts';

/** With `KILLS=30`, thirty kills of archiving and thirty of backups and restores, on each target. */
const ROUNDS = killsOr(3);
const options = { timeout: 300_000 + ROUNDS * 60_000 };

const schemeOf = (place: string): string => /^[a-z0-9]+(?=:\/\/)/.exec(place)?.[0] ?? 'folder';

/**
 * The tests of a target, with kills at random.
 *
 * @param placeOf the URL of a folder of the target
 */
export function keepsEverything(placeOf: (dataDir: string, name: string) => string): void {
  it('archiving that is killed keeps every tick readable exactly once', options, () =>
    withDataDir(async (dataDir) => {
      const place = placeOf(dataDir, 'archive');
      const counts = await killArchiving(dataDir, place, ROUNDS);
      printCounts({ archiving: schemeOf(place), kills: ROUNDS, ...counts });
    }),
  );

  it('a backup and a restore that are killed continue, and keep every row', options, () =>
    withDataDir(async (dataDir) => {
      const place = placeOf(dataDir, 'backups');
      const counts = await killBackups(dataDir, place, ROUNDS);
      printCounts({ backup: schemeOf(place), ...counts });
    }),
  );
}
