import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BACKUP_TABLES, DERIVABLE_TABLES } from '../../electron/monitor/store/backup/backup-tables.ts';
import { CLI, type Finished, runCli } from '../program.ts';
import { JANUARY } from './archive-fixture.ts';
import { backupTicks, contentOf, fillStorage, lateTick, newerFormat } from './backup-fixture.ts';
import {
  databaseUrlOf,
  openTestStorage,
  ownDatabase,
  queryUrl,
  type TestStorage,
  tick,
  withDataDir,
  withEmptyDataDir,
} from './storage-fixture.ts';

type Cli = (command: string, ...args: string[]) => Promise<Finished>;

const cliOf = (dataDir: string): Cli => {
  const own = ownDatabase(dataDir);
  const env = { MONITOR_DATA_DIR: dataDir, ...(own === null ? {} : { DATABASE_URL: own }) };
  return (command, ...args) => runCli([command, ...args], env);
};

/** Runs with a storage with rows in every table, and a folder for backups. */
async function withFilled(
  work: (given: {
    readonly dataDir: string;
    readonly folder: string;
    readonly storage: TestStorage;
    readonly cli: Cli;
  }) => Promise<void>,
): Promise<void> {
  await withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    await fillStorage(storage);
    const folder = join(dataDir, 'backups');
    mkdirSync(folder);
    await work({ dataDir, folder, storage, cli: cliOf(dataDir) });
    await storage.stop(10_000);
  });
}

/** The content of the database in the data folder of a stopped program. */
async function contentOfStopped(dataDir: string): Promise<Awaited<ReturnType<typeof contentOf>>> {
  const storage = openTestStorage(dataDir);
  await storage.untilReady();
  const content = await contentOf(await databaseUrlOf(dataDir));
  await storage.stop(10_000);
  return content;
}

const succeeded = (finished: Finished): string => {
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished.stdout;
};

const candleQueries = (['1m', '45m', '1h', '1d'] as const).map((interval) => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  interval,
  limit: 500,
  before: JANUARY.to + 5e8,
}));

const candlesOf = (storage: TestStorage) => Promise.all(candleQueries.map((query) => storage.candles(query)));

/** Whether this user may mount a file system for one process. */
const canMount = (): boolean =>
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;

describe('a backup', () => {
  it('contains every table, except those with a stated reason', () =>
    withFilled(async ({ dataDir }) => {
      const tables = await queryUrl<{ name: string }>(
        await databaseUrlOf(dataDir),
        `select relname::text as name from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
      );
      const known = [...BACKUP_TABLES.map(({ name }) => name), ...Object.keys(DERIVABLE_TABLES)];
      expect(tables.map(({ name }) => name).sort()).toEqual(known.sort());
    }));

  it('in a folder is restored into an empty data folder, exactly, with settings and without secrets', () =>
    withFilled(async ({ dataDir, folder, storage, cli }) => {
      const settings = { coins: ['bitcoin'], databaseUrl: '', vsCurrency: 'eur' };
      writeFileSync(join(dataDir, 'settings.json'), JSON.stringify(settings));
      expect(succeeded(await cli('backup', folder))).toMatch(
        /^2\d{3}-[\dTZ-]+: \d+ rows; \d+ files of \d+ bytes written, 0 taken from earlier backups, in /,
      );
      const [content, candles] = [await contentOf(await databaseUrlOf(dataDir)), await candlesOf(storage)];
      expect(content.series_ticks).toHaveLength(backupTicks().length);
      expect(content.alerts).toHaveLength(2);
      expect(content.history_candles).toHaveLength(1);
      expect(succeeded(await cli('backup', 'verify', folder))).toMatch(/files with \d+ rows are intact/);
      const listed = JSON.parse(succeeded(await cli('backup', 'list', folder)));
      expect(listed.tables.series_ticks).toBe(backupTicks().length);
      // A copy in another place can be restored as well.
      await withEmptyDataDir(async (other) => {
        const target = join(other, 'data');
        renameSync(folder, join(other, 'copied'));
        const restored = await cliOf(target)('restore', join(other, 'copied'));
        expect(succeeded(restored)).toMatch(/rows restored and compared, in/);
        expect(JSON.parse(readFileSync(join(target, 'settings.json'), 'utf8'))).toEqual({
          coins: ['bitcoin'],
          vsCurrency: 'eur',
        });
        writeFileSync(join(target, 'settings.json'), '{"coins":["zcash"]}');
        const beside = await cliOf(target)('restore', join(other, 'copied'), '--replace');
        succeeded(beside);
        expect(beside.stderr).toContain(
          `${join(target, 'settings.json')} exists and was kept. The backup contains settings, too, which were not restored: `,
        );
        expect(readFileSync(join(target, 'settings.json'), 'utf8')).toBe('{"coins":["zcash"]}');
        const again = openTestStorage(target);
        await again.untilReady();
        const url = await databaseUrlOf(target);
        expect(await contentOf(url)).toEqual(content);
        expect(await candlesOf(again)).toEqual(candles);
        // A new series gets a new number, and existing rows are recognized.
        const added = tick({ coinId: 'new', observedAt: JANUARY.from, price: 1 });
        await again.accept({ ticks: [added, ...backupTicks().slice(0, 50)], alerts: [] });
        await again.untilWritten();
        expect((await contentOf(url)).series_ticks).toHaveLength(backupTicks().length + 1);
        const days = await queryUrl(url, `select count(*)::integer as days from ohlcv_daily`);
        expect(days).not.toEqual([{ days: 0 }]);
        await again.stop(10_000);
      });
    }));

  it('in a place with an earlier one writes only changes, and each can be restored', () =>
    withFilled(async ({ dataDir, folder, storage, cli }) => {
      const url = await databaseUrlOf(dataDir);
      const before = await contentOf(url);
      const first = /^\S+(?=:)/.exec(succeeded(await cli('backup', folder)))?.[0] ?? '';
      const filesBefore = readdirSync(folder, { recursive: true }).length;
      await storage.accept({ ticks: [lateTick(1)], alerts: [] });
      await storage.untilWritten();
      const after = await contentOf(url);
      // The ticks and minutes of February, and the hours and days of the year.
      expect(succeeded(await cli('backup', folder))).toMatch(/; 4 files of \d+ bytes written, 7 taken/);
      expect(readdirSync(folder, { recursive: true })).toHaveLength(filesBefore + 5);
      await withEmptyDataDir(async (dir) => {
        succeeded(await cliOf(dir)('restore', folder));
        expect(await contentOfStopped(dir)).toEqual(after);
        const refused = await cliOf(dir)('restore', folder, '--at', first);
        expect(refused.code).toBe(1);
        expect(refused.stderr).toContain(`series_ticks ${backupTicks().length + 1}`);
        expect(refused.stderr).toContain('Nothing was changed.');
        expect(await contentOfStopped(dir)).toEqual(after);
        succeeded(await cliOf(dir)('restore', folder, '--at', first, '--replace'));
        expect(await contentOfStopped(dir)).toEqual(before);
      });
    }));

  it.skipIf(!canMount())(
    'reports a full disk when it is written and restored (skipped without rights to mount)',
    () =>
      withFilled(async ({ dataDir, folder, cli }) => {
        const small = join(dataDir, 'small');
        mkdirSync(small);
        // The mount ends with the process.
        const onSmallDisk = (kb: number, ...args: string[]): string => {
          const script = `mount -t tmpfs -o size=${kb}k,mode=755 tmpfs '${small}' && exec "$0" "$@"`;
          const env = { PATH: process.env.PATH ?? '', MONITOR_DATA_DIR: dataDir };
          const { status, stdout, stderr } = spawnSync(
            'unshare',
            ['-m', 'sh', '-c', script, process.execPath, CLI, ...args],
            { env, encoding: 'utf8' },
          );
          expect({ status, stdout }, stderr).toEqual({ status: 1, stdout: '' });
          return stderr.trimEnd();
        };
        const file = join(small, 'prices.tar');
        expect(onSmallDisk(4, 'backup', file)).toMatch(
          /^crypto-price-monitor: Cannot write .*: the disk is full\. Free some space\.$/,
        );
        succeeded(await cli('backup', folder));
        const refused = onSmallDisk(8_192, 'restore', folder, '--data-dir', join(small, 'data'));
        expect(refused).toMatch(
          /^crypto-price-monitor: The embedded database cannot be created in .*: the disk is full\. Free/,
        );
        expect(refused).toMatch(/\(.*No space left on device\)$/);
        expect(refused.split('\n')).toHaveLength(1);
      }),
  );

  it('in a single file is a tar of the same files, and replaces only an earlier backup', () =>
    withFilled(async ({ dataDir, folder, storage, cli }) => {
      const file = join(folder, 'prices.cpmbackup');
      writeFileSync(file, 'something else');
      const refused = await cli('backup', file);
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('exists, and is not a complete backup');
      expect(readFileSync(file, 'utf8')).toBe('something else');
      rmSync(file);
      succeeded(await cli('backup', file));
      await storage.accept({ ticks: [lateTick(2)], alerts: [] });
      await storage.untilWritten();
      const content = await contentOf(await databaseUrlOf(dataDir));
      const below = await cli('backup', join(folder, 'missing', 'prices.cpmbackup'));
      expect(below).toMatchObject({ code: 1, stdout: '' });
      expect(below.stderr).toContain(`The folder ${join(folder, 'missing')} does not exist.`);
      succeeded(await cli('backup', file));
      expect(readdirSync(folder)).toEqual(['prices.cpmbackup']);
      expect(succeeded(await cli('backup', 'verify', file))).toContain('are intact');
      await withEmptyDataDir(async (dir) => {
        succeeded(await cliOf(dir)('restore', file));
        expect(await contentOfStopped(dir)).toEqual(content);
      });
      // A truncated file is refused, wherever it ends, and nothing is changed.
      const intact = readFileSync(file);
      const { length } = intact;
      for (const bytes of [0, 700, Math.floor(length / 2), length - 1_024 - 600]) {
        truncateSync(file, bytes);
        await withEmptyDataDir(async (dir) => {
          const restored = await cliOf(dir)('restore', file);
          expect(restored, String(bytes)).toMatchObject({ code: 1, stdout: '' });
          expect(restored.stderr).toMatch(/is not a backup/);
          expect(existsSync(join(dir, 'postgres'))).toBe(false);
        });
        writeFileSync(file, intact);
      }
    }));

  it('that is damaged, incomplete or newer is refused, and nothing is changed', () =>
    withFilled(async ({ folder, cli }) => {
      succeeded(await cli('backup', folder));
      const files = readdirSync(folder, { recursive: true }).map(String);
      const manifest = join(folder, files.find((name) => name.startsWith('backups/')) ?? '');
      const ticks = join(folder, files.find((name) => /series_ticks.2026-02/.test(name)) ?? '');
      const alerts = join(folder, files.find((name) => /data.alerts.2026/.test(name)) ?? '');
      const flipped = (path: string, at: number): void => {
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.with(at, (bytes[at] ?? 0) ^ 4));
      };
      const faults: readonly (readonly [name: string, path: string, damage: () => void, expected: RegExp])[] =
        [
          ['a flipped byte', ticks, () => flipped(ticks, 900), /its bytes are not those that were written/],
          ['a shortened file', alerts, () => truncateSync(alerts, 100), /it has 100 bytes instead of/],
          ['a lost file', alerts, () => rmSync(alerts), /it does not exist/],
          ['a manifest cut off', manifest, () => truncateSync(manifest, 500), /is damaged or cut off/],
          ['a byte of the manifest', manifest, () => flipped(manifest, 200), /is damaged or cut off/],
          ['no manifest', manifest, () => rmSync(manifest), /There is no complete backup/],
          [
            'a newer format',
            manifest,
            () => writeFileSync(manifest, newerFormat(readFileSync(manifest, 'utf8'))),
            /has version 99 of the format/,
          ],
        ];
      await withDataDir(async (dir) => {
        const storage = openTestStorage(dir);
        await storage.accept({ ticks: [lateTick(3)], alerts: [] });
        await storage.untilWritten();
        await storage.stop(10_000);
        const content = await contentOfStopped(dir);
        for (const [name, path, damage, expected] of faults) {
          const intact = readFileSync(path);
          damage();
          const restored = await cliOf(dir)('restore', folder, '--replace');
          expect(restored, name).toMatchObject({ code: 1, stdout: '' });
          expect(restored.stderr, name).toMatch(expected);
          // The message is about the place of the backup, not about the archive of months.
          expect(restored.stderr, name).not.toContain('archive');
          if (path !== manifest) {
            const verified = await cli('backup', 'verify', folder);
            expect(verified, name).toMatchObject({ code: 1, stdout: expect.stringMatching(expected) });
            expect(verified.stdout, name).toMatch(new RegExp(`^Cannot read data/\\S+ in ${folder}: it`));
          }
          writeFileSync(path, intact);
        }
        expect(await contentOfStopped(dir)).toEqual(content);
        // The next backup writes a missing file again.
        rmSync(ticks);
        expect(succeeded(await cli('backup', folder))).toContain('; 1 files of');
        expect(succeeded(await cli('backup', 'verify', folder))).toContain('are intact');
      });
    }));
});
