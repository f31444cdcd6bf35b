import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alert, batchOf, coinsOf, manyTicks, NOW, tick } from './log-fixture.ts';
import type { LogBatch, LogCursor, LogRecord, TickLog } from './tick-log.ts';

const MINUTE_MS = 60_000;
const ALL = { maxRecords: 1_000_000, maxTicks: 1_000_000 };

/** An implementation of `TickLog` under test, with durable storage of its own. */
export type TestedLog = {
  /** Opens the log with what earlier processes appended. */
  open(): Promise<TickLog>;
  /** Simulates a crash of the open log: nothing is closed cleanly, and only durable data is kept. */
  crash(): Promise<void>;
  /** Makes the stored record at the offset unreadable while the log is closed. */
  damage(offset: number): Promise<void>;
  /** Removes the storage. */
  remove(): Promise<void>;
};

/** The contract of `TickLog`, which every implementation has to pass. */
export function describeTickLog(name: string, make: () => Promise<TestedLog>): void {
  describe(name, () => {
    let tested: TestedLog;
    beforeEach(async () => {
      tested = await make();
    });
    afterEach(() => tested.remove());

    it('returns all records to every consumer, in the order in which they were appended', async () => {
      const log = await tested.open();
      const store = log.cursor('store');
      for (const coinId of ['a', 'b', 'c']) await log.append(batchOf(coinId), NOW);
      expect(coinsOf(await store.read(ALL))).toEqual(['a', 'b', 'c']);
      expect(await store.read(ALL)).toEqual([]);
      await log.append(batchOf('d'), NOW);
      expect(coinsOf(await store.read(ALL))).toEqual(['d']);
      expect(coinsOf(await log.cursor('late').read(ALL))).toEqual(['a', 'b', 'c', 'd']);
    });

    it('lets a new consumer start after the newest record, and a known one resume at its cursor', async () => {
      let log = await tested.open();
      await log.append(batchOf('before'), NOW);
      const late = log.cursor('late', 'newest');
      expect(late.lag().records).toBe(0);
      await log.append(batchOf('after'), NOW);
      expect(coinsOf(await late.read(ALL))).toEqual(['after']);
      await tested.crash();
      log = await tested.open();
      expect(coinsOf(await log.cursor('late', 'newest').read(ALL))).toEqual(['after']);
    });

    it('keeps records for no consumer that was forgotten', async () => {
      const log = await tested.open();
      log.cursor('gone');
      const store = log.cursor('store');
      const offset = await log.append(batchOf('a'), NOW);
      await store.read(ALL);
      await store.commit(offset);
      await log.trim(0, NOW + MINUTE_MS);
      expect(log.cursor('gone').lag().records).toBe(1);
      log.forget('gone');
      expect(log.consumers()).toEqual(['store']);
      await log.trim(0, NOW + MINUTE_MS);
      expect(log.cursor('gone').lag().records).toBe(0);
    });

    it('keeps the order of concurrent appends, and lets other work run in between', async () => {
      const log = await tested.open();
      const coins = Array.from({ length: 50 }, (_, index) => `coin-${index}`);
      const offsets = await Promise.all(coins.map((coinId) => log.append(batchOf(coinId), NOW)));
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      expect(coinsOf(await log.cursor('store').read(ALL))).toEqual(coins);
      let turned = false;
      setImmediate(() => {
        turned = true;
      });
      for (let count = 0; count < 3; count++) await log.append(batchOf('more'), NOW);
      expect(turned).toBe(true);
    });

    it('returns ticks and alerts exactly, before and after a crash', async () => {
      const batch: LogBatch = {
        ticks: [
          { ...tick('bitcoin', NOW), amount: 0.1 + 0.2, volume24h: 1e-12, marketCap: 1e300 },
          { ...tick('ethereum', NOW - 1), source: 'kraken', vsCurrency: 'eur', change24hPct: -0.5 },
        ],
        alerts: [alert('one', NOW), alert('two', NOW + 1)],
      };
      const log = await tested.open();
      await log.append(batch, NOW);
      expect(withoutOffsets(await log.cursor('store').read(ALL))).toEqual([batch]);
      await tested.crash();
      expect(withoutOffsets(await (await tested.open()).cursor('store').read(ALL))).toEqual([batch]);
    });

    it('resumes after the last commit after a crash, so that uncommitted records are read again', async () => {
      const log = await tested.open();
      const store = log.cursor('store');
      for (const coinId of ['a', 'b', 'c', 'd']) await log.append(batchOf(coinId), NOW);
      const [first] = await store.read({ maxRecords: 1, maxTicks: 1 });
      await store.read({ maxRecords: 2, maxTicks: 10 });
      await store.commit(first?.offset ?? -1);
      await tested.crash();

      const reopened = (await tested.open()).cursor('store');
      expect(coinsOf(await reopened.read(ALL))).toEqual(['b', 'c', 'd']);
      expect(reopened.lag()).toEqual({ records: 3, ticks: 3 });
    });

    it('reads again from after the last commit when rewound', async () => {
      const log = await tested.open();
      const store = log.cursor('store');
      for (const coinId of ['a', 'b', 'c']) await log.append(batchOf(coinId), NOW);
      const records = await store.read({ maxRecords: 2, maxTicks: 10 });
      await store.commit(records[0]?.offset ?? -1);
      store.rewind();
      expect(coinsOf(await store.read(ALL))).toEqual(['b', 'c']);
    });

    it('returns no more than the limit, but at least one record', async () => {
      const log = await tested.open();
      for (let count = 0; count < 3; count++) await log.append(manyTicks(6_000), NOW);
      const readSizes = async (cursor: LogCursor): Promise<number[]> => {
        const sizes: number[] = [];
        for (;;) {
          const { length } = await cursor.read({ maxRecords: 10, maxTicks: 10_000 });
          if (length === 0) return sizes;
          sizes.push(length);
        }
      };
      expect(await readSizes(log.cursor('near'))).toEqual([1, 1, 1]);
      await tested.crash();
      expect(await readSizes((await tested.open()).cursor('behind'))).toEqual([1, 1, 1]);
    });

    it('does not delay other consumers for a slow one, however far it falls behind', async () => {
      const log = await tested.open();
      const [quick, slow] = [log.cursor('quick'), log.cursor('slow')];
      const appended: string[] = [];
      const consumed: string[] = [];
      for (let count = 0; count < 30; count++) {
        appended.push(`coin-${count}`);
        await log.append(manyTicks(1_000, `coin-${count}`), NOW);
        const records = await quick.read(ALL);
        consumed.push(...coinsOf(records));
        await quick.commit(records.at(-1)?.offset ?? -1);
      }
      expect(consumed).toEqual(appended);
      expect(quick.lag()).toEqual({ records: 0, ticks: 0 });
      expect(slow.lag()).toEqual({ records: 30, ticks: 30_000 });
      expect(coinsOf(await readAll(slow, 7))).toEqual(appended);
    });

    it('trims only records that all consumers have committed and that are old enough', async () => {
      const log = await tested.open();
      const [store, delivery] = [log.cursor('store'), log.cursor('delivery')];
      const offsets: number[] = [];
      for (const minute of [0, 10, 35]) {
        offsets.push(await log.append(batchOf(`minute-${minute}`), NOW + minute * MINUTE_MS));
      }
      await readAll(store, 10);
      await store.commit(offsets[2] ?? -1);
      await log.trim(30 * MINUTE_MS, NOW + 40 * MINUTE_MS);

      // Records that one of them has not committed are not trimmed.
      expect(coinsOf(await readAll(delivery, 10))).toEqual(['minute-0', 'minute-10', 'minute-35']);
      await delivery.commit(offsets[1] ?? -1);
      await log.trim(30 * MINUTE_MS, NOW + 40 * MINUTE_MS);
      await tested.crash();
      const reopened = await tested.open();
      // The second is exactly as old as the limit; the third is not committed by all consumers.
      expect(await kept(reopened, 'late')).toEqual(['minute-10', 'minute-35']);
      expect(coinsOf(await reopened.cursor('delivery').read(ALL))).toEqual(['minute-35']);
    });

    it('trims records from the future after the clock was set back', async () => {
      const log = await tested.open();
      const store = log.cursor('store');
      const offset = await log.append(batchOf('future'), NOW + 600 * MINUTE_MS);
      await store.read(ALL);
      await store.commit(offset);
      await log.trim(30 * MINUTE_MS, NOW);
      await tested.crash();
      expect(await kept(await tested.open(), 'late')).toEqual([]);
    });

    it('never uses an offset twice, even after all records were trimmed', async () => {
      const log = await tested.open();
      const used = await log.append(batchOf('a'), NOW);
      const store = log.cursor('store');
      await store.read(ALL);
      await store.commit(used);
      await log.trim(1, NOW + MINUTE_MS);
      await tested.crash();
      const reopened = await tested.open();
      expect(await reopened.append(batchOf('b'), NOW)).toBeGreaterThan(used);
      expect(coinsOf(await reopened.cursor('store').read(ALL))).toEqual(['b']);
    });

    it('makes an unreadable record a dead letter and continues after it', async () => {
      const log = await tested.open();
      log.cursor('store');
      const offsets: number[] = [];
      for (const coinId of ['a', 'b', 'c']) offsets.push(await log.append(batchOf(coinId), NOW));
      await tested.crash();
      await tested.damage(offsets[0] ?? -1);
      await tested.damage(offsets[1] ?? -1);

      const reopened = await tested.open();
      const store = reopened.cursor('store');
      expect(coinsOf(await store.read({ maxRecords: 1, maxTicks: 1 }))).toEqual(['c']);
      expect(reopened.deadLetters()).toBe(2);
      expect(store.lag()).toEqual({ records: 1, ticks: 1 });
      expect(coinsOf(await reopened.cursor('other').read(ALL))).toEqual(['c']);
      await tested.crash();
      expect((await tested.open()).deadLetters()).toBe(2);
    });

    it('keeps a record that a consumer can never apply as a dead letter', async () => {
      const log = await tested.open();
      await log.append(batchOf('a'), NOW);
      const [record] = await log.cursor('store').read(ALL);
      if (record === undefined) throw new Error('nothing was read');
      await log.keepDeadLetter(record, 'numeric field overflow', NOW);
      expect(log.deadLetters()).toBe(1);
      await tested.crash();
      expect((await tested.open()).deadLetters()).toBe(1);
    });

    it('delivers every record to each consumer at least once and in order, under any sequence of events', async () => {
      const step = fc.oneof(
        { weight: 4, arbitrary: fc.constant('append' as const) },
        { weight: 4, arbitrary: fc.constantFrom('read-store' as const, 'read-other' as const) },
        { weight: 3, arbitrary: fc.constantFrom('commit-store' as const, 'commit-other' as const) },
        { weight: 1, arbitrary: fc.constantFrom('rewind' as const, 'trim' as const, 'crash' as const) },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const own = await make();
          try {
            await checkSequence(own, steps);
          } finally {
            await own.remove();
          }
        }),
        { numRuns: 30 },
      );
    });
  });
}

type Step = 'append' | `${'read' | 'commit'}-${'store' | 'other'}` | 'rewind' | 'trim' | 'crash';

async function checkSequence(tested: TestedLog, steps: readonly Step[]): Promise<void> {
  let log = await tested.open();
  let appended = 0;
  const readers = ['store', 'other'].map((name) => ({
    name,
    cursor: log.cursor(name),
    /** Records read since the last commit. */
    uncommitted: [] as LogRecord[],
    committed: 0,
  }));
  const read = async (reader: (typeof readers)[number], maxRecords: number): Promise<void> => {
    const before = reader.committed + reader.uncommitted.length;
    const records = await reader.cursor.read({ maxRecords, maxTicks: 1_000 });
    expect(coinsOf(records)).toEqual(records.map((_, index) => `coin-${before + index + 1}`));
    reader.uncommitted.push(...records);
  };
  for (const step of steps) {
    const [action, name] = step.split('-');
    const reader = readers.find((each) => each.name === name) ?? readers[0];
    if (reader === undefined) throw new Error('there is no reader');
    switch (action) {
      case 'append':
        appended++;
        await log.append(batchOf(`coin-${appended}`), NOW);
        break;
      case 'read':
        await read(reader, 2);
        break;
      case 'commit': {
        const done = reader.uncommitted.shift();
        if (done === undefined) break;
        await reader.cursor.commit(done.offset);
        reader.committed++;
        break;
      }
      case 'rewind':
        reader.cursor.rewind();
        reader.uncommitted = [];
        break;
      case 'trim':
        await log.trim(1, NOW + MINUTE_MS);
        break;
      case 'crash':
        await tested.crash();
        log = await tested.open();
        for (const each of readers) {
          each.cursor = log.cursor(each.name);
          each.uncommitted = [];
        }
        break;
    }
    for (const each of readers) expect(each.cursor.lag().records).toBe(appended - each.committed);
  }
  for (const reader of readers) {
    await read(reader, 1_000);
    expect(reader.committed + reader.uncommitted.length).toBe(appended);
  }
}

async function readAll(cursor: LogCursor, maxRecords: number): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for (;;) {
    const records = await cursor.read({ maxRecords, maxTicks: 1_000_000 });
    if (records.length === 0) return all;
    all.push(...records);
  }
}

/** The records that a new consumer reads. */
const kept = async (log: TickLog, name: string): Promise<string[]> =>
  coinsOf(await log.cursor(name).read(ALL));

const withoutOffsets = (records: readonly LogRecord[]): LogBatch[] =>
  records.map(({ ticks, alerts }) => ({ ticks, alerts }));
