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
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textOf } from '../../../tests/text-of.ts';
import { type OpenedLogFile, openLogFile } from './log-file.ts';
import { batchOf, coinsOf, NOW } from './log-fixture.ts';
import { createSqliteLog, type SqliteLog } from './sqlite-log.ts';

const ALL = { maxRecords: 1_000, maxTicks: 1_000 };

let folder: string;
let path: string;
const open: OpenedLogFile[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-file-'));
  path = join(folder, 'journal.sqlite');
});

afterEach(() => {
  restart();
  rmSync(folder, { recursive: true });
});

describe('the log file', () => {
  it.each([
    ['is not a database', () => writeFileSync(path, 'not a database at all'.repeat(100))],
    ['was cut off', () => truncateSync(path, Math.floor(statSync(path).size / 2) + 100)],
    ['has a page of garbage', () => writeFileSync(path, Buffer.alloc(4_096, 7), { flag: 'r+' })],
    ['was cut off within its first page', () => truncateSync(path, 100)],
    ['is empty', () => truncateSync(path, 0)],
  ])('renames a file that %s, and creates a new one', async (_, damage) => {
    const { log } = openLog();
    for (let count = 0; count < 50; count++) await log.append(batchOf('bitcoin'), NOW);
    restart();
    damage();

    const { log: reopened, renamedFile } = openLog();
    expect(renamedFile?.renamedTo).toBe(`${path}.bad-2026-01-01T00-00-00.000Z`);
    expect(readdirSync(folder)).toContain('journal.sqlite.bad-2026-01-01T00-00-00.000Z');
    expect([...reopened.replay({ since: 0 })]).toEqual([]);
    await reopened.append(batchOf('bitcoin'), NOW);
    restart();
    expect(openLog().renamedFile).toBeNull();
  });

  it('keeps a write-ahead log whose database file is missing', async () => {
    await openLog().log.append(batchOf('bitcoin'), NOW);
    crash();
    renameSync(path, join(folder, 'elsewhere'));

    const { log: reopened, renamedFile } = openLog();
    expect(textOf(renamedFile?.reason)).toContain('missing');
    expect(readdirSync(folder)).toContain('journal.sqlite.bad-2026-01-01T00-00-00.000Z-wal');
    expect([...reopened.replay({ since: 0 })]).toEqual([]);
  });

  it.each([
    ['missing', () => rmSync(`${path}-wal`), null],
    ['empty', () => truncateSync(`${path}-wal`, 0), null],
    [
      'garbage',
      () => writeFileSync(`${path}-wal`, Buffer.alloc(40_000, 7)),
      '-wal.bad-2026-01-01T00-00-00.000Z',
    ],
  ])(
    'reports once after a crash that its write-ahead log is %s, and continues',
    async (_, damage, suffix) => {
      await openLog().log.append(batchOf('before'), NOW);
      restart();
      await openLog().log.append(batchOf('lost with the log'), NOW);
      crash();
      damage();

      const after = openLog();
      expect(after.renamedFile).toBeNull();
      expect(after.lostWal).toEqual({ renamedTo: suffix === null ? null : path + suffix });
      expect(coinsOf([...after.log.replay({ since: 0 })])).toEqual(['before']);
      restart();
      expect(openLog().lostWal).toBeNull();
    },
  );

  it('reports no loss after a crash that left the write-ahead log in place, or after a clean shutdown', async () => {
    for (const end of [restart, crash, crash, restart, restart]) {
      const { log, lostWal, renamedFile } = openLog();
      expect({ lostWal, renamedFile }).toEqual({ lostWal: null, renamedFile: null });
      await log.append(batchOf('bitcoin'), NOW);
      end();
    }
    expect(openLog().log.cursor('store').lag().records).toBe(5);
  });

  it('does not change a file of a newer version and throws', () => {
    openLog().database.exec('pragma user_version = 99');
    restart();
    expect(openLog).toThrow(/newer version/);
    expect(readdirSync(folder)).toEqual(['journal.sqlite']);
  });

  it('cannot be opened by a second program', () => {
    openLog();
    expect(openLog).toThrow(/locked/);
  });
});

/** Version 1 of the schema. The last programs of that version added `crc`. */
const VERSION_1 = `
  pragma auto_vacuum = incremental;
  pragma journal_mode = wal;
  create table tasks (
    seq integer primary key autoincrement,
    done integer not null default 0,
    accepted_at integer not null,
    tick_count integer not null,
    fetch text not null
  ) strict;
  create index tasks_waiting on tasks (seq) where done = 0;
  create index tasks_accepted on tasks (accepted_at);
  create table alerts (
    id text primary key,
    observed_at integer not null,
    told integer not null default 0,
    alert text not null
  ) strict;
  create index alerts_newest on alerts (observed_at, id);
  create table dead_letters (
    seq integer primary key,
    dead_at integer not null,
    error text not null,
    fetch text not null
  ) strict;
  pragma user_version = 1;`;

const LAST_OF_VERSION_1 = `
  alter table tasks add column crc integer;
  create table dead_alerts (
    id text primary key, dead_at integer not null, error text not null, alert text not null
  ) strict;
  create table journal_state (id integer primary key, is_open integer not null) strict;
  insert into journal_state values (1, 0);`;

describe('a file of version 1', () => {
  /** Writes a task per coin and marks those in `done` as written. */
  function writeVersion1(schema: string, coins: readonly string[], done: readonly string[]): void {
    const database = new DatabaseSync(path);
    database.exec(schema);
    const insert = database.prepare(
      'insert into tasks (done, accepted_at, tick_count, fetch) values (?, ?, 1, ?)',
    );
    for (const coin of coins) {
      const fetch = `[[["usd","kraken",[["${coin}",1767225600000,60000.5,null,null,null,0.25]]]],[]]`;
      insert.run(done.includes(coin) ? 1 : 0, NOW, fetch);
    }
    database.exec(`
      insert into alerts values ('done', 1, 1, '{}'), ('waiting', 2, 0, '{}');
      insert into dead_letters values (1, 2, 'overflow', '[]');`);
    database.close();
  }

  it.each([
    ['', VERSION_1],
    [' and its last program', VERSION_1 + LAST_OF_VERSION_1],
  ])('is migrated%s: unwritten tasks are pending in order, and nothing is lost', async (_, schema) => {
    writeVersion1(schema, ['a', 'b', 'c', 'd'], ['a', 'b']);
    const { log, database } = openLog();
    const store = log.cursor('store');
    expect(store.lag()).toEqual({ records: 2, ticks: 2 });
    expect(coinsOf(await store.read(ALL))).toEqual(['c', 'd']);
    expect(coinsOf([...log.replay({ since: 0 })])).toEqual(['a', 'b', 'c', 'd']);
    expect(log.deadLetters()).toBe(1);
    expect(deliveriesOf(database)).toEqual([
      { channel: 'alerts-file', alert_id: 'done', status: 'delivered' },
      { channel: 'alerts-file', alert_id: 'waiting', status: 'pending' },
    ]);
    const offset = await log.append(batchOf('e'), NOW);
    expect(offset).toBe(5);
    restart();
    expect(coinsOf(await openLog().log.cursor('store').read(ALL))).toEqual(['c', 'd', 'e']);
  });

  it('whose tasks were all written and dropped continues their numbering', async () => {
    writeVersion1(VERSION_1, ['a', 'b', 'c'], ['a', 'b', 'c']);
    const before = new DatabaseSync(path);
    before.exec('delete from tasks');
    before.close();
    const { log } = openLog();
    expect(log.cursor('store').lag()).toEqual({ records: 0, ticks: 0 });
    expect(await log.append(batchOf('d'), NOW)).toBe(4);
    expect(coinsOf(await log.cursor('store').read(ALL))).toEqual(['d']);
  });

  it('is migrated if it was never used', async () => {
    const before = new DatabaseSync(path);
    before.exec(VERSION_1);
    before.close();
    const { log } = openLog();
    expect(await log.append(batchOf('a'), NOW)).toBe(1);
    expect(coinsOf(await log.cursor('store').read(ALL))).toEqual(['a']);
  });
});

/** The file as version 2 of its schema had it. */
const VERSION_2 = `
  pragma auto_vacuum = incremental;
  pragma journal_mode = wal;
  create table records (
    log_offset integer primary key autoincrement,
    appended_at integer not null,
    tick_count integer not null,
    batch text not null,
    crc integer
  ) strict;
  create index records_appended on records (appended_at);
  create table cursors (consumer text primary key, log_offset integer not null) strict;
  create table alerts (
    id text primary key,
    observed_at integer not null,
    delivered integer not null default 0,
    alert text not null
  ) strict;
  create index alerts_newest on alerts (observed_at, id);
  create table dead_letters (
    log_offset integer primary key, dead_at integer not null, error text not null, batch text not null
  ) strict;
  create table dead_alerts (
    id text primary key, dead_at integer not null, error text not null, alert text not null
  ) strict;
  create table journal_state (id integer primary key, is_open integer not null) strict;
  insert into journal_state values (1, 0);
  pragma user_version = 2;`;

describe('a file of version 2', () => {
  it('is migrated: unmarked alerts are still to be written to alerts.txt, in order', async () => {
    const before = new DatabaseSync(path);
    before.exec(VERSION_2);
    before.exec(`
      insert into records values (7, ${NOW}, 1,
        '[[["usd","kraken",[["a",1767225600000,60000.5,null,null,null]]]],[]]', null);
      insert into cursors values ('store', 6);
      insert into alerts values ('marked', 1, 1, '{}'), ('later', 3, 0, '{}'), ('earlier', 2, 0, '{}');`);
    before.close();
    const { log, database } = openLog();
    expect(deliveriesOf(database)).toEqual([
      { channel: 'alerts-file', alert_id: 'marked', status: 'delivered' },
      { channel: 'alerts-file', alert_id: 'earlier', status: 'pending' },
      { channel: 'alerts-file', alert_id: 'later', status: 'pending' },
    ]);
    expect(database.prepare('select id from alerts order by id').all()).toHaveLength(3);
    // The rules read the log at the start; its alerts are in the table.
    expect(log.cursor('delivery:alerts-file').lag().records).toBe(0);
    expect(coinsOf(await log.cursor('store').read(ALL))).toEqual(['a']);
    expect(await log.append(batchOf('b'), NOW)).toBe(8);
  });
});

function deliveriesOf(database: DatabaseSync): readonly unknown[] {
  return database.prepare('select channel, alert_id, status from deliveries order by delivery_id').all();
}

function openLog(): OpenedLogFile & { readonly log: SqliteLog } {
  const file = openLogFile(path, NOW);
  open.push(file);
  const log = createSqliteLog({
    database: file.database,
    wal: file.wal,
    onAppend: () => undefined,
    onDamaged: () => undefined,
    now: () => NOW,
  });
  return { ...file, log };
}

/** Simulates a crash: the file and its write-ahead log stay as they are at this moment. */
function crash(): void {
  const files = readdirSync(folder).filter((name) => /^journal\.sqlite(-wal)?$/.test(name));
  const contents = files.map((name) => [join(folder, name), readFileSync(join(folder, name))] as const);
  restart();
  for (const [name, content] of contents) writeFileSync(name, content);
}

function restart(): void {
  for (const file of open.splice(0)) file.close();
}

describe('a file of version 3', () => {
  it('is migrated: its records, whose ticks are text, are read in order with those that follow', async () => {
    openLog();
    restart();
    const before = new DatabaseSync(path);
    before.exec(`
      alter table records drop column packed;
      alter table dead_letters drop column packed;
      pragma user_version = 3;
      insert into records values (7, ${NOW}, 1,
        '[[["usd","kraken",[["a",1767225600000,60000.5,null,null,null]]]],[]]', null);`);
    before.close();
    const { log } = openLog();
    await log.append(batchOf('b'), NOW);
    expect(coinsOf(await log.cursor('store').read(ALL))).toEqual(['a', 'b']);
    restart();
    expect(coinsOf(await openLog().log.cursor('store').read(ALL))).toEqual(['a', 'b']);
  });
});
