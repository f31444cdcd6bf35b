import { runCli } from '../program.ts';
import { archiveFolder, januaryTicks } from './archive-fixture.ts';
import { openTestStorage, queryEmbedded, type TestStorage, withDataDir } from './storage-fixture.ts';

export const KRAKEN = 'ticks/source=kraken/coin_id=bitcoin/vs_currency=usd/month=2026-01/part-0001.parquet';

/** Runs with a storage that contains January, and with the command `archive` on its database. */
export async function withJanuary(
  work: (given: {
    readonly dataDir: string;
    readonly folder: string;
    readonly storage: TestStorage;
    readonly archive: (...args: string[]) => ReturnType<typeof runCli>;
  }) => Promise<void>,
  perSeries?: number,
): Promise<void> {
  await withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    await storage.accept({ ticks: januaryTicks(perSeries), alerts: [] });
    await storage.untilWritten();
    const folder = archiveFolder(dataDir);
    const env = { MONITOR_DATA_DIR: dataDir, MONITOR_ARCHIVE_URL: folder, MONITOR_KEEP_MINUTES_DAYS: '90' };
    await work({ dataDir, folder, storage, archive: (...args) => runCli(['archive', ...args], env) });
    await storage.stop(10_000);
  });
}

export const rowsOf = (dataDir: string, table: string): Promise<object[]> =>
  queryEmbedded(dataDir, `select * from ${table} order by 1, 2, 3, 4`);
