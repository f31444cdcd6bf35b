import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterQueue from 'better-queue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import {
  type Consumer,
  type ConsumerOptions,
  createConsumer,
  type Growth,
  type Overlap,
} from './consumer.ts';
import { type OpenedLogFile, openLogFile } from './log-file.ts';
import { batchOf, coinsOf, NOW } from './log-fixture.ts';
import { createSqliteLog, type SqliteLog } from './sqlite-log.ts';

let folder: string;
let file: OpenedLogFile;
let log: SqliteLog;
let stopping: AbortController;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'consumer-'));
  file = openLogFile(join(folder, 'journal.sqlite'), NOW);
  log = createSqliteLog({
    database: file.database,
    wal: file.wal,
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

/** A consumer that reads two records at a time, with a way to wait for its commits. */
function start(
  name: string,
  apply: ConsumerOptions['apply'],
  overlap?: Overlap,
  isDue: ConsumerOptions['isDue'] = () => true,
) {
  const clock = virtualClock(NOW);
  let committed = Promise.withResolvers<void>();
  const cursor = log.cursor(name);
  const consumer: Consumer = createConsumer({
    name,
    cursor,
    limit: { maxRecords: 2, maxTicks: 100 },
    isDue,
    apply,
    ...(overlap && { overlap }),
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

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
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

  it('adds no more handlers to the promise of a slow batch, however often it is woken', async () => {
    const applying = Promise.withResolvers<void>();
    const reactions = vi.spyOn(applying.promise, 'then');
    let isApplying = false;
    const { consumer, untilIdle } = start('store', () => {
      isApplying = true;
      return applying.promise;
    });
    await log.append(batchOf('a'), NOW);
    consumer.wake();
    await until(() => isApplying);
    for (let times = 0; times < 50; times++) {
      consumer.wake();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(reactions.mock.calls.length).toBeLessThan(5);
    applying.resolve();
    await untilIdle();
    consumer.stop();
  });

  it('has one task in the queue while nothing may be applied, however often it is woken', async () => {
    const pushes = vi.spyOn(BetterQueue.prototype, 'push');
    let isDue = false;
    const batches: string[][] = [];
    const { consumer, untilIdle } = start(
      'store',
      async (records) => void batches.push(coinsOf(records)),
      undefined,
      () => isDue,
    );
    for (const coinId of ['a', 'b', 'c']) {
      await log.append(batchOf(coinId), NOW);
      consumer.wake();
    }
    expect(pushes).toHaveBeenCalledTimes(1);
    isDue = true;
    consumer.resume();
    await untilIdle();
    expect(batches).toEqual([['a', 'b'], ['c']]);
    pushes.mockRestore();
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

  it('applies up to the allowed number of batches concurrently if enough records wait, and commits them in order', async () => {
    const started: string[][] = [];
    const gates = new Map<string, PromiseWithResolvers<void>>();
    const { consumer, untilIdle } = start(
      'store',
      (records, growth) => {
        growth.end();
        const gate = Promise.withResolvers<void>();
        gates.set(coinsOf(records)[0] ?? '', gate);
        started.push(coinsOf(records));
        return gate.promise;
      },
      { batches: 2, minTicks: 2, ticksPerRead: 100 },
    );
    const append = async (...coins: string[]): Promise<void> => {
      for (const coinId of coins) await log.append(batchOf(coinId), NOW);
      consumer.wake();
    };
    const { lag } = log.cursor('store');
    await append('a', 'b', 'c');
    await until(() => started.length === 1);
    // One tick is not enough.
    await append('d');
    await until(() => started.length === 2);
    await append('e', 'f');
    gates.get('c')?.resolve();
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    expect(started).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(lag().records).toBe(6);
    gates.get('a')?.resolve();
    await until(() => started.length === 3);
    expect(started.at(-1)).toEqual(['e', 'f']);
    expect(lag().records).toBe(2);
    gates.get('e')?.resolve();
    await untilIdle();
    consumer.stop();
  });

  it('applies batches again that followed a failed one, after all have ended', async () => {
    const tries: string[][] = [];
    const second = Promise.withResolvers<void>();
    const { consumer, clock, untilIdle } = start(
      'store',
      async (records, growth) => {
        growth.end();
        tries.push(coinsOf(records));
        if (tries.length === 1) throw new Error('the first fails');
        if (tries.length === 2) await second.promise;
      },
      { batches: 2, minTicks: 1, ticksPerRead: 100 },
    );
    await Promise.all(['a', 'b', 'c'].map((coinId) => log.append(batchOf(coinId), NOW)));
    consumer.wake();
    await until(() => tries.length === 2);
    await clock.advance(5_000);
    expect(tries).toEqual([['a', 'b'], ['c']]);
    second.resolve();
    while (tries.length < 4) await clock.advance(1_000);
    await untilIdle();
    expect(tries).toEqual([['a', 'b'], ['c'], ['a', 'b'], ['c']]);
    consumer.stop();
  });

  it('reads what is appended while it applies records, up to its limit, and commits all of it together', async () => {
    const applied: string[][] = [];
    let growing = Promise.withResolvers<Growth>();
    let ended = Promise.withResolvers<void>();
    const { consumer, untilIdle } = start(
      'store',
      async (records, growth) => {
        applied.push(coinsOf(records));
        growing.resolve(growth);
        await ended.promise;
      },
      { batches: 2, minTicks: 2, ticksPerRead: 100 },
    );
    const append = async (...coins: string[]): Promise<void> => {
      for (const coinId of coins) await log.append(batchOf(coinId), NOW);
      consumer.wake();
    };
    const never = new Promise(() => undefined);
    const { lag } = log.cursor('store');

    await append('a');
    const first = await growing.promise;
    growing = Promise.withResolvers();
    // While it may wait, one tick is not enough; afterwards, it reads what there is.
    const free = Promise.withResolvers<void>();
    const more = first.more(free.promise);
    await append('b');
    for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    free.resolve();
    expect(coinsOf(await more)).toEqual(['b']);
    // It is full, and others may start.
    await append('c', 'd', 'e');
    expect(await first.more(never)).toEqual([]);
    const second = await growing.promise;
    growing = Promise.withResolvers();
    expect(applied).toEqual([['a'], ['c', 'd']]);
    // Only the newest one reads.
    expect(await first.more(free.promise)).toEqual([]);
    expect(await second.more(never)).toEqual([]);
    expect(lag().records).toBe(5);
    ended.resolve();
    ended = Promise.withResolvers();
    await until(() => lag().records === 1);
    // Without further appends, there are no more records.
    const last = await growing.promise;
    expect(await last.more(free.promise)).toEqual([]);
    ended.resolve();
    await untilIdle();
    expect(applied.at(-1)).toEqual(['e']);
    consumer.stop();
  });

  it('begins with the records of one read, and passes on the others as they are requested', async () => {
    const reads: string[][] = [];
    const { consumer, untilIdle } = start(
      'store',
      async (records, growth) => {
        for (let read = records; read.length > 0; read = await growth.more(Promise.resolve()))
          reads.push(coinsOf(read));
      },
      { batches: 2, minTicks: 1, ticksPerRead: 1 },
    );
    await Promise.all(['a', 'b', 'c'].map((coinId) => log.append(batchOf(coinId), NOW)));
    consumer.wake();
    await untilIdle();
    expect(reads).toEqual([['a'], ['b'], ['c']]);
    consumer.stop();
  });

  it('applies all records of a failed application again', async () => {
    const tries: string[][] = [];
    const { consumer, clock, untilIdle } = start(
      'store',
      async (records, growth) => {
        const all = [...records, ...(await growth.more(Promise.resolve()))];
        tries.push(coinsOf(all));
        if (tries.length === 1) throw new Error('the receiver is away');
      },
      { batches: 2, minTicks: 1, ticksPerRead: 100 },
    );
    await log.append(batchOf('a'), NOW);
    consumer.wake();
    await log.append(batchOf('b'), NOW);
    consumer.wake();
    while (tries.length < 2) await clock.advance(1_000);
    await untilIdle();
    expect(tries[0]?.every((coinId) => tries[1]?.includes(coinId))).toBe(true);
    expect(new Set(tries.slice(1).flat())).toEqual(new Set(['a', 'b']));
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
