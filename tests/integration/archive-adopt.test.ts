import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KRAKEN, rowsOf, withJanuary } from './archive-command.ts';
import { JANUARY } from './archive-fixture.ts';
import { queryEmbedded, tick } from './storage-fixture.ts';

const PER_SERIES = 60;

/** Puts the database into the state before its months were archived, as if it was lost and restored from a backup. */
const forgetArchive = (dataDir: string): Promise<object[]> =>
  queryEmbedded(
    dataDir,
    'delete from archive_files; delete from archive_proofs; delete from archived_months',
  );

/** The files of a folder, with their bytes. */
function filesIn(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [
      join(parentPath, name).slice(folder.length + 1),
      readFileSync(join(parentPath, name)).toString('base64'),
    ]),
  );
}

describe('after the database was lost', () => {
  it('a restored database adopts files with equal rows, and writes different rows to additional files', () =>
    withJanuary(async ({ dataDir, folder, storage, archive }) => {
      const ticks = await rowsOf(dataDir, 'series_ticks');
      await archive('run');
      const files = filesIn(folder);
      await archive('restore');
      await forgetArchive(dataDir);

      const again = await archive('run');
      expect(again).toMatchObject({ code: 0 });
      expect(again.stdout).toContain(`2026-01 ticks: ${3 * PER_SERIES} rows archived in 3 files`);
      expect(again.stdout).toContain(
        '2026-01 ticks: 3 of these files existed already with exactly these rows',
      );
      expect(again.stdout).not.toContain('other rows');
      expect(filesIn(folder)).toEqual(files);
      expect(await rowsOf(dataDir, 'series_ticks')).toEqual([]);
      expect((await archive('verify')).stdout).toBe(`6 files with ${6 * PER_SERIES} rows are intact.\n`);
      await archive('restore');
      expect(await rowsOf(dataDir, 'series_ticks')).toEqual(ticks);

      await forgetArchive(dataDir);
      const late = { coinId: 'bitcoin', source: 'kraken', observedAt: JANUARY.from + 5, price: 1, amount: 3 };
      await storage.accept({ ticks: [tick(late)], alerts: [] });
      await storage.untilWritten();
      const now = await rowsOf(dataDir, 'series_ticks');
      const differing = await archive('run');
      expect(differing).toMatchObject({ code: 0 });
      expect(differing.stdout).toContain('2026-01 ticks: 2 of these files existed already');
      expect(differing.stdout).toContain(`${KRAKEN} exists with other rows, and is not changed`);
      expect(filesIn(folder)).toMatchObject(files);
      expect(Object.keys(filesIn(folder))).toContain(KRAKEN.replace('0001', '0002'));
      await archive('restore');
      expect(await rowsOf(dataDir, 'series_ticks')).toEqual(now);
    }, PER_SERIES));

  it('a restored database skips files that it knows at another address', () =>
    withJanuary(async ({ dataDir, archive }) => {
      await archive('run');
      const known = await queryEmbedded(dataDir, 'select * from archive_files order by relation, path');
      await queryEmbedded(dataDir, `update archive_files set archive_url = 'file:///elsewhere'`);
      const adopted = await archive('adopt');
      expect(adopted).toMatchObject({ code: 1 });
      expect(adopted.stdout).toContain('this file is registered with another URL');
      expect(adopted.stderr).toContain('6 files were skipped');
      expect(await queryEmbedded(dataDir, 'select relation, path from archive_files')).toHaveLength(
        known.length,
      );
    }, PER_SERIES));

  it('archive adopt adds the files with the recorded content to a new database, and no others', () =>
    withJanuary(async ({ dataDir, folder, archive }) => {
      const [ticks, minutes] = [await rowsOf(dataDir, 'ticks'), await rowsOf(dataDir, 'candles_1m')];
      await archive('run');
      await forgetArchive(dataDir);
      await queryEmbedded(
        dataDir,
        'delete from series_candles_1h; delete from series_candles_1d; delete from series',
      );
      const renamed = KRAKEN.replace('0001', '0007');
      copyFileSync(join(folder, KRAKEN), join(folder, renamed));
      const [damaged] = Object.keys(filesIn(folder)).filter((path) => path.includes('zcash'));
      const path = join(folder, damaged ?? '');
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.with(300, (bytes[300] ?? 0) ^ 1));

      const some = await archive('adopt');
      expect(some).toMatchObject({ code: 1 });
      expect(some.stdout).toContain(
        `Cannot adopt ${renamed} in ${folder}: its name does not match its content`,
      );
      expect(some.stdout).toContain(`Cannot adopt ${damaged} in ${folder}: it cannot be read`);
      expect(some.stderr).toContain('2 files were skipped');

      writeFileSync(path, bytes);
      const rest = await archive('adopt');
      expect(rest.stdout).toContain('1 files with 60 rows were registered');
      expect((await archive('verify')).stdout).toBe(`6 files with ${6 * PER_SERIES} rows are intact.\n`);
      await archive('restore');
      expect(await rowsOf(dataDir, 'ticks')).toEqual(ticks);
      expect(await rowsOf(dataDir, 'candles_1m')).toEqual(minutes);
      // Months that are in the database itself are not adopted; archive run handles them.
      await forgetArchive(dataDir);
      const stored = await archive('adopt');
      expect(stored).toMatchObject({ code: 1 });
      expect(stored.stdout).toContain('the database has rows of 2026-01 itself');
    }, PER_SERIES));
});
