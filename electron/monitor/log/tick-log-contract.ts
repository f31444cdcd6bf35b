import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alert, batchOf, coinsOf, manyTicks, NOW, tick } from './log-fixture.ts';
import type { LogBatch, LogCursor, LogRecord, TickLog } from './tick-log.ts';

const MINUTE_MS = 60_000;
const ALL = { maxRecords: 1_000_000, maxTicks: 1_000_000 };

/** An implementation of the log under test, over one durable place. */
export type TestedLog = {
  /** Opens the log at the place; what the process before appended is there. */
  open(): Promise<TickLog>;
  /** Ends the open log as a crash does: nothing is closed in order, and nothing that was not durable is kept. */
  crash(): Promise<void>;
  /** Makes the stored record at the offset unreadable while the log is closed. */
  damage(offset: number): Promise<void>;
  /** Removes the place. */
  remove(): Promise<void>;
};

/** What every log promises, whatever it is made of. */
export function describeTickLog(name: string, make: () => Promise<TestedLog>): void {
  describe(name, () => {
    let tested: TestedLog;
    beforeEach(async () => {
      tested = await make();
    });
    afterEach(() => tested.remove());

    it('gives every consumer all records, in the order in which they were appended', async () => {
      const log = await tested.open();
      const store = log.cursor('store');
      for (const coinId of ['a', 'b', 'c']) await log.append(batchOf(coinId), NOW);
      expect(coinsOf(await store.read(ALL))).toEqual(['a', 'b', 'c']);
      expect(await store.read(ALL)).toEqual([]);
      await log.append(batchOf('d'), NOW);
      expect(coinsOf(await store.read(ALL))).toEqual(['d']);
      expect(coinsOf(await log.cursor('late').read(ALL))).toEqual(['a', 'b', 'c', 'd']);
    });

    it('keeps the order of what is appended at once, and lets other work have its turn meanwhile', async () => {
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

    it('gives back every bit of ticks and alerts, before and after a crash', async () => {
      const batch: LogBatch = {
        ticks: [
          { ...tick('bitcoin', NOW), amount: 0.1 + 0.2, volume24h: 1e-12, marketCap: 1e300 },
          { ...tick('ethereum', NOW - 1), source: 'kraken', vsCurrency: 'eur', change24hPct: -0.5 },
        ],
        alerts: [alert('one', NOW), alert('two', NOW + 1)],
      };
      const log = await tested.open();
      await log.append(batch, NOW);
      expect(withoutPlace(await log.cursor('store').read(ALL))).toEqual([batch]);
      await tested.crash();
      expect(withoutPlace(await (await tested.open()).cursor('store').read(ALL))).toEqual([batch]);
    });

    it('goes on behind the last commit after a crash: what was read only comes again', async () => {
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

    it('reads again from behind the last commit when asked to', async () => {
      const log = await tested.open();
      const store = log.cursor('store');
      for (const coinId of ['a', 'b', 'c']) await log.append(batchOf(coinId), NOW);
      const records = await store.read({ maxRecords: 2, maxTicks: 10 });
      await store.commit(records[0]?.offset ?? -1);
      store.rewind();
      expect(coinsOf(await store.read(ALL))).toEqual(['b', 'c']);
    });

    it('gives no more than was asked for, but a record at least', async () => {
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

    it('delays nobody for a slow consumer, however far it falls behind', async () => {
      const log = await tested.open();
      const [quick, slow] = [log.cursor('quick'), log.cursor('slow')];
      const appended: string[] = [];
      const seen: string[] = [];
      for (let count = 0; count < 30; count++) {
        appended.push(`coin-${count}`);
        await log.append(manyTicks(1_000, `coin-${count}`), NOW);
        const records = await quick.read(ALL);
        seen.push(...coinsOf(records));
        await quick.commit(records.at(-1)?.offset ?? -1);
      }
      expect(seen).toEqual(appended);
      expect(quick.lag()).toEqual({ records: 0, ticks: 0 });
      expect(slow.lag()).toEqual({ records: 30, ticks: 30_000 });
      expect(coinsOf(await readAll(slow, 7))).toEqual(appended);
    });

    it('drops what all have committed and nobody needs any more, and nothing else', async () => {
      const log = await tested.open();
      const [store, delivery] = [log.cursor('store'), log.cursor('delivery')];
      const offsets: number[] = [];
      for (const minute of [0, 10, 35]) {
        offsets.push(await log.append(batchOf(`minute-${minute}`), NOW + minute * MINUTE_MS));
      }
      await readAll(store, 10);
      await store.commit(offsets[2] ?? -1);
      await log.trim(30 * MINUTE_MS, NOW + 40 * MINUTE_MS);

      // Nothing was dropped that one of them has not committed.
      expect(coinsOf(await readAll(delivery, 10))).toEqual(['minute-0', 'minute-10', 'minute-35']);
      await delivery.commit(offsets[1] ?? -1);
      await log.trim(30 * MINUTE_MS, NOW + 40 * MINUTE_MS);
      await tested.crash();
      const reopened = await tested.open();
      // The second is as old as what is needed; the third is not committed by everybody.
      expect(await kept(reopened, 'late')).toEqual(['minute-10', 'minute-35']);
      expect(coinsOf(await reopened.cursor('delivery').read(ALL))).toEqual(['minute-35']);
    });

    it('drops what a clock that was set back has left in the future', async () => {
      const log = await tested.open();
      const store = log.cursor('store');
      const offset = await log.append(batchOf('future'), NOW + 600 * MINUTE_MS);
      await store.read(ALL);
      await store.commit(offset);
      await log.trim(30 * MINUTE_MS, NOW);
      await tested.crash();
      expect(await kept(await tested.open(), 'late')).toEqual([]);
    });

    it('never uses an offset twice, also when all records were dropped', async () => {
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

    it('makes a record that cannot be read a dead letter, and goes on behind it', async () => {
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

    it('keeps what a consumer can never use as a dead letter', async () => {
      const log = await tested.open();
      await log.append(batchOf('a'), NOW);
      const [record] = await log.cursor('store').read(ALL);
      if (record === undefined) throw new Error('nothing was read');
      await log.keepDeadLetter(record, 'numeric field overflow', NOW);
      expect(log.deadLetters()).toBe(1);
      await tested.crash();
      expect((await tested.open()).deadLetters()).toBe(1);
    });

    it('shows each consumer every record at least once and in order, whatever happens when', async () => {
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
            await followsEverything(own, steps);
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

async function followsEverything(tested: TestedLog, steps: readonly Step[]): Promise<void> {
  let log = await tested.open();
  let appended = 0;
  const readers = ['store', 'other'].map((name) => ({
    name,
    cursor: log.cursor(name),
    /** Read since the last commit, and the number of the newest that was committed. */
    inHand: [] as LogRecord[],
    committed: 0,
  }));
  const read = async (reader: (typeof readers)[number], maxRecords: number): Promise<void> => {
    const before = reader.committed + reader.inHand.length;
    const records = await reader.cursor.read({ maxRecords, maxTicks: 1_000 });
    expect(coinsOf(records)).toEqual(records.map((_, index) => `coin-${before + index + 1}`));
    reader.inHand.push(...records);
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
        const done = reader.inHand.shift();
        if (done === undefined) break;
        await reader.cursor.commit(done.offset);
        reader.committed++;
        break;
      }
      case 'rewind':
        reader.cursor.rewind();
        reader.inHand = [];
        break;
      case 'trim':
        await log.trim(1, NOW + MINUTE_MS);
        break;
      case 'crash':
        await tested.crash();
        log = await tested.open();
        for (const each of readers) {
          each.cursor = log.cursor(each.name);
          each.inHand = [];
        }
        break;
    }
    for (const each of readers) expect(each.cursor.lag().records).toBe(appended - each.committed);
  }
  for (const reader of readers) {
    await read(reader, 1_000);
    expect(reader.committed + reader.inHand.length).toBe(appended);
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

/** What a consumer that begins now is given. */
const kept = async (log: TickLog, name: string): Promise<string[]> =>
  coinsOf(await log.cursor(name).read(ALL));

const withoutPlace = (records: readonly LogRecord[]): LogBatch[] =>
  records.map(({ ticks, alerts }) => ({ ticks, alerts }));
