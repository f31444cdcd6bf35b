import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert, Tick } from '../../../../shared/domain.ts';
import { type Clock, systemClock, virtualClock } from '../../clock.ts';
import { silentLog } from '../../log.ts';
import type { AcceptedFetch } from '../storage.ts';
import { type AlertStore, createAlertStore } from './alert-store.ts';
import { createDurableQueue } from './durable-queue.ts';
import { type OpenedJournal, openJournal } from './open-journal.ts';
import { createTaskStore, type Task, type TaskStore } from './task-store.ts';

const NOW = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

let folder: string;
let path: string;
const open: OpenedJournal[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'journal.sqlite');
});

afterEach(() => {
  for (const journal of open.splice(0)) journal.close();
  rmSync(folder, { recursive: true });
});

describe('the journal', () => {
  it('hands out what is not done after a restart, also what was taken, in the order of acceptance', () => {
    const before = openStores();
    for (const coinId of ['a', 'b', 'c']) before.tasks.put(task(before.tasks, coinId));
    const [first] = before.tasks.take(2);
    before.tasks.markDone(first === undefined ? [] : [first.id]);
    restart();

    const { tasks } = openStores();
    expect(tasks.waiting()).toEqual({ tasks: 2, ticks: 2 });
    expect(coinsOf(tasks.take(10))).toEqual(['b', 'c']);
    expect(tasks.take(10)).toEqual([]);
  });

  it('never gives an id twice, also when all tasks were done and dropped', () => {
    const before = openStores();
    const used = task(before.tasks, 'a');
    before.tasks.put(used);
    before.tasks.take(1);
    before.tasks.markDone([used.id]);
    before.tasks.purge(NOW + 60 * MINUTE_MS, 30 * MINUTE_MS);
    restart();
    expect(openStores().tasks.nextId() > used.id).toBe(true);
  });

  it('keeps what is done for half an hour, and what is not for as long as it takes', () => {
    const { tasks } = openStores();
    tasks.put(task(tasks, 'done early', NOW));
    tasks.put(task(tasks, 'done late', NOW + 20 * MINUTE_MS));
    tasks.markDone(tasks.take(2).map(({ id }) => id));
    tasks.put(task(tasks, 'waiting', NOW));
    tasks.purge(NOW + 40 * MINUTE_MS, 30 * MINUTE_MS);
    expect(coinsOf([...tasks.acceptedSince(0)])).toEqual(['done late', 'waiting']);
    expect(coinsOf([...tasks.acceptedSince(NOW + 1)])).toEqual(['done late']);
  });

  it('takes large tasks in batches of about ten thousand ticks', () => {
    const { tasks } = openStores();
    const ticks = Array.from({ length: 6_000 }, (_, index) => tick('bitcoin', NOW + index));
    for (let count = 0; count < 3; count++) {
      tasks.put({ id: tasks.nextId(), acceptedAt: NOW, ticks, alerts: [] });
    }
    expect([tasks.take(10).length, tasks.take(10).length, tasks.take(10).length]).toEqual([1, 1, 1]);
    expect(tasks.take(10)).toEqual([]);
  });

  it('remembers which alerts are untold, and keeps the newest 500 and all untold ones', () => {
    const { alerts } = openStores();
    const all = Array.from({ length: 600 }, (_, index) =>
      alert(`id-${String(index).padStart(3, '0')}`, index),
    );
    alerts.insert(all);
    alerts.markTold(all.slice(1).map(({ id }) => id));
    alerts.insert(all.slice(1, 2)); // told already
    alerts.purge();
    expect(alerts.untold()).toEqual(all.slice(0, 1));
    const newest = alerts.newest({ limit: 200 });
    expect(newest).toEqual(all.slice(-200).reverse());
    const before = newest.at(-1);
    expect(alerts.newest({ limit: 1_000, before })).toEqual([
      ...all.slice(100, 400).reverse(),
      ...all.slice(0, 1),
    ]);
  });

  it.each([
    ['is not a database', () => writeFileSync(path, 'not a database at all'.repeat(100))],
    ['was cut off', () => truncateSync(path, Math.floor(statSync(path).size / 2) + 100)],
    ['has a page of garbage', () => writeFileSync(path, Buffer.alloc(4_096, 7), { flag: 'r+' })],
    ['was cut off within its first page', () => truncateSync(path, 100)],
    ['is empty', () => truncateSync(path, 0)],
  ])('sets a file aside that %s, and goes on with a new one', (_, damage) => {
    const { tasks } = openStores();
    for (let count = 0; count < 50; count++) tasks.put(task(tasks, 'bitcoin'));
    restart();
    damage();

    const { tasks: fresh, setAside } = openStores();
    expect(setAside?.keptAs).toBe(`${path}.bad-2026-01-01T00-00-00.000Z`);
    expect(readdirSync(folder)).toContain('journal.sqlite.bad-2026-01-01T00-00-00.000Z');
    expect(fresh.waiting().tasks).toBe(0);
    fresh.put(task(fresh, 'bitcoin'));
    restart();
    expect(openStores().setAside).toBeNull();
  });

  it('keeps a write-ahead log whose file is gone', () => {
    const { tasks } = openStores();
    tasks.put(task(tasks, 'bitcoin'));
    crash();
    renameSync(path, join(folder, 'elsewhere'));

    const { tasks: fresh, setAside } = openStores();
    expect(setAside?.reason).toContain('gone');
    expect(readdirSync(folder)).toContain('journal.sqlite.bad-2026-01-01T00-00-00.000Z-wal');
    expect(fresh.waiting().tasks).toBe(0);
  });

  it.each([
    ['missing', () => rmSync(`${path}-wal`), null],
    ['empty', () => truncateSync(`${path}-wal`, 0), null],
    [
      'garbage',
      () => writeFileSync(`${path}-wal`, Buffer.alloc(40_000, 7)),
      '-wal.bad-2026-01-01T00-00-00.000Z',
    ],
  ])('says after a crash that its write-ahead log is %s, once, and goes on', (_, damage, suffix) => {
    const before = openStores();
    before.tasks.put(task(before.tasks, 'before'));
    restart();
    const { tasks } = openStores();
    tasks.put(task(tasks, 'lost with the log'));
    crash();
    damage();

    const after = openStores();
    expect(after.setAside).toBeNull();
    expect(after.lostLog).toEqual({ keptAs: suffix === null ? null : path + suffix });
    expect(coinsOf(after.tasks.take(10))).toEqual(['before']);
    restart();
    expect(openStores().lostLog).toBeNull();
  });

  it('finds nothing lost after a crash that left the log where it was, or after an orderly end', () => {
    for (const end of [restart, crash, crash, restart, restart]) {
      const { tasks, lostLog, setAside } = openStores();
      expect({ lostLog, setAside }).toEqual({ lostLog: null, setAside: null });
      tasks.put(task(tasks, 'bitcoin'));
      end();
    }
    expect(openStores().tasks.waiting().tasks).toBe(5);
  });

  it.each([
    ['no JSON', `substr(fetch, 1, 30)`],
    ['another JSON', `'{"fetch":[]}'`],
    ['a price without a number', `replace(fetch, '100.25', 'null')`],
    ['another digit', `replace(fetch, '100.25', '900.25')`],
    ['bytes that are no text', `cast(x'fffe00' as text)`],
  ])('makes a dead letter of an entry that has become %s, and goes on with the others', (_, damaged) => {
    const before = openStores();
    for (const coinId of ['done', 'done and damaged', 'damaged', 'whole', 'damaged too']) {
      before.tasks.put(task(before.tasks, coinId));
      if (coinId.startsWith('done')) before.tasks.markDone(before.tasks.take(1).map(({ id }) => id));
    }
    before.database.exec(`update tasks set fetch = ${damaged} where seq in (2, 3, 5)`);
    const texts = before.database
      .prepare('select hex(fetch) as text from tasks where seq in (2, 3, 5)')
      .all();
    restart();

    const { tasks, damaged: found, database } = openStores();
    expect(tasks.waiting()).toEqual({ tasks: 3, ticks: 3 });
    expect(coinsOf(tasks.take(10))).toEqual(['whole']);
    expect(tasks.waiting()).toEqual({ tasks: 1, ticks: 1 });
    expect(coinsOf([...tasks.acceptedSince(0)])).toEqual(['done', 'whole']);
    expect(found.map((each) => each.slice(0, 16)).sort()).toEqual([
      't000000000000002',
      't000000000000003',
      't000000000000005',
    ]);
    expect(tasks.deadLetters()).toBe(3);
    const kept = database.prepare('select hex(fetch) as text from dead_letters order by seq').all();
    expect(kept).toEqual(texts);
    restart();
    expect(openStores().tasks.deadLetters()).toBe(3);
  });

  it('reads entries of a version that kept no checksum', () => {
    const { tasks, database } = openStores();
    tasks.put(task(tasks, 'bitcoin'));
    database.exec('update tasks set crc = null');
    expect(coinsOf(tasks.take(10))).toEqual(['bitcoin']);
  });

  it('makes a dead letter of a damaged alert, and goes on with the others', () => {
    const { alerts, database, damaged } = openStores();
    alerts.insert([alert('a', 1), alert('b', 2), alert('c', 3)]);
    database.exec(`update alerts set alert = substr(alert, 1, 20) where id = 'b'`);
    expect(alerts.untold().map(({ id }) => id)).toEqual(['a', 'c']);
    expect(alerts.newest({ limit: 10 }).map(({ id }) => id)).toEqual(['c', 'a']);
    expect(damaged).toEqual(['b: it is not an alert']);
    expect(alerts.deadLetters()).toBe(1);
  });

  it('gives while it is read what is accepted meanwhile, and drops what is old a little at a time', () => {
    const { tasks } = openStores();
    for (let count = 0; count < 120; count++) tasks.put(task(tasks, `old ${count}`, NOW));
    const read: string[] = [];
    for (const fetch of tasks.acceptedSince(0)) {
      read.push(...coinsOf([fetch]));
      if (read.length === 120) tasks.put(task(tasks, 'news', NOW + 40 * MINUTE_MS));
    }
    expect(read).toHaveLength(121);
    expect(read.at(-1)).toBe('news');

    tasks.markDone(tasks.take(1_000).map(({ id }) => id));
    let steps = 1;
    while (tasks.purge(NOW + 40 * MINUTE_MS, 30 * MINUTE_MS)) steps++;
    expect(steps).toBeGreaterThanOrEqual(6);
    expect(coinsOf([...tasks.acceptedSince(0)])).toEqual(['news']);
  });

  it('leaves a file of a newer version alone and says so', () => {
    openStores().database.exec('pragma user_version = 99');
    restart();
    expect(openStores).toThrow(/newer version/);
    expect(readdirSync(folder)).toEqual(['journal.sqlite']);
  });

  it('refuses a second program', () => {
    openStores();
    expect(openStores).toThrow(/locked/);
  });
});

describe('the durable queue', () => {
  it('says no to what does not fit on the disk, keeps nothing of it, and goes on when there is room', async () => {
    const { database, tasks, alerts, queue } = openQueue(async () => undefined);
    await queue.push({ ticks: [tick('a', NOW)], alerts: [alert('told', 1)] }, NOW);
    const pages = Number(database.prepare('pragma page_count').get()?.page_count);
    database.exec(`pragma max_page_count = ${pages}`);
    const large = {
      ticks: Array.from({ length: 5_000 }, (_, at) => tick('b', at)),
      alerts: [alert('lost', 2)],
    };
    await expect(queue.push(large, NOW)).rejects.toMatchObject({
      message: expect.stringContaining('disk'),
      cause: expect.objectContaining({ message: expect.stringContaining('full') }),
    });
    expect(alerts.untold().map(({ id }) => id)).toEqual(['told']);

    database.exec('pragma max_page_count = 1000000');
    await queue.push(large, NOW);
    expect(coinsOf([...tasks.acceptedSince(0)]).filter((coin) => coin === 'b')).toHaveLength(5_000);
    queue.close();
  });

  it('writes what was accepted before the database was ready once it is, in order and in one batch', async () => {
    const batches: string[][] = [];
    const written = Promise.withResolvers<void>();
    let ready = false;
    const { tasks, queue } = openQueue(
      async (batch) => {
        batches.push(coinsOf(batch));
        written.resolve();
      },
      () => ready,
    );
    for (const coinId of ['a', 'b', 'c']) await queue.push({ ticks: [tick(coinId, NOW)], alerts: [] }, NOW);
    expect(tasks.waiting()).toEqual({ tasks: 3, ticks: 3 });
    ready = true;
    queue.resume();
    await written.promise;
    expect(batches).toEqual([['a', 'b', 'c']]);
    queue.close();
  });

  it('writes what trickles in together, but an alert and what somebody waits for at once', async () => {
    const clock = virtualClock(NOW);
    const batches: string[][] = [];
    let shorter = Promise.withResolvers<void>();
    const { queue } = openQueue(
      async (batch) => void batches.push(coinsOf(batch)),
      () => true,
      { clock, onShorter: () => shorter.resolve() },
    );
    const push = (coinId: string, alerts: readonly Alert[] = []) =>
      queue.push({ ticks: [tick(coinId, NOW)], alerts }, NOW);
    const written = async (): Promise<readonly string[]> => {
      await shorter.promise;
      shorter = Promise.withResolvers();
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
    await push('e', [alert('told', 1)]);
    expect(await written()).toEqual(['d', 'e']);
    await push('f');
    queue.hurry();
    expect(await written()).toEqual(['f']);
    queue.close();
  });

  it('says that the journal cannot be read, and goes on when it can', async () => {
    const clock = virtualClock(NOW);
    const written = Promise.withResolvers<void>();
    let ready = false;
    const { database, queue, readFailures } = openQueue(
      async () => written.resolve(),
      () => ready,
      { clock },
    );
    await queue.push({ ticks: [tick('a', NOW)], alerts: [] }, NOW);
    database.exec('alter table tasks rename column fetch to hidden');
    ready = true;
    queue.resume();
    while (readFailures.length === 0) await clock.advance(0);
    expect(readFailures[0]).toContain('no such column');
    database.exec('alter table tasks rename column hidden to fetch');
    while (readFailures.at(-1) !== null) await clock.advance(5_000);
    await written.promise;
    queue.close();
  });

  it('keeps a batch that was being written when the program ended', async () => {
    const started = Promise.withResolvers<void>();
    const { queue } = openQueue(async () => {
      started.resolve();
      throw new Error('the program stops');
    });
    await queue.push({ ticks: [tick('a', NOW)], alerts: [] }, NOW);
    await started.promise;
    queue.close();
    restart();
    expect(coinsOf(openStores().tasks.take(10))).toEqual(['a']);
  });
});

type Stores = OpenedJournal & {
  readonly tasks: TaskStore;
  readonly alerts: AlertStore;
  /** What was found damaged. */
  readonly damaged: string[];
};

function openStores(): Stores {
  const journal = openJournal(path, NOW);
  open.push(journal);
  const damaged: string[] = [];
  const onDamage = ({ id, error }: { id: string; error: string }): void =>
    void damaged.push(`${id}: ${error}`);
  const now = (): number => NOW;
  const alerts = createAlertStore(journal.database, { log: silentLog, onDamage, now });
  const tasks = createTaskStore(journal.database, {
    insertAlerts: (fetch) => alerts.insert(fetch.alerts),
    onDamage,
    now,
  });
  return { ...journal, alerts, tasks, damaged };
}

function openQueue(
  write: (batch: readonly Task[]) => Promise<void>,
  isReady = () => true,
  { clock = systemClock, onShorter = () => {} }: { clock?: Clock; onShorter?: () => void } = {},
) {
  const stores = openStores();
  const { tasks } = stores;
  const readFailures: (string | null)[] = [];
  const queue = createDurableQueue({
    tasks,
    clock,
    log: silentLog,
    isReady,
    write,
    onShorter,
    onReadFailure: (error) => readFailures.push(error?.message ?? null),
  });
  return { ...stores, queue, readFailures };
}

/** A crash: the file and its write-ahead log as they are at this moment. */
function crash(): void {
  const files = readdirSync(folder).filter((name) => /^journal\.sqlite(-wal)?$/.test(name));
  const contents = files.map((name) => [join(folder, name), readFileSync(join(folder, name))] as const);
  restart();
  for (const [name, content] of contents) writeFileSync(name, content);
}

function restart(): void {
  for (const journal of open.splice(0)) journal.close();
}

function coinsOf(fetches: readonly AcceptedFetch[]): string[] {
  return fetches.flatMap((fetch) => fetch.ticks.map(({ coinId }) => coinId));
}

function task(tasks: TaskStore, coinId: string, acceptedAt = NOW): Task {
  return { id: tasks.nextId(), acceptedAt, ticks: [tick(coinId, NOW)], alerts: [] };
}

function tick(coinId: string, observedAt: number): Tick {
  return {
    coinId,
    vsCurrency: 'usd',
    observedAt,
    price: 100.25,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
    source: 'coingecko',
  };
}

function alert(id: string, observedAt: number): Alert {
  return {
    id,
    rule: 'moving-average',
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    source: 'coingecko',
    observedAt,
    price: 1,
    message: 'moved',
    figures: {},
  };
}
