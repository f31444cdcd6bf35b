import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openMonitor } from './compose.ts';
import { claimDataDir } from './files/data-dir.ts';
import { openLogFile } from './log/log-file.ts';
import { silentLog } from './logging/logger.ts';
import type { MonitorOptions } from './monitor.ts';
import { EXCHANGE_URL_VARIABLE } from './sources/exchanges/usable-exchanges.ts';
import { systemClock } from './time/clock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'monitor-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const options = (): MonitorOptions => ({
  dataDir: folder,
  flags: {},
  env: { COINGECKO_BASE_URL: 'http://127.0.0.1:1', MONITOR_EXCHANGES: 'none' },
  clock: systemClock,
  log: silentLog,
});

/** Others can use the folder and its files; no database was created. */
function expectClosed(): void {
  claimDataDir(folder).release();
  if (existsSync(join(folder, 'journal.sqlite')))
    openLogFile(join(folder, 'journal.sqlite'), 0).database.close();
  expect(existsSync(join(folder, 'postgres'))).toBe(false);
}

describe('openMonitor', () => {
  it('closes what it had opened when a later step fails', async () => {
    const env = {
      ...options().env,
      get [EXCHANGE_URL_VARIABLE](): never {
        throw new Error('there is no such market');
      },
    };
    await expect(openMonitor({ ...options(), env })).rejects.toThrow('there is no such market');
    expect(existsSync(join(folder, 'journal.sqlite'))).toBe(true);
    // Reports of a part in the meantime are not passed on by parts that were never created.
    await new Promise((resolve) => setImmediate(resolve));
    expectClosed();
  });

  it('closes what it had opened when reading the clock fails at any step', async () => {
    let failures = 0;
    for (let failsAt = 1; ; failsAt++) {
      let calls = 0;
      const now = (): number => {
        if (++calls === failsAt) throw new Error('the clock stopped');
        return systemClock.now();
      };
      const opened = await openMonitor({ ...options(), clock: { ...systemClock, now } }).catch(
        (error: Error) => error,
      );
      if (!(opened instanceof Error)) {
        await opened.stop(0);
        break;
      }
      expect(opened.message).toContain('the clock stopped');
      failures++;
      expectClosed();
    }
    expect(failures).toBeGreaterThan(0);
    expectClosed();
  });

  it('starts the parts of its role and no others', async () => {
    const monitor = await openMonitor(options(), []);
    monitor.start();
    await new Promise((resolve) => setImmediate(resolve));
    expect(existsSync(join(folder, 'postgres'))).toBe(false);
    expect(monitor.snapshot().status.feed).toEqual({ status: 'starting' });
    await monitor.stop(0);

    const feed = await openMonitor(options(), ['sources']);
    const failed = Promise.withResolvers<void>();
    feed.subscribe(() => {
      if (feed.snapshot().status.feed.status === 'offline') failed.resolve();
    });
    feed.start();
    await failed.promise;
    expect(feed.snapshot().status.database).toEqual({ status: 'starting' });
    await feed.stop(0);
    expectClosed();
  });

  it('runs nothing before it is started, and can be stopped then', async () => {
    const monitor = await openMonitor(options());
    expect(monitor.snapshot().status).toMatchObject({
      database: { status: 'starting' },
      feed: { status: 'starting' },
    });
    await monitor.stop(0);
    expectClosed();
  });
});
