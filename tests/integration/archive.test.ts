import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { archiveFileRows } from '../../electron/monitor/store/archive/archive-file.ts';
import { archiveMonth } from '../../electron/monitor/store/archive/archive-month.ts';
import { readAllFiles } from '../../electron/monitor/store/archive/archive-tables.ts';
import { ARCHIVED_TICKS, type TickRow } from '../../electron/monitor/store/archive/archived-table.ts';
import { archiveFolder, JANUARY, januaryTicks, withArchive } from './archive-fixture.ts';
import { openTestStorage, queryEmbedded, withDataDir } from './storage-fixture.ts';

describe('a month', () => {
  it('is written to Parquet, read back and dropped', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: januaryTicks(), alerts: [] });
      await storage.untilWritten();
      const folder = archiveFolder(dataDir);
      await withArchive(dataDir, folder, async (context) => {
        const archived = await archiveMonth(context, ARCHIVED_TICKS, JANUARY);
        expect(archived).toMatchObject({ rows: 2_100, files: 3 });
        const files = await context.run(readAllFiles);
        const rows: TickRow[] = [];
        for (const { path } of files)
          for await (const batch of archiveFileRows(context.target, path, ARCHIVED_TICKS))
            rows.push(...(batch as TickRow[]));
        expect(rows).toHaveLength(2_100);
      });
      expect(readdirSync(folder, { recursive: true })).toContain(
        'ticks/source=kraken/coin_id=bitcoin/vs_currency=usd/month=2026-01/part-0001.parquet',
      );
      expect(await queryEmbedded(dataDir, 'select count(*)::integer as count from ticks')).toEqual([
        { count: 0 },
      ]);
      await storage.stop(10_000);
    }));
});
