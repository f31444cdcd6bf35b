import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withDatabase } from '../../electron/commands/with-database.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import type { RunInTransaction } from '../../electron/monitor/store/archive/archive-lock.ts';
import type { ArchiveContext } from '../../electron/monitor/store/archive/archive-month.ts';
import { openTarget } from '../../electron/monitor/store/archive/targets/open-target.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { tick } from './storage-fixture.ts';

export const JANUARY = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 1, 1) };
const HOUR_MS = 3_600_000;

/** Ticks of three series over a month, one per hour and some at the first and last instants, with and without amounts. */
export function januaryTicks(perSeries = 700): Tick[] {
  const names = [
    { coinId: 'bitcoin', source: 'kraken' },
    { coinId: 'bitcoin', source: 'coingecko' },
    { coinId: 'zcash', source: 'a/b c=%:ü' },
  ];
  return names.flatMap((name, series) =>
    Array.from({ length: perSeries }, (_, step) =>
      tick({
        ...name,
        observedAt: JANUARY.from + Math.min(step * HOUR_MS + series * 61_000, JANUARY.to - 1 - JANUARY.from),
        price: 100 + Math.sin(step + series) / 3,
        amount: series === 0 ? 0.1 + step / 7 : null,
        volume24h: step % 3 === 0 ? null : 1e9 + step / 3,
        marketCap: step % 5 === 0 ? null : 2e12 + step,
      }),
    ),
  );
}

/** Creates the folder of an archive in the data folder of a test. */
export function archiveFolder(dataDir: string): string {
  const folder = join(dataDir, 'archive');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Runs with the database of a data folder and an archive, as archiving requires. */
export async function withArchive<T>(
  dataDir: string,
  archiveUrl: string,
  work: (context: ArchiveContext) => Promise<T>,
): Promise<T> {
  const choice = { dataDir, databaseUrl: '', log: silentLog };
  const target = await openTarget(archiveUrl, process.env);
  return withDatabase(choice, (run: RunInTransaction) =>
    work({
      run,
      target,
      openTarget: (url) => openTarget(url, process.env),
      clock: systemClock,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    }),
  );
}
