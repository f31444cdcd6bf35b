import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../program.ts';
import { archiveFolder, JANUARY } from './archive-fixture.ts';
import { backupTicks } from './backup-fixture.ts';
import { openTestStorage, ownDatabase, queryEmbedded, tick, withDataDir } from './storage-fixture.ts';

const EXPORTS = [
  ['ticks'],
  ['ticks', '--format', 'jsonl', '--from', '2026-01-03T04:05:06Z', '--to', '2026-02-05'],
  ['ticks', '--format', 'parquet'],
  ['candles', '--interval', '1m'],
  ['candles', '--interval', '45m', '--from', '2026-01-03', '--to', '2026-02-03', '--format', 'parquet'],
] as const;

it('an export is byte-identical after months were archived, and reports which months it reads from the archive', () =>
  withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    const odd = [1e-7, 1.25e16, 3].map((price, index) =>
      tick({ source: 'a "b", c', observedAt: JANUARY.from + 7 + index, price, amount: 1e-9 * index }),
    );
    await storage.accept({ ticks: [...backupTicks(700), ...odd], alerts: [] });
    await storage.untilWritten();
    await queryEmbedded(
      dataDir,
      `insert into series_ticks (observed_at, series_id, price, amount)
       select observed_at + interval '123 microseconds', series_id, price, amount
       from series_ticks where observed_at < '2026-01-02'`,
    );
    const own = ownDatabase(dataDir);
    const env = {
      MONITOR_DATA_DIR: dataDir,
      MONITOR_ARCHIVE_URL: archiveFolder(dataDir),
      MONITOR_KEEP_MINUTES_DAYS: '90',
      ...(own === null ? {} : { DATABASE_URL: own }),
    };
    const exported = async (): Promise<readonly (readonly [notice: string, content: string])[]> => {
      const all: (readonly [string, string])[] = [];
      for (const [index, args] of EXPORTS.entries()) {
        const file = join(dataDir, `export-${index}`);
        const ran = await runCli(['export', ...args, '--coin', 'bitcoin', '--out', file], env);
        expect(ran, ran.stderr).toMatchObject({ code: 0, stdout: '' });
        all.push([ran.stderr, readFileSync(file).toString('latin1')]);
      }
      return all;
    };
    // Archives January and February, while the clock is months later.
    const archived = async () => expect(await runCli(['archive', 'run'], env)).toMatchObject({ code: 0 });
    await archived();
    // A late tick is in the table, and so is one that is also in the archive.
    const late = tick({ coinId: 'bitcoin', source: 'kraken', observedAt: JANUARY.from + 77, price: 7 });
    const known = backupTicks(700)[3];
    await storage.accept({ ticks: [late, ...(known === undefined ? [] : [known])], alerts: [] });
    await storage.untilWritten();
    const stored = await queryEmbedded(dataDir, 'select count(*)::integer as count from series_ticks');
    expect(stored).toEqual([{ count: 2 }]);
    const fromArchive = await exported();
    expect(await runCli(['archive', 'restore'], env)).toMatchObject({ code: 0 });
    const fromDatabase = await exported();
    for (const [index, [notice, content]] of fromArchive.entries()) {
      const name = EXPORTS[index]?.join(' ') ?? '';
      expect(fromDatabase[index], name).toEqual(['', content]);
      if (name.endsWith('1d')) expect(notice, name).toBe('');
      else
        expect(notice, `${name} ${content.length}`).toMatch(
          /^[12] months? (is|are) read from the archive \/.*\.\n$/,
        );
    }
    expect(fromArchive[0]?.[1].split('\n').length).toBeGreaterThan(2_700);
    await storage.stop(10_000);
  }));
