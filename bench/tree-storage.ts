import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Storage } from '../electron/monitor/log-and-store-fixture.ts';
import { TREE } from './tree.ts';

/** The parts of the measured tree's log and store that a benchmark needs. */
export type TreeStorage = Pick<Storage, 'start' | 'accept' | 'flush' | 'databaseState' | 'stop'>;

type Options = { readonly dataDir: string; readonly onChange: () => void };

const FIXTURE = 'electron/monitor/log-and-store-fixture.ts';

/** Opens the storage of the measured tree with an embedded server, also that of earlier commits, which was opened differently. */
export async function openTreeStorage({ dataDir, onChange }: Options): Promise<TreeStorage> {
  const { systemClock } = await load<typeof import('../electron/monitor/time/clock.ts')>(
    'electron/monitor/time/clock.ts',
  );
  const options = { dataDir, databaseUrl: '', clock: systemClock, onChange };
  if (existsSync(join(TREE, FIXTURE))) {
    const { openStorage } = await load<{ openStorage: (options: Options) => TreeStorage }>(FIXTURE);
    return openStorage(options);
  }
  const { openStorage } = await load<{ openStorage: (options: Options) => TreeStorage }>(
    'electron/monitor/store/open-storage.ts',
  );
  const { silentLog } = await load<{ silentLog: unknown }>('electron/monitor/logging/logger.ts');
  const kept = { keepMs: () => 30 * 60_000, random: Math.random, log: silentLog };
  return openStorage({ ...options, ...kept });
}

/** The URL of the running server of such a storage. */
export async function treeDatabaseUrl(dataDir: string): Promise<string> {
  const folder = 'electron/monitor/store/postgres';
  const file = ['embedded-url.ts', 'connection-url.ts'].find((name) => existsSync(join(TREE, folder, name)));
  const { embeddedConnectionUrl } = await load<{
    embeddedConnectionUrl: (dataDir: string) => Promise<string>;
  }>(join(folder, file ?? ''));
  return embeddedConnectionUrl(dataDir);
}

async function load<T>(path: string): Promise<T> {
  return (await import(pathToFileURL(join(TREE, path)).href)) as T;
}
