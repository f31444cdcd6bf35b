import { it } from 'vitest';
import { killArchiving } from './kill-archiving.ts';
import { killBackups } from './kill-backups.ts';
import { killsOr } from './kills.ts';
import { withDataDir } from './storage-fixture.ts';

/** With `KILLS=30`, thirty kills of archiving and thirty of backups and restores, on each target. */
const ROUNDS = killsOr(3);
const options = { timeout: 300_000 + ROUNDS * 60_000 };

/**
 * The tests of a target, with kills at random.
 *
 * @param placeOf the URL of a folder of the target
 */
export function keepsEverything(placeOf: (dataDir: string, name: string) => string): void {
  it('archiving that is killed keeps every tick readable exactly once', options, () =>
    withDataDir((dataDir) => killArchiving(dataDir, placeOf(dataDir, 'archive'), ROUNDS)),
  );

  it('a backup and a restore that are killed continue, and keep every row', options, () =>
    withDataDir((dataDir) => killBackups(dataDir, placeOf(dataDir, 'backups'), ROUNDS)),
  );
}
