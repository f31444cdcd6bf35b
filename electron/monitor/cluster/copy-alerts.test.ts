import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenedLogFile, openLogFile } from '../log/log-file.ts';
import { alert, NOW } from '../log/log-fixture.ts';
import { createSqliteLog, type SqliteLog } from '../log/sqlite-log.ts';
import type { LogBatch } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { copyAlerts } from './copy-alerts.ts';

let folder: string;
let file: OpenedLogFile;
/** The topic of the alerts. */
let topic: SqliteLog;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copy-alerts-'));
  file = openLogFile(join(folder, 'topic.sqlite'), NOW);
  topic = createSqliteLog({
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

/** @param append the log of the process */
function start(append: (batches: readonly LogBatch[]) => Promise<number>) {
  const clock = virtualClock(NOW);
  const cursor = topic.cursor('deliver');
  return { clock, cursor, copier: copyAlerts({ cursor, append, clock, log: silentLog }) };
}

const raise = (id: string) => topic.append({ ticks: [], alerts: [alert(id)] }, NOW);
const idsOf = (batches: readonly LogBatch[]): string[] =>
  batches.flatMap(({ alerts }) => alerts.map(({ id }) => id));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

describe('the alerts of a topic', () => {
  it('are appended in order, and committed when they are in the log', async () => {
    for (const id of ['a', 'b', 'c']) await raise(id);
    const appended: string[] = [];
    const { cursor, copier } = start(async ([first]) => {
      // One of several, as when the disk becomes full.
      if (first !== undefined) appended.push(...idsOf([first]));
      return 1;
    });
    copier.wake();
    await until(() => cursor.lag().records === 0);
    expect(appended).toEqual(['a', 'b', 'c']);
    await copier.stop();
  });

  it('are copied again from the last commit after a failure', async () => {
    const appended: string[] = [];
    let failures = 1;
    const { clock, cursor, copier } = start(async (batches) => {
      if (failures-- > 0) throw new Error('the disk is full');
      appended.push(...idsOf(batches));
      return batches.length;
    });
    await raise('a');
    copier.wake();
    await until(() => failures === 0);
    await raise('b');
    copier.wake();
    await clock.advance(999);
    expect(appended).toEqual([]);
    await clock.advance(1);
    await until(() => cursor.lag().records === 0);
    expect(appended).toEqual(['a', 'b']);
    await copier.stop();
  });

  it('are left in the topic by a process that stops, except those that it is appending', async () => {
    const appending = Promise.withResolvers<void>();
    const appended: string[] = [];
    let isAppending = false;
    const { cursor, copier } = start(async (batches) => {
      isAppending = true;
      await appending.promise;
      appended.push(...idsOf(batches));
      return batches.length;
    });
    await raise('a');
    copier.wake();
    await until(() => isAppending);
    const stopped = copier.stop();
    await raise('b');
    copier.wake();
    appending.resolve();
    await stopped;
    expect(appended).toEqual(['a']);
    expect(cursor.lag().records).toBe(1);
  });

  it('do not keep a process from stopping while they cannot be appended', async () => {
    let attempts = 0;
    const { copier } = start(async () => {
      attempts++;
      throw new Error('the disk is full');
    });
    await raise('a');
    copier.wake();
    await until(() => attempts === 1);
    await copier.stop();
    copier.wake();
    await turn();
    expect(attempts).toBe(1);
  });
});
