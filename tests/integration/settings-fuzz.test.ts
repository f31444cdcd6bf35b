import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { settingSchema } from '../../electron/monitor/settings/setting-schema.ts';
import { openSettings, type SettingsStore } from '../../electron/monitor/settings/settings.ts';
import { openStoredNotices } from '../../electron/monitor/status/stored-notices.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import {
  DEFAULT_SETTINGS,
  type SettingName,
  type Settings,
  settingsSchema,
} from '../../shared/settings/settings.ts';
import { openPage, startProgram, withFolder } from '../program.ts';
import { mutateSettings } from './mutate-settings.ts';
import { createSeededRandom, replayable, seedFrom } from './seeded-random.ts';

/** Another seed, to reproduce a failure or to look for new ones. */
const SEED_VARIABLE = 'SETTINGS_FUZZ_SEED';
const MUTATIONS = 2_000;
const STARTED_FOR_REAL = 5;

/** In memory where possible: syncing 10,000 files to disk takes more than a minute. */
const TEMPORARY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

function start(folder: string): SettingsStore {
  const notices = openStoredNotices(join(folder, 'notices.json'));
  return openSettings({ path: join(folder, 'settings.json'), flags: {}, env: {}, notices });
}

/** What another JSON parser and the schema of each setting accept in a text; null when it is not JSON. */
function rightIn(bytes: Buffer): Partial<Settings> | null {
  let object: unknown;
  try {
    object = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return {};
  const entries = Object.entries(object).flatMap(([name, value]) => {
    if (!Object.hasOwn(settingsSchema.shape, name)) return [];
    const parsed = settingSchema(name as SettingName).safeParse(value);
    return parsed.success ? [[name, parsed.data]] : [];
  });
  return Object.fromEntries(entries);
}

/** The original file still exists: unchanged or as a copy. */
function isKept(folder: string, bytes: Buffer): boolean {
  return readdirSync(folder)
    .filter((name) => name.startsWith('settings.json'))
    .some((name) => readFileSync(join(folder, name)).equals(bytes));
}

const openDescriptors = (): number =>
  process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;

describe('settings.json, mutated', () => {
  const seed = seedFrom(SEED_VARIABLE, 1);
  const random = createSeededRandom(seed);
  const cases = Array.from({ length: MUTATIONS }, () => mutateSettings(random));

  it(`loses no setting in ${MUTATIONS} files with two starts each, and can be changed afterwards`, () =>
    replayable(SEED_VARIABLE, seed, async () => {
      const descriptors = openDescriptors();
      for (const { how, bytes, untouched } of cases) {
        const folder = mkdtempSync(join(TEMPORARY, 'settings-fuzz-'));
        const path = join(folder, 'settings.json');
        const description = `${how}: ${JSON.stringify(bytes.toString('latin1'))}`;
        writeFileSync(path, bytes);

        const first = start(folder).current();
        expect(first, description).toMatchObject({ ...untouched, ...rightIn(bytes) });
        expect(settingsSchema.parse(first), description).toEqual(first);
        expect(isKept(folder, bytes) || bytes.toString().trim() === '', description).toBe(true);
        const second = start(folder);
        expect(second.current(), description).toEqual(first);

        // The second start found nothing to correct, and the page can change the settings.
        const notices = openStoredNotices(join(folder, 'notices.json')).list();
        expect(notices.filter(({ id }) => id.startsWith('settings-file')).length, description).toBeLessThan(
          2,
        );
        await second.change({ alertWindowMinutes: 42 });
        expect(start(folder).current(), description).toEqual({ ...first, alertWindowMinutes: 42 });
        rmSync(folder, { recursive: true });
      }
      expect(openDescriptors()).toBe(descriptors);
    }));

  it(`starts the program twice on ${STARTED_FOR_REAL} of them, with valid settings applied`, () =>
    replayable(SEED_VARIABLE, seed, async () => {
      const market: DemoServer = await startDemoServer({ clock: systemClock, seed: 'settings-fuzz' });
      const step = Math.floor(MUTATIONS / STARTED_FOR_REAL);
      for (const { how, bytes, untouched } of cases.filter((_, index) => index % step === 0)) {
        await withFolder(async (folder) => {
          writeFileSync(join(folder, 'settings.json'), bytes);
          const look = async (): Promise<Settings> => {
            const program = await startProgram({
              MONITOR_DATA_DIR: folder,
              COINGECKO_BASE_URL: market.url,
              MONITOR_EXCHANGES: 'none',
              MONITOR_ALERTS_FILE: join(folder, 'alerts.txt'),
              MONITOR_PORT: '0',
              MONITOR_LOG_LEVEL: 'info',
              // No database is needed, and none exists.
              DATABASE_URL: 'postgresql://127.0.0.1:1/prices',
            });
            const page = await openPage(program.url);
            const { settings } = await page.call('settings.get', {});
            page.close();
            expect((await program.end('SIGTERM')).code, how).toBe(0);
            return settings;
          };
          const first = await look();
          const {
            databaseUrl: _,
            coingeckoUrl: __,
            exchanges: ___,
            alertsFile: ____,
            port: _____,
            logLevel: ______,
            ...own
          } = { ...untouched, ...rightIn(bytes) };
          expect(first, how).toMatchObject(own);
          expect(await look(), how).toEqual(first);
        });
      }
      await market.close();
    }));

  it('contains settings that could be lost', () => {
    const lost = cases.filter(({ untouched }) => Object.keys(untouched).length === 0).length;
    expect(lost).toBeLessThan(MUTATIONS / 2);
    expect(Object.keys(DEFAULT_SETTINGS).length).toBeGreaterThan(10);
  });
});
