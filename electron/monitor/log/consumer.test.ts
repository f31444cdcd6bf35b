import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { type Consumer, createConsumer } from './consumer.ts';
import { type OpenedLogFile, openLogFile } from './log-file.ts';
import { batchOf, coinsOf, NOW } from './log-fixture.ts';
import { createSqliteLog, type SqliteLog } from './sqlite-log.ts';
import type { LogRecord } from './tick-log.ts';

let folder: string;
let file: OpenedLogFile;
let log: SqliteLog;
let stopping: AbortController;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consumer-'));
  file = openLogFile(join(folder, 'journal.sqlite'), NOW);
  log = createSqliteLog({
    database: file.database,
    onAppend: () => undefined,
    onDamaged: () => undefined,
    now: () => NOW,
  });
  stopping = new AbortController();
});

afterEach(() => {
  stopping.abort(new Error('the program stops'));
  file.close();
  rmSync(folder, { recursive: true });
});

/** A consumer that takes two records at a time, with a way to wait for its commits. */
function start(name: string, apply: (records: readonly LogRecord[]) => Promise<void>) {
  const clock = virtualClock(NOW);
  let committed = Promise.withResolvers<void>();
  const cursor = log.cursor(name);
  const consumer: Consumer = createConsumer({
    name,
    cursor,
    limit: { maxRecords: 2, maxTicks: 100 },
    isDue: () => true,
    apply,
    onCommit() {
      committed.resolve();
      committed = Promise.withResolvers();
    },
    onReadFailure: () => undefined,
    clock,
    log: silentLog,
    signal: stopping.signal,
  });
  const untilIdle = async (): Promise<void> => {
    while (cursor.lag().records > 0) await committed.promise;
  };
  return { consumer, clock, untilIdle };
}

describe('a consumer', () => {
  it('applies every record in order, one batch at a time, however often it is woken', async () => {
    const batches: string[][] = [];
    const { consumer, untilIdle } = start('store', async (records) => void batches.push(coinsOf(records)));
    await Promise.all(['a', 'b', 'c'].map((coinId) => log.append(batchOf(coinId), NOW)));
    for (let times = 0; times < 5; times++) consumer.wake();
    await untilIdle();
    await log.append(batchOf('d'), NOW);
    consumer.wake();
    await untilIdle();
    expect(batches).toEqual([['a', 'b'], ['c'], ['d']]);
    consumer.stop();
  });

  it('retries the records that it could not apply before newer ones', async () => {
    const tries: string[][] = [];
    const { consumer, clock, untilIdle } = start('delivery', async (records) => {
      tries.push(coinsOf(records));
      if (tries.length <= 2) throw new Error('the receiver is away');
    });
    await Promise.all(['a', 'b', 'c'].map((coinId) => log.append(batchOf(coinId), NOW)));
    consumer.wake();
    while (tries.length < 3) await clock.advance(1_000);
    await untilIdle();
    expect(tries).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
    consumer.stop();
  });

  it('does not delay another consumer', async () => {
    const applied: string[] = [];
    const stuck = start('stuck', () => new Promise(() => undefined));
    const quick = start('quick', async (records) => void applied.push(...coinsOf(records)));
    for (const coinId of ['a', 'b', 'c']) await log.append(batchOf(coinId), NOW);
    stuck.consumer.wake();
    quick.consumer.wake();
    await quick.untilIdle();
    expect(applied).toEqual(['a', 'b', 'c']);
    stuck.consumer.stop();
    quick.consumer.stop();
  });
});
