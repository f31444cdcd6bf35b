import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tick } from '../../../shared/domain/tick.ts';
import { textOf } from '../../../tests/text-of.ts';
import { openStorage, type Storage } from '../log-and-store-fixture.ts';
import { silentLog } from '../logging/logger.ts';
import { systemClock } from '../time/clock.ts';

/** No server listens there: what is tested is the log. */
const NO_DATABASE = 'postgresql://ada@127.0.0.1:1/prices';
const AT = Date.UTC(2026, 0, 1);

let dataDir: string;
let logFile: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'open-storage-'));
  logFile = join(dataDir, 'journal.sqlite');
});

afterEach(() => rmSync(dataDir, { recursive: true }));

it('stops immediately if it was never started, and keeps waiting records', async () => {
  const storage = open();
  await storage.accept({ ticks: [tick(1)], alerts: [] });
  await storage.stop(3_600_000);
  const next = open();
  expect(next.queueState().waitingTicks).toBe(1);
  await next.stop(3_600_000);
});

describe('what storage reports about its log', () => {
  it('is nothing without a fault, also after a crash', async () => {
    await crashAfter(async (storage) => storage.accept({ ticks: [tick(1)], alerts: [] }));
    expect(await problemsOfNextStart()).toEqual([]);
  });

  it('is that a write-ahead log is missing, with what to do', async () => {
    await crashAfter(async (storage) => storage.accept({ ticks: [tick(1)], alerts: [] }));
    rmSync(`${logFile}-wal`);
    const [problem] = await problemsOfNextStart();
    expect(problem).toMatchObject({ id: 'journal-log-lost' });
    expect(textOf(problem?.message)).toContain(
      `${logFile}-wal is missing. If you moved it away, stop the program`,
    );
    expect(await problemsOfNextStart()).toEqual([]);
  });

  it('is the copy of an unreadable write-ahead log', async () => {
    await crashAfter(async (storage) => storage.accept({ ticks: [tick(1)], alerts: [] }));
    writeFileSync(`${logFile}-wal`, Buffer.alloc(10_000, 7));
    const [problem] = await problemsOfNextStart();
    const kept = /was kept as (\S+)\.$/.exec(textOf(problem?.message))?.[1];
    expect(existsSync(kept ?? '')).toBe(true);
  });

  it('is the copy of an empty log file', async () => {
    writeFileSync(logFile, '');
    const [problem] = await problemsOfNextStart();
    expect(problem).toMatchObject({ id: 'journal-set-aside' });
    expect(textOf(problem?.message)).toContain('the file is empty');
    expect(textOf(problem?.message)).toContain(`${logFile}.bad-`);
  });
});

function open(): Storage {
  return openStorage({
    dataDir,
    databaseUrl: NO_DATABASE,
    clock: systemClock,
    log: silentLog,
  });
}

/** Leaves the log file as after a crash that follows the work. */
async function crashAfter(work: (storage: Storage) => Promise<void>): Promise<void> {
  const storage = open();
  await work(storage);
  const files = [logFile, `${logFile}-wal`];
  for (const file of files) copyFileSync(file, `${file}.crashed`);
  await storage.stop(0);
  for (const file of files) {
    copyFileSync(`${file}.crashed`, file);
    rmSync(`${file}.crashed`);
  }
}

async function problemsOfNextStart() {
  const storage = open();
  const problems = storage.problems();
  // Records after the loss are accepted as usual.
  await storage.accept({ ticks: [tick(2)], alerts: [] });
  await storage.stop(0);
  return problems;
}

function tick(afterMs: number): Tick {
  return {
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    observedAt: AT + afterMs,
    price: 100,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
    source: 'coingecko',
  };
}
