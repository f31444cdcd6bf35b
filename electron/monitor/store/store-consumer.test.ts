import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import { openLogFile } from '../log/log-file.ts';
import { alert, batchOf, coinsOf, NOW } from '../log/log-fixture.ts';
import { createSqliteLog } from '../log/sqlite-log.ts';
import type { LogBatch, LogRecord } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { type Clock, systemClock, virtualClock } from '../time/clock.ts';
import { createStoreConsumer } from './store-consumer.ts';

let folder: string;
const opened: { close(): void }[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-consumer-'));
});

afterEach(() => {
  restart();
  rmSync(folder, { recursive: true });
});

describe('the consumer that writes to the database', () => {
  it('writes records from before the database was ready once it is, in order and in one batch', async () => {
    const batches: string[][] = [];
    const written = Promise.withResolvers<void>();
    let ready = false;
    const { store, append } = openStore(
      async (batch) => {
        batches.push(coinsOf(batch));
        written.resolve();
      },
      () => ready,
    );
    for (const coinId of ['a', 'b', 'c']) await append(batchOf(coinId));
    expect(store.lag()).toEqual({ records: 3, ticks: 3 });
    ready = true;
    store.resume();
    await written.promise;
    expect(batches).toEqual([['a', 'b', 'c']]);
    store.stop();
  });

  it('collects a slow stream into one write, but writes an alert or an awaited record immediately', async () => {
    const clock = virtualClock(NOW);
    const batches: string[][] = [];
    let wrote = Promise.withResolvers<void>();
    const { store, append } = openStore(
      async (batch) => void batches.push(coinsOf(batch)),
      () => true,
      { clock, onWritten: () => wrote.resolve() },
    );
    const push = (coinId: string, alerts: readonly Alert[] = []) => append(batchOf(coinId, alerts));
    const written = async (): Promise<readonly string[]> => {
      await wrote.promise;
      wrote = Promise.withResolvers();
      return batches.at(-1) ?? [];
    };

    await push('a');
    expect(await written()).toEqual(['a']);
    await push('b');
    await push('c');
    await clock.advance(4_999);
    expect(batches).toHaveLength(1);
    await clock.advance(1);
    expect(await written()).toEqual(['b', 'c']);

    await push('d');
    await push('e', [alert('raised')]);
    expect(await written()).toEqual(['d', 'e']);
    await push('f');
    store.writeNow();
    expect(await written()).toEqual(['f']);
    store.stop();
  });

  it('reports that the log cannot be read, and continues when it can', async () => {
    const clock = virtualClock(NOW);
    const before = openStore(
      async () => undefined,
      () => false,
    );
    await before.append(batchOf('a'));
    restart();
    const written = Promise.withResolvers<void>();
    let ready = false;
    const { database, store, readFailures } = openStore(
      async () => written.resolve(),
      () => ready,
      { clock },
    );
    database.exec('alter table records rename column batch to hidden');
    ready = true;
    store.resume();
    while (readFailures.length === 0) await clock.advance(0);
    expect(readFailures[0]).toContain('no such column');
    database.exec('alter table records rename column hidden to batch');
    while (readFailures.at(-1) !== null) await clock.advance(5_000);
    await written.promise;
    store.stop();
  });

  it('keeps a batch that was being written when the program stopped', async () => {
    const started = Promise.withResolvers<void>();
    const { store, append } = openStore(async () => {
      started.resolve();
      throw new Error('the program stops');
    });
    await append(batchOf('a'));
    await started.promise;
    store.stop();
    restart();
    const again = Promise.withResolvers<string[]>();
    openStore(async (records) => again.resolve(coinsOf(records)));
    expect(await again.promise).toEqual(['a']);
  });
});

function openStore(
  write: (records: readonly LogRecord[]) => Promise<void>,
  isReady = () => true,
  { clock = systemClock, onWritten = () => {} }: { clock?: Clock; onWritten?: () => void } = {},
) {
  const file = openLogFile(join(folder, 'journal.sqlite'), NOW);
  const { database } = file;
  const stopping = new AbortController();
  const readFailures: (string | null)[] = [];
  const tickLog = createSqliteLog({
    database,
    wal: file.wal,
    onAppend: () => undefined,
    onDamaged: () => undefined,
    now: () => NOW,
  });
  const store = createStoreConsumer({
    cursor: tickLog.cursor('store'),
    clock,
    log: silentLog,
    isReady,
    writer: { write },
    onWritten,
    onReadFailure: (error) => readFailures.push(error?.message ?? null),
    signal: stopping.signal,
  });
  opened.push({
    close() {
      stopping.abort(new Error('the program stops'));
      store.stop();
      file.close();
    },
  });
  const append = async (batch: LogBatch): Promise<void> => {
    await tickLog.append(batch, NOW);
    store.appended(batch);
  };
  return { database, store, append, readFailures };
}

function restart(): void {
  for (const each of opened.splice(0)) each.close();
}
