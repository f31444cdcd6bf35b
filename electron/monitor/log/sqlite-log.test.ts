import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenedLogFile, openLogFile } from './log-file.ts';
import { alert, batchOf, coinsOf, manyTicks, NOW } from './log-fixture.ts';
import { createSqliteLog, type SqliteLog } from './sqlite-log.ts';
import type { DeadLetter, LogBatch } from './tick-log.ts';
import { describeTickLog } from './tick-log-contract.ts';

const MINUTE_MS = 60_000;
const ALL = { maxRecords: 1_000, maxTicks: 1_000 };

function openLog(path: string): { log: SqliteLog; file: OpenedLogFile; damaged: DeadLetter[] } {
  const file = openLogFile(path, NOW);
  const damaged: DeadLetter[] = [];
  const log = createSqliteLog({
    database: file.database,
    wal: file.wal,
    onAppend: () => undefined,
    onDamaged: (letter) => damaged.push(letter),
    now: () => NOW,
  });
  return { log, file, damaged };
}

describeTickLog('the log in SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-log-'));
  let crashes = 0;
  let file: OpenedLogFile | null = null;
  const path = (): string => join(folder, `${crashes}`, 'journal.sqlite');
  mkdirSync(join(folder, '0'));
  return {
    async open() {
      const opened = openLog(path());
      file = opened.file;
      return opened.log;
    },
    async crash() {
      // The files of an open log are what a kill leaves behind.
      const before = join(folder, `${crashes}`);
      crashes++;
      cpSync(before, join(folder, `${crashes}`), { recursive: true });
      file?.close();
      file = null;
    },
    async damage(offset) {
      const database = new DatabaseSync(path());
      database.prepare('update records set packed = substr(packed, 1, 20) where log_offset = ?').run(offset);
      database.close();
    },
    async remove() {
      file?.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('a record in SQLite', () => {
  let folder: string;
  let opened: ReturnType<typeof openLog>;
  const restart = (): void => {
    opened.file.close();
    opened = openLog(join(folder, 'journal.sqlite'));
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sqlite-log-'));
    opened = openLog(join(folder, 'journal.sqlite'));
  });
  afterEach(() => {
    opened.file.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['invalid JSON', `batch = substr(batch, 1, 3)`],
    ['another JSON', `batch = '{"batch":[]}'`],
    ['bytes that are not text', `batch = cast(x'fffe00' as text)`],
    ['a part of its ticks', `packed = substr(packed, 1, 30)`],
    ['other ticks', `packed = (select packed from records where log_offset = 1)`],
    ['no ticks', `packed = null`],
  ])('that has become %s is kept as a dead letter, byte for byte', async (_, damaged) => {
    const { log, file } = opened;
    const store = log.cursor('store');
    for (const coinId of ['done', 'done and damaged', 'damaged', 'whole', 'damaged too']) {
      await log.append(batchOf(coinId), NOW);
    }
    await store.read({ maxRecords: 2, maxTicks: 10 });
    await store.commit(2);
    file.database.exec(`update records set ${damaged} where log_offset in (2, 3, 5)`);
    const texts = file.database
      .prepare('select hex(batch) as text, hex(packed) as packed from records where log_offset in (2, 3, 5)')
      .all();
    restart();

    const reopened = opened.log.cursor('store');
    expect(reopened.lag()).toEqual({ records: 3, ticks: 3 });
    expect(coinsOf(await reopened.read(ALL))).toEqual(['whole']);
    expect(reopened.lag()).toEqual({ records: 1, ticks: 1 });
    expect(coinsOf([...opened.log.replay({ since: 0 })])).toEqual(['done', 'whole']);
    expect(opened.damaged.map(({ offset }) => offset).sort()).toEqual([2, 3, 5]);
    const kept = opened.file.database
      .prepare('select hex(batch) as text, hex(packed) as packed from dead_letters order by log_offset')
      .all();
    expect(kept).toEqual(texts);
  });

  it('that is damaged after a consumer has read it can still be committed', async () => {
    const { log, file } = opened;
    const store = log.cursor('store');
    await log.append(batchOf('a'), NOW);
    await store.read(ALL);
    file.database.exec(`update records set batch = 'x'`);
    expect([...log.replay({ since: 0 })]).toEqual([]);
    await store.commit(1);
    expect(store.lag()).toEqual({ records: 0, ticks: 0 });
    expect(log.deadLetters()).toBe(0);
  });

  it('of a version without checksums can be read', async () => {
    await opened.log.append(batchOf('bitcoin'), NOW);
    opened.file.database.exec('update records set crc = null');
    restart();
    expect(coinsOf(await opened.log.cursor('store').read(ALL))).toEqual(['bitcoin']);
  });

  it('that is appended during a replay is included, and old ones are dropped a few at a time', async () => {
    const { log } = opened;
    const store = log.cursor('store');
    for (let count = 0; count < 120; count++) await log.append(batchOf(`old ${count}`), NOW);
    const read: string[] = [];
    for (const record of log.replay({ since: 0 })) {
      read.push(...coinsOf([record]));
      if (read.length === 120) await log.append(batchOf('news'), NOW + 40 * MINUTE_MS);
    }
    expect(read).toHaveLength(121);
    expect(read.at(-1)).toBe('news');

    const records = await store.read(ALL);
    await store.commit(records.at(-1)?.offset ?? -1);
    let turns = 0;
    const count = (): void => {
      turns++;
      counting = setImmediate(count);
    };
    let counting = setImmediate(count);
    await log.trim(30 * MINUTE_MS, NOW + 40 * MINUTE_MS);
    clearImmediate(counting);
    expect(turns).toBeGreaterThan(0);
    expect(coinsOf([...log.replay({ since: 0 })])).toEqual(['news']);
  });

  it('is stored completely or not at all on a full disk', async () => {
    const { log, file } = opened;
    await log.append(batchOf('a'), NOW);
    const pages = Number(file.database.prepare('pragma page_count').get()?.page_count);
    file.database.exec(`pragma max_page_count = ${pages}`);
    const large = { ...batchOf('b'), ticks: Array(5_000).fill(batchOf('b').ticks[0]) };
    await expect(log.append(large, NOW)).rejects.toThrow(/full/);
    expect(coinsOf([...log.replay({ since: 0 })])).toEqual(['a']);
    // Of several concurrent appends, those that fit are stored.
    const together = [log.append(batchOf('small'), NOW), log.append(large, NOW)];
    const results = await Promise.allSettled(together);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    file.database.exec('pragma max_page_count = 1000000');
    await Promise.all([log.append(large, NOW), log.append(batchOf('c'), NOW)]);
    expect(coinsOf([...log.replay({ since: 0 })])).toEqual(['a', 'small', 'b', 'c']);
  });

  it('is on disk before its append resolves, and not stored when the sync fails', async () => {
    const { file } = opened;
    const records = (): unknown => file.database.prepare('select count(*) as count from records').get();
    const synced: unknown[] = [];
    let error: Error | null = null;
    const log = createSqliteLog({
      database: file.database,
      wal: {
        ...file.wal,
        sync() {
          synced.push(records());
          if (error !== null) throw error;
          file.wal.sync();
        },
      },
      onAppend: () => undefined,
      onDamaged: () => undefined,
      now: () => NOW,
    });
    await log.append(batchOf('a'), NOW);
    expect(synced).toEqual([{ count: 1 }]);

    error = new Error('EIO: i/o error, fdatasync');
    await expect(log.append(batchOf('b'), NOW)).rejects.toThrow(/EIO/);
    expect(synced.at(-1)).toEqual({ count: 2 });
    expect(records()).toEqual({ count: 1 });
    const together = await Promise.allSettled([log.append(batchOf('b'), NOW), log.append(batchOf('c'), NOW)]);
    expect(together.map(({ status }) => status)).toEqual(['rejected', 'rejected']);

    error = null;
    await Promise.all([log.append(batchOf('b'), NOW), log.append(batchOf('c'), NOW)]);
    expect(coinsOf([...log.replay({ since: 0 })])).toEqual(['a', 'b', 'c']);
    expect(log.cursor('store').lag().records).toBe(3);
    restart();
    expect(coinsOf([...opened.log.replay({ since: 0 })])).toEqual(['a', 'b', 'c']);
  });

  it('of a burst can be read before the whole burst is on disk, unless an alert waits for it', async () => {
    const { log } = opened;
    const store = log.cursor('store');
    const readBurst = async (batches: readonly LogBatch[]): Promise<readonly number[]> => {
      const counts: number[] = [];
      await Promise.all(
        batches.map(async (batch) => {
          await log.append(batch, NOW);
          counts.push((await store.read({ maxRecords: 100, maxTicks: 100_000 })).length);
        }),
      );
      return counts;
    };
    const burst = Array.from({ length: 5 }, (_, index) => manyTicks(2_500, `${index}`));
    expect(await readBurst(burst)).toEqual([2, 0, 2, 0, 1]);
    expect(await readBurst([...burst, batchOf('news', [alert('raised')])])).toEqual([6, 0, 0, 0, 0, 0]);
    expect(coinsOf([...log.replay({ since: 0 })])).toEqual([...'01234', ...'01234', 'news']);
  });

  it('of a burst is not stored when an earlier one of it could not be', async () => {
    const { file } = opened;
    let syncs = 0;
    const log = createSqliteLog({
      database: file.database,
      wal: {
        ...file.wal,
        sync() {
          syncs++;
          // The second part, and its first batch alone.
          if (syncs === 2 || syncs === 3) throw new Error('EIO: i/o error, fdatasync');
          file.wal.sync();
        },
      },
      onAppend: () => undefined,
      onDamaged: () => undefined,
      now: () => NOW,
    });
    const burst = Array.from({ length: 6 }, (_, index) => manyTicks(2_500, `${index}`));
    const append = (batches: readonly LogBatch[]): Promise<readonly PromiseSettledResult<number>[]> =>
      Promise.allSettled(batches.map((batch) => log.append(batch, NOW)));
    const first = await append(burst);
    expect(first.map(({ status }) => status)).toEqual([
      ...Array(2).fill('fulfilled'),
      ...Array(4).fill('rejected'),
    ]);
    expect(coinsOf([...log.replay({ since: 0 })])).toEqual(['0', '1']);
    await append(burst.slice(2));
    expect(coinsOf([...log.replay({ since: 0 })])).toEqual([...'012345']);
  });

  it('that follows a failed sync does not depend on the write-ahead log as it was then', async () => {
    const { file } = opened;
    let error: Error | null = new Error('EIO: i/o error, fdatasync');
    const log = createSqliteLog({
      database: file.database,
      wal: {
        ...file.wal,
        sync() {
          if (error !== null) throw error;
        },
      },
      onAppend: () => undefined,
      onDamaged: () => undefined,
      now: () => NOW,
    });
    const wal = join(folder, 'journal.sqlite-wal');
    await expect(log.append(batchOf('a'), NOW)).rejects.toThrow(/EIO/);
    const saltsOf = (): string => readFileSync(wal).toString('hex', 16, 24);
    const before = saltsOf();
    error = null;
    await log.append(batchOf('a'), NOW);
    // The log was restarted: everything before is in the main file.
    expect(saltsOf()).not.toBe(before);
  });
});
