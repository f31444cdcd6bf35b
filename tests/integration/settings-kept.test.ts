import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { openPage, type Page, startProgram, until, withFolder } from '../program.ts';
import { textOf } from '../text-of.ts';

/** Nothing listens there: these tests need no database, only the address that the program uses. */
const OWN_DATABASE = 'postgresql://me:hush@127.0.0.1:1/prices';

let market: DemoServer;

beforeAll(async () => {
  market = await startDemoServer({ clock: systemClock, seed: 'settings' });
});

afterAll(() => market.close());

/** One start of the real program on this folder. */
async function oneStart<T>(
  folder: string,
  work: (page: Page, stderr: () => string) => Promise<T>,
): Promise<T> {
  const program = await startProgram({
    MONITOR_DATA_DIR: folder,
    COINGECKO_BASE_URL: market.url,
    MONITOR_EXCHANGES: 'none',
    MONITOR_POLL_SECONDS: '1',
  });
  const page = await openPage(program.url);
  try {
    return await work(page, program.stderr);
  } finally {
    page.close();
    await program.end('SIGTERM');
  }
}

const wantsOwnDatabase = async (page: Page): Promise<boolean> => {
  const { database } = await until(async () => {
    const status = await page.status();
    return status.database.status !== 'starting' && status;
  });
  return 'error' in database && textOf(database.error).includes('127.0.0.1');
};

describe('settings.json, from one start to the next', () => {
  it('keeps every setting beside an invalid one, and the notice until it is dismissed', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'settings.json');
      const written = JSON.stringify({
        coins: ['bitcoin', '$$$', 'zcash'],
        databaseUrl: OWN_DATABASE,
        alertThresholdPct: 3,
        quietHours: 'at night',
        ofALaterVersion: { a: [1] },
      });
      writeFileSync(path, written);

      const look = async (page: Page) => {
        const { settings } = await page.call('settings.get', {});
        expect(settings).toMatchObject({
          coins: ['bitcoin', 'zcash'],
          alertThresholdPct: 3,
          quietHours: null,
        });
        expect(await wantsOwnDatabase(page)).toBe(true);
        return (await page.status()).problems.filter(({ id }) => id.startsWith('settings-'));
      };
      const first = await oneStart(folder, look);
      expect(first.map(({ message }) => textOf(message)).join('\n')).toMatch(
        /"\$\$\$".*quietHours.*settings\.json\.bad/s,
      );
      expect(readFileSync(`${path}.bad`, 'utf8')).toBe(written);

      // Written back: the next start accepts it, and still shows the notice.
      const second = await oneStart(folder, async (page) => {
        const notices = await look(page);
        for (const { id } of notices) await page.call('notices.dismiss', { id });
        expect((await page.status()).problems.filter(({ id }) => id.startsWith('settings-'))).toEqual([]);
        return notices;
      });
      expect(second).toEqual(first);

      expect(await oneStart(folder, look)).toEqual([]);
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
        coins: ['bitcoin', 'zcash'],
        databaseUrl: OWN_DATABASE,
        alertThresholdPct: 3,
        ofALaterVersion: { a: [1] },
      });
      expect(readdirSync(folder).filter((name) => name.startsWith('settings.'))).toEqual([
        'settings.json',
        'settings.json.bad',
      ]);
    });
  });

  it('applies 100 pairs of concurrent changes, loses none, and is valid at any time', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'settings.json');
      writeFileSync(path, JSON.stringify({ databaseUrl: OWN_DATABASE, port: 0 }));
      await oneStart(folder, async (page) => {
        const lost: string[] = [];
        for (let pair = 0; pair < 100; pair++) {
          const alertThresholdPct = 1 + pair / 100;
          const alertWindowMinutes = 2 + pair;
          await Promise.all([
            page.call('settings.set', { alertThresholdPct }),
            page.call('settings.set', { alertWindowMinutes }),
          ]).catch((error: unknown) => lost.push(String(error)));
          const { settings } = await page.call('settings.get', {});
          const onDisk = JSON.parse(readFileSync(path, 'utf8')) as unknown;
          for (const now of [settings, onDisk]) {
            try {
              expect(now).toMatchObject({ alertThresholdPct, alertWindowMinutes });
            } catch {
              lost.push(`pair ${pair}: ${JSON.stringify(now)}`);
            }
          }
        }
        expect(lost).toEqual([]);
      });
    });
  });
});
