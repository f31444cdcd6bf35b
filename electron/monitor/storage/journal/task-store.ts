import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { AcceptedFetch } from '../storage.ts';
import { DamagedEntry } from './damaged-entry.ts';
import { inTransaction } from './in-transaction.ts';
import { decodeFetch, encodeFetch } from './task-codec.ts';

/** One accepted fetch on its way to the database. Ids sort in the order of acceptance and do not look like integers. */
export type Task = AcceptedFetch & { readonly id: string; readonly acceptedAt: number };

export type WaitingCount = { readonly tasks: number; readonly ticks: number };

/** A transaction grows more efficient up to about here, and memory with it. */
const MAX_TICKS_PER_TAKE = 10_000;

/** Accepted fetches are read back in pages of at most so many ticks, which take a few milliseconds. */
const MAX_TICKS_PER_PAGE = 1_000;

/** Old fetches that are dropped at a time, and pages that are then given back to the file system. */
const ROWS_PER_PURGE = 20;
const PAGES_PER_PURGE = 200;

/**
 * The journal's table of accepted fetches. What is put is on disk when `put` returns. Taking leaves no trace on disk, as
 * a task that was taken but not finished must come back after a crash.
 */
export type TaskStore = {
  /** The id of the next task. */
  nextId(): string;
  /** Keeps the task and its alerts, in one transaction; throws when that failed. */
  put(task: Task): void;
  get(id: string): Task | undefined;
  /**
   * The oldest tasks that were not taken before, at most `limit` and about 10,000 ticks. One that is damaged becomes a
   * dead letter.
   */
  take(limit: number): readonly Task[];
  markDone(ids: readonly string[]): void;
  /** Puts the task aside for good; `markDone` takes it off the queue. */
  bury(task: Task, error: string, now: number): void;
  waiting(): WaitingCount;
  deadLetters(): number;
  /**
   * Also gives what is accepted while it is read. It ends when everything was given, and at that moment nothing more is
   * there. A fetch that is damaged becomes a dead letter.
   */
  acceptedSince(since: number): Iterable<AcceptedFetch>;
  /** Drops some of what is done and was accepted longer than `keepMs` ago; returns whether there may be more. */
  purge(now: number, keepMs: number): boolean;
};

export type TaskStoreOptions = {
  /** Within the transaction that keeps the fetch. */
  readonly insertAlerts: (fetch: AcceptedFetch) => void;
  /** A task was found damaged and is a dead letter now. */
  readonly onDamage: (damage: DamagedTask) => void;
  readonly now: () => number;
};

export type DamagedTask = { readonly id: string; readonly error: string; readonly wasWritten: boolean };

export function createTaskStore(
  database: DatabaseSync,
  { insertAlerts, onDamage, now }: TaskStoreOptions,
): TaskStore {
  const insert = database.prepare(
    'insert into tasks (seq, accepted_at, tick_count, fetch, crc) values (?, ?, ?, ?, ?)',
  );
  const select = database.prepare(`select ${COLUMNS} from tasks where seq = ? and done = 0`);
  const selectNext = database.prepare(
    `select ${COLUMNS} from tasks where done = 0 and seq > ? order by seq limit ?`,
  );
  const finish = database.prepare('update tasks set done = 1 where seq = ? and done = 0');
  const insertDead = database.prepare(
    'insert or replace into dead_letters (seq, dead_at, error, fetch) values (?, ?, ?, ?)',
  );
  // In SQL, so that the text stays as it is, byte by byte.
  const copyToDead = database.prepare(
    `insert or replace into dead_letters (seq, dead_at, error, fetch)
     select seq, ?, ?, fetch from tasks where seq = ?`,
  );
  const remove = database.prepare('delete from tasks where seq = ?');
  const selectDead = database.prepare('select count(*) as count from dead_letters');
  const selectFirst = database.prepare('select min(seq) as seq from tasks where accepted_at >= ?');
  // The "+" keeps SQLite from going by the index of times, and sorting all that is left for each page.
  const selectSince = database.prepare(
    `select ${COLUMNS} from tasks where seq > ? and +accepted_at >= ? order by seq`,
  );
  // A clock that was set back leaves rows of the future behind; they go too.
  const deleteOld = database.prepare(
    `delete from tasks where seq in (
       select seq from tasks where done = 1 and accepted_at not between ? and ? limit ${ROWS_PER_PURGE})
     returning seq`,
  );

  const selectFree = database.prepare('pragma freelist_count');

  const counted = database
    .prepare('select count(*) as tasks, coalesce(sum(tick_count), 0) as ticks from tasks where done = 0')
    .get();
  const waiting = { tasks: Number(counted?.tasks), ticks: Number(counted?.ticks) };
  let lastSeq = Number(
    database.prepare("select seq from sqlite_sequence where name = 'tasks'").get()?.seq ?? 0,
  );
  const countDead = (): number => Number(selectDead.get()?.count);
  let dead = countDead();
  let takenUpTo = 0;
  const ticksOf = new Map<string, number>();

  /** Moves damaged rows to the dead letters. Those being written stay: their content is known, and they end by themselves. */
  const setAside = (damaged: readonly DamagedRow[]): void => {
    for (const { seq, ticks, isDone, error } of damaged) {
      if (ticksOf.has(idOfSeq(seq))) continue;
      inTransaction(database, () => {
        copyToDead.run(now(), error.message, seq);
        remove.run(seq);
      });
      if (!isDone) {
        waiting.tasks -= 1;
        waiting.ticks -= ticks;
      }
      dead = countDead();
      onDamage({ id: idOfSeq(seq), error: error.message, wasWritten: isDone });
    }
  };

  return {
    nextId: () => idOfSeq(++lastSeq),
    put(task) {
      const fetch = encodeFetch(task);
      inTransaction(database, () => {
        insert.run(seqOfId(task.id), task.acceptedAt, task.ticks.length, fetch, crc32(fetch));
        insertAlerts(task);
      });
      waiting.tasks += 1;
      waiting.ticks += task.ticks.length;
    },
    get(id) {
      const row = select.get(seqOfId(id));
      return row === undefined ? undefined : taskOfRow(row);
    },
    take(limit) {
      for (;;) {
        const rows: Row[] = [];
        let ticks = 0;
        for (const row of selectNext.iterate(takenUpTo, limit)) {
          ticks += Number(row.tick_count);
          if (rows.length > 0 && ticks > MAX_TICKS_PER_TAKE) break;
          rows.push(row);
        }
        const tasks: Task[] = [];
        const damaged: DamagedRow[] = [];
        for (const row of rows) readRow(row, (task) => tasks.push(task), damaged);
        setAside(damaged);
        // Only now: had anything failed, all of them would still be there to take.
        for (const task of tasks) ticksOf.set(task.id, task.ticks.length);
        const last = rows.at(-1);
        if (last !== undefined) takenUpTo = Number(last.seq);
        if (tasks.length > 0 || rows.length === 0) return tasks;
      }
    },
    markDone(ids) {
      // Not synced: a mark that a power cut takes away means that the task is written again, which changes nothing.
      database.exec('pragma synchronous = normal');
      try {
        inTransaction(database, () => {
          for (const id of ids) finish.run(seqOfId(id));
        });
      } finally {
        database.exec('pragma synchronous = full');
      }
      for (const id of ids) {
        waiting.tasks -= 1;
        waiting.ticks -= ticksOf.get(id) ?? 0;
        ticksOf.delete(id);
      }
    },
    bury(task, error, now) {
      insertDead.run(seqOfId(task.id), now, error, encodeFetch(task));
      dead = countDead();
    },
    waiting: () => waiting,
    deadLetters: () => dead,
    *acceptedSince(since) {
      const first = selectFirst.get(since)?.seq;
      if (first === null || first === undefined) return;
      // By pages: a row at a time would keep a statement open for as long as the caller likes, and half an hour of
      // trades at once may be a hundred megabytes. To the first page that is empty: while the caller works on a page,
      // more may be accepted.
      for (let seq = Number(first) - 1; ; ) {
        const rows: Row[] = [];
        let ticks = 0;
        for (const row of selectSince.iterate(seq, since)) {
          ticks += Number(row.tick_count);
          if (rows.length > 0 && ticks > MAX_TICKS_PER_PAGE) break;
          rows.push(row);
        }
        const last = rows.at(-1);
        if (last === undefined) return;
        const read: Task[] = [];
        const damaged: DamagedRow[] = [];
        for (const row of rows) readRow(row, (task) => read.push(task), damaged);
        try {
          setAside(damaged);
        } catch {
          // A full disk, as a rule. They are passed over here, and set aside when they are met again.
        }
        seq = Number(last.seq);
        yield* read;
      }
    },
    purge(now, keepMs) {
      const deleted = deleteOld.all(now - keepMs, now + keepMs);
      const free = Number(selectFree.get()?.freelist_count);
      if (free > 0) database.exec(`pragma incremental_vacuum(${PAGES_PER_PURGE})`);
      return deleted.length === ROWS_PER_PURGE || free > PAGES_PER_PURGE;
    },
  };
}

const COLUMNS = 'seq, accepted_at, tick_count, done, fetch, crc';

type Row = Readonly<Record<string, unknown>>;

type DamagedRow = {
  readonly seq: number;
  readonly ticks: number;
  readonly isDone: boolean;
  readonly error: DamagedEntry;
};

function idOfSeq(seq: number): string {
  return `t${String(seq).padStart(15, '0')}`;
}

function seqOfId(id: string): number {
  return Number(id.slice(1));
}

function readRow(row: Row, take: (task: Task) => void, damaged: DamagedRow[]): void {
  try {
    take(taskOfRow(row));
  } catch (error) {
    if (!(error instanceof DamagedEntry)) throw error;
    damaged.push({ seq: Number(row.seq), ticks: Number(row.tick_count), isDone: row.done === 1, error });
  }
}

/** Throws `DamagedEntry` when the text is not what was written. */
function taskOfRow(row: Row): Task {
  const text = String(row.fetch);
  // SQLite's own check looks at the pages' structure alone. Rows of earlier versions have no sum.
  if (row.crc !== null && row.crc !== crc32(text)) throw new DamagedEntry('its checksum is wrong');
  return { id: idOfSeq(Number(row.seq)), acceptedAt: Number(row.accepted_at), ...decodeFetch(text) };
}
