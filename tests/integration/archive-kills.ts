import { it } from 'vitest';
import { killArchiving } from './kill-archiving.ts';
import { killBackups } from './kill-backups.ts';
import { killsOr, printCounts } from './kills.ts';
import { withDataDir } from './storage-fixture.ts';

/** `KILLS=30` kills archiving thirty times, and backups and restores thirty times, on each target. */
const ROUNDS = killsOr(3);
const options = { timeout: 300_000 + ROUNDS * 60_000 };

const schemeOf = (place: string): string => /^[a-z0-9]+(?=:\/\/)/.exec(place)?.[0] ?? 'folder';

/**
 * The tests of a target, with kills at random steps.
 *
 * @param placeOf the URL of a folder of the target
 */
export function keepsEverything(placeOf: (dataDir: string, name: string) => string): void {
  it('keeps every tick readable exactly once when archiving is killed', options, () =>
    withDataDir(async (dataDir) => {
      const place = placeOf(dataDir, 'archive');
      const counts = await killArchiving(dataDir, place, ROUNDS);
      printCounts({ archiving: schemeOf(place), kills: ROUNDS, ...counts });
    }),
  );

  it('continues a backup and a restore that are killed, and keeps every row', options, () =>
    withDataDir(async (dataDir) => {
      const place = placeOf(dataDir, 'backups');
      const counts = await killBackups(dataDir, place, ROUNDS);
      printCounts({ backup: schemeOf(place), ...counts });
    }),
  );
}
