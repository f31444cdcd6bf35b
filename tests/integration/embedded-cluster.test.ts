import { execFile } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { embeddedConnectionUrl } from '../../electron/monitor/store/postgres/embedded-url.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { openPage, type Page, startProgram, until, withFolder } from '../program.ts';
import {
  errorOf,
  openTestStorage,
  queryEmbedded,
  type TestStorage,
  tick,
  withEmptyDataDir,
} from './storage-fixture.ts';

const run = promisify(execFile);
const START = Date.UTC(2026, 0, 1);

/** Runs storage on this folder once; `work` starts when the database is ready. */
async function oneRun<T>(dataDir: string, work: (storage: TestStorage) => Promise<T>): Promise<T> {
  const storage = openTestStorage(dataDir);
  await storage.untilReady();
  const result = await work(storage);
  await storage.stop(10_000);
  return result;
}

/** Runs storage once, with a database that is down with this message until `mend` is called, and then has all its data. */
async function oneTroubledRun(dataDir: string, message: RegExp, mend: () => void): Promise<void> {
  const storage = openTestStorage(dataDir);
  expect(await storage.untilDown()).toMatch(message);
  mend();
  await storage.untilReady();
  expect(await queryEmbedded(dataDir, 'select price from ticks')).toEqual([{ price: 1 }]);
  await storage.stop(10_000);
}

const keep = (dataDir: string, price: number): Promise<void> =>
  oneRun(dataDir, async (storage) => {
    await storage.accept({ ticks: [tick({ observedAt: START + price, price })], alerts: [] });
    await storage.untilWritten();
  });

const prices = (dataDir: string): Promise<readonly unknown[]> =>
  oneRun(dataDir, async () => {
    const rows = await queryEmbedded<{ price: number }>(dataDir, 'select price from ticks order by price');
    return rows.map(({ price }) => price);
  });

describe('the cluster of the embedded server', () => {
  it('can be opened after the folder, its contents or its password were moved away and back', async () => {
    await withEmptyDataDir(async (dataDir) => {
      const cluster = join(dataDir, 'postgres');
      const passwordFile = join(dataDir, 'postgres-password');
      const aside = join(dataDir, 'aside');
      await keep(dataDir, 1);
      const password = readFileSync(passwordFile, 'utf8');

      // If it is moved away, a new cluster is created. If it is moved back, its data is there again.
      renameSync(cluster, aside);
      await keep(dataDir, 2);
      rmSync(cluster, { recursive: true });
      renameSync(aside, cluster);
      expect(await prices(dataDir)).toEqual([1]);

      for (const [name, message] of [
        ['PG_VERSION', /its file PG_VERSION is missing.*the one line "18"/],
        [join('global', 'pg_control'), /global.pg_control is missing.*from a backup/],
      ] as const) {
        renameSync(join(cluster, name), aside);
        await oneTroubledRun(dataDir, message, () => renameSync(aside, join(cluster, name)));
      }
      const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8');
      writeFileSync(join(cluster, 'PG_VERSION'), '9\n');
      await oneTroubledRun(
        dataDir,
        /made by PostgreSQL 9, and this version of the program has PostgreSQL 18\. It is left as it is\./,
        () => writeFileSync(join(cluster, 'PG_VERSION'), version),
      );
      expect(readFileSync(passwordFile, 'utf8')).toBe(password);

      rmSync(passwordFile);
      expect(await prices(dataDir)).toEqual([1]);
      expect(readFileSync(passwordFile, 'utf8')).not.toBe(password);

      // The password of a foreign cluster is changed, and not the file, which may belong to another cluster.
      writeFileSync(passwordFile, "it's another\n");
      expect(await prices(dataDir)).toEqual([1]);
      expect(readFileSync(passwordFile, 'utf8')).toBe("it's another\n");
    });
  });

  it('can be moved away after a kill, while its server is still running there', async () => {
    const market = await startDemoServer({ clock: systemClock, seed: 'cluster' });
    await withFolder(async (folder) => {
      const environment = {
        MONITOR_DATA_DIR: folder,
        COINGECKO_BASE_URL: market.url,
        MONITOR_EXCHANGES: 'none',
      };
      const isReady = async (page: Page): Promise<boolean> =>
        (await page.status()).database.status === 'ready';
      const cluster = join(folder, 'postgres');
      const runUntilReady = async (end: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
        const program = await startProgram(environment, [], 'new');
        const page = await openPage(program.url);
        await until(() => isReady(page));
        page.close();
        await program.end(end);
      };
      await runUntilReady('SIGKILL');
      renameSync(cluster, join(folder, 'postgres.mine'));
      await runUntilReady('SIGTERM');
      rmSync(cluster, { recursive: true });
      renameSync(join(folder, 'postgres.mine'), cluster);
      await runUntilReady('SIGTERM');
    });
    await market.close();
  });

  it('is not created in a folder that contains something else, which is not changed', async () => {
    await withEmptyDataDir(async (dataDir) => {
      const cluster = join(dataDir, 'postgres');
      const leftover = join(dataDir, 'postgres.new-backup');
      const storage = openTestStorage(dataDir);
      const untilSaid = (message: RegExp): Promise<void> =>
        storage.until(() => message.test(errorOf(storage.databaseState())));
      mkdirSync(cluster);
      mkdirSync(leftover);
      writeFileSync(join(cluster, 'letter.txt'), 'mine');
      writeFileSync(join(leftover, 'PG_VERSION'), '18');
      await untilSaid(/contains something else. Move it away/);
      rmSync(cluster, { recursive: true });
      writeFileSync(cluster, 'mine');
      await untilSaid(/is not a folder. Move it away/);
      rmSync(cluster);
      if (process.platform !== 'win32') {
        symlinkSync('/not/mounted/postgres', cluster);
        await untilSaid(/is a link to .not.mounted.postgres, which is not there/);
      }
      if (process.getuid?.() === 0) {
        rmSync(cluster);
        for (const name of ['base', 'global']) mkdirSync(join(cluster, name), { recursive: true });
        for (const name of ['PG_VERSION', 'global/pg_control']) writeFileSync(join(cluster, name), '18');
        chownSync(cluster, 12_345, 12_345);
        await untilSaid(/belongs to the user with the id 12345, .*chown -R postgres "/);
      }
      await storage.stop(0);
      expect(readFileSync(join(leftover, 'PG_VERSION'), 'utf8')).toBe('18');
      expect(readdirSync(dataDir)).not.toContain('postgres-password');
    });
  });
});

describe('a data folder with odd characters in its path', () => {
  // Characters that are special to shells, PostgreSQL's settings, its lock file, URLs or printf.
  const odd =
    process.platform === 'win32' ? "it's 100%41, $x ü" : `it's, "a" 100%41 %s \\ $HOME \`id\` ;& #? ü漢 `;

  it('works for the program and for psql', async (context) => {
    await withEmptyDataDir(async (parent) => {
      const dataDir = join(parent, odd);
      mkdirSync(dataDir);
      await keep(dataDir, 1);
      await oneRun(dataDir, async () => {
        expect(await queryEmbedded(dataDir, 'select price from ticks')).toEqual([{ price: 1 }]);
        const url = await embeddedConnectionUrl(dataDir);
        const psql = await run('psql', [url, '-Atc', 'select price from ticks']).catch((error: unknown) => {
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
          throw error;
        });
        if (psql === null) context.annotate('psql is not installed: only the program connected');
        else expect(psql.stdout).toBe('1\n');
      });
    });
  });
});
