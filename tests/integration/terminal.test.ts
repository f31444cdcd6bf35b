import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CLOCK_VARIABLE } from '../../electron/monitor/time/clock-from-environment.ts';
import { openPage, type Page, runCli, until as untilFound, withFolder } from '../program.ts';

const ROOT = join(import.meta.dirname, '../..');
const CLI = join(ROOT, 'out/main/cli.js');
const NPX = process.platform === 'win32' ? 'npx.cmd' : 'npx';

const run = promisify(execFile);

describe('the built program', () => {
  it('can be run by npx in a checkout, without downloads', () =>
    withFolder(async (cache) => {
      const { stdout } = await run(NPX, ['--offline', 'crypto-price-monitor', '--help'], {
        cwd: ROOT,
        env: { ...process.env, npm_config_cache: cache },
        shell: process.platform === 'win32',
      });
      expect(stdout).toContain('Usage: crypto-price-monitor');
      for (const command of ['run', 'database-url']) expect(stdout).toContain(command);
    }));

  it.skipIf(process.platform === 'win32')('is executable (Windows has no executable bit)', () => {
    expect(readFileSync(CLI, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
    accessSync(CLI, constants.X_OK);
  });
});

describe('messages of the command line', () => {
  it.skipIf(process.platform !== 'linux')('know the data folder of a relative XDG_DATA_HOME (Linux)', () =>
    withFolder(async (home) => {
      const { stderr } = await runCli(['database-url'], { HOME: home, XDG_DATA_HOME: 'share' });
      expect(stderr).toContain(join(home, '.local/share/crypto-price-monitor/postgres'));
    }),
  );

  it.each([
    ['run', '--coins', 'bit coin'],
    ['run', '--exchanges', 'krakn'],
    ['run', '--poll-seconds', 'often'],
    ['run', '--log-level', 'loud'],
    ['run', '--alerts-file', '/nowhere/at/all/alerts.txt', '--port', 'x'],
    ['run', '--database-url', 'postgresql://me:sec/ret@db'],
    ['run', '--coingecko-url', 'ftp://x'],
    ['run', '--what'],
    ['walk'],
    ['database-url'],
    ['database-url', '--database-url', 'postgresql://me:sec/ret@db'],
    ['database-url', '--database-url', 'postgresql://me:secret@db'],
  ])('%j %j %j: one line without repetitions and secrets', (...args) =>
    withFolder(async (folder) => {
      const { stderr, code } = await runCli(args, { MONITOR_DATA_DIR: folder });
      expect(code).toBeGreaterThan(0);
      expect(stderr).toMatch(
        /^crypto-price-monitor: [^\n]+\n(Did you mean [^\n]+\n|\(Did you mean [^\n]+\n)?$/,
      );
      expect(stderr).not.toMatch(/\.\.(?!\.)|\.:|("[^"]+") \1|sec\/|secret|ret@/);
    }),
  );
});

const HAS_TERMINALS = process.platform === 'linux' && existsSync('/usr/bin/script');
const HOUR_MS = 3_600_000;

describe.skipIf(!HAS_TERMINALS)("on a terminal (made by util-linux's script)", () => {
  /** Runs the program without a network until the condition holds, and presses Ctrl-C. Returns the output. */
  const offline = async (
    env: Readonly<Record<string, string>>,
    until: (page: Page, text: string) => Promise<boolean>,
  ): Promise<string> => {
    let text = '';
    await withFolder(async (folder) => {
      const terminal = spawn('script', ['-qec', `${process.execPath} ${CLI} run --ui`, '/dev/null'], {
        env: {
          ...bareEnvironment(),
          TERM: 'xterm',
          NO_COLOR: '1',
          MONITOR_DATA_DIR: folder,
          HTTPS_PROXY: 'http://127.0.0.1:1',
          HTTP_PROXY: 'http://127.0.0.1:1',
          [CLOCK_VARIABLE]: `1200@${Date.now()}`,
          ...env,
        },
      });
      terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk.replaceAll('\r', '');
      });
      const ended = once(terminal, 'close');
      const url = await untilFound(() => /^UI: (\S+)\n/m.exec(text)?.[1]);
      const page = await openPage(url);
      await untilFound(() => until(page, text));
      page.close();
      terminal.stdin.write('\x03');
      await ended;
    });
    return text;
  };

  it('the log has one readable line per event, and repeats a failure only after hours', async () => {
    const startedAt = Date.now();
    const text = await offline({}, async (page) => {
      const { now, status } = await page.call('snapshot', {});
      return status.database.status === 'ready' && now - startedAt > 2 * HOUR_MS;
    });
    const lines = text.split('\n').filter((line) => line !== '' && line !== '^C');
    expect(lines.filter((line) => line.startsWith('UI: http://127.0.0.1:'))).toHaveLength(1);
    for (const line of lines) expect(line).toMatch(/^(\^C)?(UI: |\[\d\d:\d\d:\d\d\] (INFO|WARN|ERROR): \w)/);
    expect(text).toContain('WARN: the feed is offline: cannot reach api.coingecko.com');
    expect(text).toContain('INFO: the database is ready');
    expect(text).toContain('INFO: stopped');
    expect(text).not.toMatch(/\n\s+at |[{}]|\.\.|\.:/);
    expect(lines.length).toBeLessThan(20);
  });

  it('the log has stack traces at debug level', async () => {
    const text = await offline({ MONITOR_LOG_LEVEL: 'debug' }, async (_, output) => /\n\s+at /.test(output));
    expect(text).toMatch(/\n\s+at /);
  });
});

describe('the page of npm start', () => {
  it.skipIf(process.platform !== 'linux')('is reported when there is no display (Linux)', () =>
    withFolder(async (folder) => {
      const child = spawn(process.execPath, [join(ROOT, 'scripts/start.ts')], {
        env: {
          ...bareEnvironment(),
          MONITOR_DATA_DIR: folder,
          COINGECKO_BASE_URL: 'http://127.0.0.1:1',
          MONITOR_EXCHANGES: 'none',
        },
      });
      const text = await outputUntil(child, /^UI: /m);
      expect(text).toContain('There is no display: open the page in a browser, by the URL below.');
    }),
  );

  it.skipIf(process.platform !== 'linux')('is opened by xdg-open, or a failure is reported (Linux)', () =>
    withFolder(async (folder) => {
      const [browser, opened] = [join(folder, 'browser'), join(folder, 'opened')];
      writeFileSync(browser, `#!/bin/sh\necho "$1" > ${opened}\n`, { mode: 0o755 });
      // Without a desktop, xdg-open uses BROWSER; otherwise the handler of http.
      mkdirSync(join(folder, 'applications'));
      writeFileSync(
        join(folder, 'applications/test.desktop'),
        `[Desktop Entry]\nType=Application\nName=Test\nExec=${browser} %u\n`,
      );
      writeFileSync(
        join(folder, 'mimeapps.list'),
        '[Default Applications]\nx-scheme-handler/http=test.desktop\n',
      );
      const desktop = {
        HOME: folder,
        XDG_CONFIG_HOME: folder,
        XDG_DATA_HOME: folder,
        XDG_DATA_DIRS: folder,
        DISPLAY: ':77',
        BROWSER: browser,
      };
      const open = async (path: string | undefined): Promise<string> => {
        const script = `import { openInBrowser } from ${JSON.stringify(OPENER)};
          const alive = setInterval(() => undefined, 1_000);
          openInBrowser('http://127.0.0.1:1/?token=x', () => {
            console.log('not opened');
            clearInterval(alive);
          });
          if (process.env.PATH !== ${JSON.stringify(folder)}) clearInterval(alive);`;
        const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
          env: { ...bareEnvironment(), ...desktop, PATH: path },
        });
        return stdout;
      };
      expect(await open(folder)).toBe('not opened\n');
      expect(await open(process.env.PATH)).toBe('');
      expect(await untilFound(() => existsSync(opened) && readFileSync(opened, 'utf8'))).toBe(
        'http://127.0.0.1:1/?token=x\n',
      );
    }),
  );
});

describe('the demo', () => {
  it.skipIf(process.platform !== 'linux')(
    'uses neither the key nor the destinations of prices and alerts of its user (Linux, without a display)',
    () =>
      withFolder(async (folder) => {
        const child = spawn(process.execPath, [join(ROOT, 'demo/main.ts')], {
          env: {
            ...bareEnvironment(),
            COINGECKO_API_KEY: 'CG-of-the-user',
            DATABASE_URL_FILE: join(folder, 'no-such-file'),
            MONITOR_ALERTS_FILE: join(folder, 'alerts.txt'),
            MONITOR_CHANNELS: JSON.stringify([{ id: 'lines', kind: 'stdout' }]),
            MONITOR_ARCHIVE_URL: folder,
            // Used, they would prevent the start.
            KINESIS_TICKS_STREAM_ARN: 'no-arn',
            MONITOR_ROLE: 'feed',
          },
        });
        const url = await urlOf(child);
        const page = await openPage(url);
        const { settings, apiKeyInEnvironment } = await page.call('settings.get', {});
        page.close();
        expect(settings).toMatchObject({ databaseUrl: '', alertsFile: null, channels: [], archiveUrl: null });
        expect(apiKeyInEnvironment).toBe(false);
        child.kill('SIGTERM');
        await once(child, 'close');
      }),
  );
});

const OPENER = join(ROOT, 'scripts/open-in-browser.ts');

/** Only the environment variables that a process requires. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

/** The URL of the page that a program prints. */
async function urlOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return await untilFound(() => /^UI: (\S+)\n/m.exec(text)?.[1]);
}

/** Ends a program when its output contains a text, and returns the output. */
async function outputUntil(child: ChildProcess, until: RegExp): Promise<string> {
  let text = '';
  const ended = once(child, 'close');
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (until.test(text)) child.kill('SIGTERM');
    });
  }
  await ended;
  return text;
}
