import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimDataDir } from '../../electron/monitor/files/data-dir.ts';
import { servicePort } from '../counterparts/service-port.ts';
import { CLI, type Finished, openPage, otherUser, runCli, startProgram, until } from '../program.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-failures-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Nothing listens there, so no request reaches the real provider. */
const environment = { COINGECKO_BASE_URL: 'http://127.0.0.1:1', MONITOR_EXCHANGES: 'none' };

const run = (flags: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Finished> =>
  runCli(['run', '--ui', '--data-dir', folder, ...flags], { ...environment, ...env });

/** Checks that a start failed with a reason and without a stack trace, and that it started no database. */
function expectRefused({ code, stdout, stderr }: Finished, message: string, expectedCode = 1): void {
  expect(stderr).toContain(message);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect({ code, stdout }).toEqual({ code: expectedCode, stdout: '' });
  expect(existsSync(join(folder, 'postgres'))).toBe(false);
}

describe('a failed start reports the reason, and leaves no process', () => {
  it.each([
    ['the token of the page', 'ui-token'],
    ['the journal', 'journal.sqlite'],
    ['the settings', 'settings.json'],
    ['the lock', 'monitor.lock'],
    ['the process id', 'monitor.pid'],
  ])('when %s is a folder', async (_, name) => {
    mkdirSync(join(folder, name));
    const finished = await run();
    expectRefused(finished, join(folder, name));
    expect(finished.stderr).toMatch(/this is a folder, not a file|cannot be opened/);
  });

  it('when the data folder is a file', async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, '');
    expectRefused(await run(), `Cannot use the data folder ${folder}: there is a file of this name.`);
  });

  it('when the lock is not a file', async () => {
    writeFileSync(
      join(folder, 'monitor.lock'),
      'a shopping list, which is longer than a header of SQLite'.repeat(20),
    );
    expectRefused(await run(), `${join(folder, 'monitor.lock')}: this is not the lock of this program`);
  });

  it('when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const finished = await run(['--port', String(port)]);
    other.close();
    expectRefused(finished, `Port ${port} is in use by another program`);
  });

  it.each(['6000', '2049', '10080'])('when browsers refuse to open port %s', async (port) => {
    expectRefused(await run(['--port', port]), `--port "${port}" is a port that browsers refuse to open`, 2);
  });

  it('when a proxy variable is invalid', async () => {
    expectRefused(
      await run([], { HTTPS_PROXY: 'ftp://proxy' }),
      'HTTPS_PROXY is not the http:// or https:// URL',
    );
  });

  it('when the log file has a newer version', async () => {
    const logFile = new DatabaseSync(join(folder, 'journal.sqlite'));
    logFile.exec('pragma user_version = 1000');
    logFile.close();
    expectRefused(await run(), 'it was written by a newer version of the program');
  });

  it('when the log file lacks tables of its version', async () => {
    const logFile = new DatabaseSync(join(folder, 'journal.sqlite'));
    logFile.exec('pragma user_version = 1');
    logFile.close();
    expectRefused(await run(), 'no such table');
  });
});

describe('a running program', () => {
  it('exits with 1 and stops its database on an internal error, while a page is open', async () => {
    // A token with special characters must work in the printed URL.
    writeFileSync(join(folder, 'ui-token'), 'made by hand: 100% + "é" & #1?\n');
    const fault = encodeURIComponent('process.on("SIGUSR2",()=>{throw new Error("unforeseen")})');
    const program = await startProgram({
      ...environment,
      MONITOR_DATA_DIR: folder,
      NODE_OPTIONS: `--import=data:text/javascript,${fault}`,
    });
    const page = await openPage(program.url);
    await until(async () => (await page.status()).database.status === 'ready');
    const server = Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    const { code, stderr } = await program.end('SIGUSR2');
    expect(stderr).toContain('unforeseen');
    expect(code).toBe(1);
    expect(() => process.kill(server, 0)).toThrow('ESRCH');
    claimDataDir(folder).release();
  });

  it.skipIf(!existsSync('/dev/full'))(
    'continues when its log messages cannot be written (skipped without /dev/full)',
    async () => {
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, [CLI, 'run', '--ui', '--data-dir', folder], {
        env: { ...environment, PATH: process.env.PATH },
        stdio: ['ignore', 'pipe', full],
      });
      closeSync(full);
      const ended = once(child, 'exit');
      const lines = createInterface({ input: child.stdout ?? process.stdin });
      const [line] = (await once(lines, 'line')) as [string];
      const page = await openPage(line.replace('UI: ', ''));
      // By then, the program has logged that prices were rejected and the database was created.
      await until(async () => (await page.status()).database.status === 'ready');
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    },
  );

  it('continues when its output is no longer read', async () => {
    const port = await servicePort();
    const child = spawn(
      process.execPath,
      [CLI, 'run', '--ui', '--port', String(port), '--data-dir', folder],
      {
        env: { ...environment, PATH: process.env.PATH },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    child.stdout.destroy();
    const ended = once(child, 'exit');
    const token = await until(
      () => existsSync(join(folder, 'ui-token')) && readFileSync(join(folder, 'ui-token'), 'utf8'),
    );
    await until(() => existsSync(join(folder, 'postgres', 'postmaster.pid')));
    const page = await openPage(`http://127.0.0.1:${port}/?token=${token.trim()}`);
    expect(await page.status()).toMatchObject({ queue: { deadLetters: 0 } });
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });
});

describe('a folder of another user', () => {
  const stranger = otherUser();
  it
    .skipIf(stranger === null)
    .each(['ui-token', 'monitor.lock', 'monitor.pid', 'journal.sqlite', 'settings.json'])(
    'is reported with its path and a solution: %s (skipped if no other user can run the program)',
    async (name) => {
      const path = join(folder, name);
      writeFileSync(path, '{}');
      chmodSync(path, 0o600);
      chownSync(folder, stranger?.uid ?? 0, stranger?.gid ?? 0);
      const finished = await runCli(['run', '--ui', '--data-dir', folder], environment, stranger ?? {});
      expectRefused(finished, path);
      expect(finished.stderr).toMatch(/permission denied\. Change its owner or mode|is writable/);
    },
  );

  it.skipIf(stranger === null)(
    'is also reported by database-url (skipped if no other user can run the program)',
    async () => {
      mkdirSync(join(folder, 'postgres'), { mode: 0o700 });
      const finished = await runCli(['database-url', '--data-dir', folder], {}, stranger ?? {});
      expect(finished.code).toBe(1);
      expect(finished.stderr).toContain(
        `Cannot read ${join(folder, 'settings.json')}: permission denied. Change its owner or mode`,
      );
    },
  );
});
