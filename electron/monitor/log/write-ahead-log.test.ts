import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type OpenedLogFile, openLogFile } from './log-file.ts';
import { alert, batchOf, manyTicks, NOW } from './log-fixture.ts';
import { createSqliteLog, type SqliteLog } from './sqlite-log.ts';

const PAGE_BYTES = 4_096;

let folder: string;
let file: OpenedLogFile;
let log: SqliteLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'write-ahead-log-'));
  file = openLogFile(join(folder, 'journal.sqlite'), NOW);
  log = createSqliteLog({
    database: file.database,
    wal: file.wal,
    onAppend: () => undefined,
    onDamaged: () => undefined,
    now: () => NOW,
  });
});

afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

it('has room for the next alerts, which do not lengthen it', async () => {
  for (let count = 0; count < 60; count++) {
    await log.append(batchOf('bitcoin'), NOW);
    const { size } = walFile();
    await log.append(batchOf('bitcoin', [alert(`alert ${count}`)]), NOW);
    expect(walFile().size).toBe(size);
  }
});

it('is moved into the main file by an append without an alert, and restarted by the same append', async () => {
  await log.append(batchOf('bitcoin'), NOW);
  const { salts } = walFile();
  const mainFileBytes = (): number => statSync(join(folder, 'journal.sqlite')).size;
  const before = mainFileBytes();
  const raising = { ...manyTicks(20_000), alerts: [alert('one')] };
  while (walFile().size < 1_100 * PAGE_BYTES) await log.append(raising, NOW);
  expect(walFile().salts).toEqual(salts);
  expect(mainFileBytes()).toBe(before);

  await log.append(batchOf('bitcoin'), NOW);
  expect(mainFileBytes()).toBeGreaterThan(1_000 * PAGE_BYTES);
  const anew = walFile();
  expect(anew.salts).not.toEqual(salts);
  await log.append(batchOf('bitcoin', [alert('two')]), NOW);
  expect(walFile()).toEqual(anew);
});

it('is moved into the main file after a burst, when its ticks have been consumed', async () => {
  const store = log.cursor('store');
  await log.append(batchOf('bitcoin'), NOW);
  const { salts } = walFile();
  await burst(45);
  expect(walFile().size).toBeGreaterThan(1_100 * PAGE_BYTES);
  expect(walFile().salts).toBe(salts);

  const records = await store.read({ maxRecords: 100, maxTicks: 200_000 });
  await store.commit(records.at(-2)?.offset ?? 0);
  await turn();
  expect(walFile().salts).toBe(salts);
  await store.commit(records.at(-1)?.offset ?? 0);
  expect(walFile().salts).toBe(salts);
  await turn();
  expect(walFile().salts).not.toBe(salts);
});

it('is moved into the main file during a long burst', async () => {
  await log.append(batchOf('bitcoin'), NOW);
  const { salts } = walFile();
  await burst(90);
  expect(walFile().salts).not.toBe(salts);
  expect(walFile().size).toBeLessThan(2_500 * PAGE_BYTES);
});

async function burst(batches: number): Promise<void> {
  const batch = manyTicks(3_000);
  await Promise.all(Array.from({ length: batches }, () => log.append(batch, NOW)));
}

/** The length, and the two numbers that change whenever it is written from its start again. */
function walFile(): { readonly size: number; readonly salts: string } {
  const content = readFileSync(join(folder, 'journal.sqlite-wal'));
  return { size: content.length, salts: content.toString('hex', 16, 24) };
}
