import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert, Tick } from '../../../../shared/domain.ts';
import { type Clock, systemClock, virtualClock } from '../../clock.ts';
import { silentLog } from '../../log.ts';
import type { AcceptedFetch } from '../storage.ts';
import { type AlertStore, createAlertStore } from './alert-store.ts';
import { createDurableQueue } from './durable-queue.ts';
import { openJournal } from './open-journal.ts';
import { createTaskStore, type Task, type TaskStore } from './task-store.ts';

const NOW = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

let folder: string;
let path: string;
const open: DatabaseSync[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'journal.sqlite');
});

afterEach(() => {
  for (const database of open.splice(0)) database.close();
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

type Stores = {
  readonly database: DatabaseSync;
  readonly tasks: TaskStore;
  readonly alerts: AlertStore;
  readonly setAside: ReturnType<typeof openJournal>['setAside'];
};

function openStores(): Stores {
  const { database, setAside } = openJournal(path, NOW);
  open.push(database);
  const alerts = createAlertStore(database);
  return {
    database,
    alerts,
    setAside,
    tasks: createTaskStore(database, (fetch) => alerts.insert(fetch.alerts)),
  };
}

function openQueue(
  write: (batch: readonly Task[]) => Promise<void>,
  isReady = () => true,
  { clock = systemClock, onShorter = () => {} }: { clock?: Clock; onShorter?: () => void } = {},
) {
  const stores = openStores();
  const { tasks } = stores;
  const queue = createDurableQueue({ tasks, clock, log: silentLog, isReady, write, onShorter });
  return { ...stores, queue };
}

function restart(): void {
  for (const database of open.splice(0)) database.close();
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
