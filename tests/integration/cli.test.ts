import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { alertLines, openPage, runCli, startProgram, until, withFolder } from '../program.ts';
import { inWords, textOf } from '../text-of.ts';

let market: DemoServer;

beforeAll(async () => {
  market = await startDemoServer({ clock: systemClock, seed: 'cli' });
});

afterAll(() => market.close());

const environment = (folder: string) => ({
  MONITOR_DATA_DIR: folder,
  COINGECKO_BASE_URL: market.url,
  MONITOR_POLL_SECONDS: '1',
});

describe('the command line', () => {
  it.each([
    [['run', '--poll-second', '5'], 2, "unknown option '--poll-second'"],
    [['run', '--poll-second', '5'], 2, 'Did you mean --poll-seconds?'],
    [['walk'], 2, "unknown command 'walk'"],
    [['export', 'quotes'], 2, "'quotes' is invalid for argument 'what'"],
    [['export', 'ticks'], 2, "required option '--coin <id>' not specified"],
    [['import', 'quotes', 'x.csv'], 2, "'quotes' is invalid for argument 'what'"],
    [['import', 'ticks'], 2, "missing required argument 'file'"],
    [['import', 'ticks', 'x.csv'], 2, "required option '--coin <id>' not specified"],
    [['run', '--poll-seconds', 'often'], 2, '--poll-seconds "often" must be a number'],
    [['run', '--coins', 'bit coin'], 2, '"bit coin" is not a CoinGecko coin id'],
    [
      ['run', '--coingecko-url', 'https://me:hush@a.example'],
      2,
      '--coingecko-url must not contain a user name',
    ],
    [['run', '--database-url', 'localhost:5432'], 2, '--database-url must start with postgresql://'],
    [['run', '--role', 'walker'], 2, 'There is no role "walker".'],
    [['run', '--role', 'feed', '--ui'], 2, 'Omit --ui, or start without --role.'],
    [
      ['export', 'ticks', '--coin', 'bitcoin', '--database-url', 'localhost'],
      2,
      '--database-url must start with postgresql://',
    ],
    [
      ['export', 'ticks', '--coin', 'bitcoin', '--vs-currency', 'U$'],
      2,
      '--vs-currency "U$" is not a currency code',
    ],
    [['export', 'ticks', '--coin', 'bitcoin', '--from', '2026-02-01', '--to', '2026-01-01'], 2, '--from ('],
    [['archive', 'list', '--keep-ticks-days', 'few'], 2, '--keep-ticks-days "few" must be a number'],
    [['lake', 'duckdb', '--run', '--archive-url', '/srv/archive'], 2, '--run is for athena and redshift'],
  ])('%j exits with %i and prints: %s', async (args, code, message) => {
    await withFolder(async (folder) => {
      const finished = await runCli(args, environment(folder));
      expect(finished.stderr).toContain(message);
      expect(finished).toMatchObject({ code, stdout: '' });
    });
  });

  it('exits with 1 when an environment variable is invalid', async () => {
    await withFolder(async (folder) => {
      const env = { ...environment(folder), MONITOR_POLL_SECONDS: 'often' };
      const finished = await runCli(['run'], env);
      expect(finished).toMatchObject({ code: 1, stdout: '' });
      expect(finished.stderr).toContain('MONITOR_POLL_SECONDS "often" must be a number');
    });
  });

  it('prints only the help on standard error if a subcommand is missing', async () => {
    const { stdout: help } = await runCli(['rules', '--help']);
    expect(help).toContain('solve');
    expect(await runCli(['rules'])).toMatchObject({ code: 2, stdout: '', stderr: help });
  });

  it('prints help on standard output', async () => {
    const { code, stdout } = await runCli(['run', '--help']);
    expect(code).toBe(0);
    for (const flag of [
      '--data-dir',
      '--alerts-file',
      '--database-url',
      '--poll-seconds',
      '--coins',
      '--vs-currency',
      '--coingecko-url',
      '--port',
      '--log-level',
      '--ui',
    ]) {
      expect(stdout).toContain(flag);
    }
  });

  it('reports which data folder cannot be used and why', async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      const { code, stderr } = await runCli(
        ['run', '--data-dir', join(folder, 'file', 'data')],
        environment(folder),
      );
      expect(code).toBe(1);
      expect(stderr).toContain(`Cannot use the data folder ${join(folder, 'file', 'data')}`);
    });
  });

  it.skipIf(process.getuid?.() === 0)(
    'reports that the data folder is read-only (not as root, which may write anywhere)',
    async () => {
      await withFolder(async (folder) => {
        const readOnly = join(folder, 'read-only');
        mkdirSync(readOnly);
        chmodSync(readOnly, 0o500);
        const { code, stderr } = await runCli(['run'], environment(readOnly));
        expect(code).toBe(1);
        expect(stderr).toContain('permission denied');
      });
    },
  );

  it.skipIf(process.getuid?.() !== 0)(
    'refuses to start as root in the folder of a user, says what to do and changes nothing (only as root)',
    async () => {
      await withFolder(async (folder) => {
        writeFileSync(join(folder, 'settings.json'), '{"port":"x"}');
        chownSync(folder, 12_345, 12_345);
        const { code, stdout, stderr } = await runCli(['run', '--ui'], environment(folder));
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        expect(stderr).toContain("sudo -u '#12345' crypto-price-monitor");
        expect(readdirSync(folder)).toEqual(['settings.json']);
        expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toBe('{"port":"x"}');
      });
    },
  );

  it('fails to print the URL of a database that is not running', async () => {
    await withFolder(async (folder) => {
      const { code, stdout, stderr } = await runCli(['database-url', '--data-dir', folder]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('is not running');
    });
  });
});

describe('a running program', () => {
  it('exits with 0 at SIGTERM, SIGINT and SIGHUP, and releases its data folder', async () => {
    await withFolder(async (folder) => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
        const program = await startProgram(environment(folder), [], 'new');
        expect((await program.end(signal)).code).toBe(0);
      }
    });
  });

  it('prevents a second one from using its data folder', async () => {
    await withFolder(async (folder) => {
      const first = await startProgram(environment(folder));
      const second = await runCli(['run'], environment(folder));
      expect(second.code).toBe(1);
      expect(second.stderr).toContain(`(process ${first.pid}) uses the data folder ${folder}`);
      expect((await first.end('SIGTERM')).code).toBe(0);
    });
  });

  it('reports that its port is in use, and stops cleanly', async () => {
    await withFolder(async (folder) => {
      const other = createServer().listen(0, '127.0.0.1');
      await until(() => other.listening);
      const address = other.address();
      const port = address !== null && typeof address === 'object' ? String(address.port) : '';
      const { code, stderr } = await runCli(['run', '--ui', '--port', port], environment(folder));
      other.close();
      expect(code).toBe(1);
      expect(stderr).toContain(`Port ${port} is in use by another program`);
    });
  });

  it('reports an unknown coin with a suggestion, while the others continue', async () => {
    await withFolder(async (folder) => {
      const program = await startProgram(environment(folder), ['--coins', 'bitconi,zcash']);
      const page = await openPage(program.url);
      const quotes = await until(async () => {
        const snapshot = await page.call('snapshot', {});
        return (
          snapshot.quotes.every(({ price, problem }) => price !== null || problem !== null) && snapshot.quotes
        );
      });
      expect(inWords(quotes[0])).toMatchObject({
        coinId: 'bitconi',
        price: null,
        problem: '"bitconi" is not a CoinGecko coin id. Did you mean "bitcoin"?',
      });
      expect(quotes[1]?.price).toBeGreaterThan(0);
      page.close();
      await program.end('SIGTERM');
    });
  });

  it('continues with defaults when settings.json is malformed, and reports it', async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, 'settings.json'), '{ coins: bitcoin }');
      const program = await startProgram(environment(folder));
      const page = await openPage(program.url);
      const snapshot = await page.call('snapshot', {});
      expect(snapshot.quotes.map(({ coinId }) => coinId)).toEqual(['bitcoin', 'ethereum', 'zcash']);
      expect(textOf(snapshot.status.problems[0]?.message)).toContain('settings.json is not valid');
      expect(readFileSync(join(folder, 'settings.json.bad'), 'utf8')).toBe('{ coins: bitcoin }');
      page.close();
      await program.end('SIGTERM');
    });
  });

  it('keeps watching and loses nothing while the user’s database is unreachable', async () => {
    await withFolder(async (folder) => {
      const lost = await startProgram(environment(folder), [
        '--database-url',
        'postgresql://me:secret@127.0.0.1:1/prices',
      ]);
      const page = await openPage(lost.url);
      const status = await until(async () => {
        const now = await page.status();
        return now.database.status === 'down' && now.queue.waitingTicks > 0 && now;
      });
      expect(JSON.stringify(status)).not.toContain('secret');
      expect('error' in status.database && textOf(status.database.error)).toContain('127.0.0.1');
      page.close();
      const { code, stderr } = await lost.end('SIGTERM');
      expect(code).toBe(0);
      expect(stderr).not.toContain('secret');

      const found = await startProgram(environment(folder));
      const again = await openPage(found.url);
      await until(async () => {
        const now = await again.status();
        return now.database.status === 'ready' && now.queue.waitingTicks === 0;
      });
      again.close();
      await found.end('SIGTERM');
      expect(alertLines(folder)).toEqual([]);
    });
  });
});
