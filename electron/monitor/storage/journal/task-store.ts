import type { DatabaseSync } from 'node:sqlite';
import type { AcceptedFetch } from '../storage.ts';
import { decodeFetch, encodeFetch } from './task-codec.ts';

/** One accepted fetch on its way to the database. Ids sort in the order of acceptance and do not look like integers. */
export type Task = AcceptedFetch & { readonly id: string; readonly acceptedAt: number };

export type WaitingCount = { readonly tasks: number; readonly ticks: number };

/** A transaction grows more efficient up to about here, and memory with it. */
const MAX_TICKS_PER_TAKE = 10_000;

/** Accepted fetches that are read back at a time. */
const ROWS_PER_PAGE = 500;

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
  /** The oldest tasks that were not taken before, at most `limit` and about 10,000 ticks. */
  take(limit: number): readonly Task[];
  markDone(ids: readonly string[]): void;
  /** Puts the task aside for good; `markDone` takes it off the queue. */
  bury(task: Task, error: string, now: number): void;
  waiting(): WaitingCount;
  deadLetters(): number;
  acceptedSince(since: number): Iterable<AcceptedFetch>;
  /** Drops what is done and was accepted longer than `keepMs` ago. */
  purge(now: number, keepMs: number): void;
};

export function createTaskStore(
  database: DatabaseSync,
  insertAlerts: (fetch: AcceptedFetch) => void,
): TaskStore {
  const insert = database.prepare(
    'insert into tasks (seq, accepted_at, tick_count, fetch) values (?, ?, ?, ?)',
  );
  const select = database.prepare('select seq, accepted_at, fetch from tasks where seq = ? and done = 0');
  const selectNext = database.prepare(
    'select seq, accepted_at, tick_count, fetch from tasks where done = 0 and seq > ? order by seq limit ?',
  );
  const finish = database.prepare('update tasks set done = 1 where seq = ? and done = 0');
  const insertDead = database.prepare(
    'insert or replace into dead_letters (seq, dead_at, error, fetch) values (?, ?, ?, ?)',
  );
  const selectDead = database.prepare('select count(*) as count from dead_letters');
  const selectSince = database.prepare(
    'select seq, fetch from tasks where accepted_at >= ? and seq > ? order by seq limit ?',
  );
  // A clock that was set back leaves rows of the future behind; they go too.
  const deleteOld = database.prepare(
    'delete from tasks where done = 1 and accepted_at not between ? and ? returning seq',
  );

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

  const transaction = (work: () => void): void => {
    database.exec('begin immediate');
    try {
      work();
      database.exec('commit');
    } catch (error) {
      // SQLite has rolled back by itself after some errors (a full disk); then there is nothing to roll back.
      if (database.isTransaction) database.exec('rollback');
      throw error;
    }
  };

  return {
    nextId: () => idOfSeq(++lastSeq),
    put(task) {
      transaction(() => {
        insert.run(seqOfId(task.id), task.acceptedAt, task.ticks.length, encodeFetch(task));
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
      const tasks: Task[] = [];
      let ticks = 0;
      for (const row of selectNext.iterate(takenUpTo, limit)) {
        ticks += Number(row.tick_count);
        if (tasks.length > 0 && ticks > MAX_TICKS_PER_TAKE) break;
        tasks.push(taskOfRow(row));
      }
      // Only now: had a row failed to be read, all of them would still be there to take.
      for (const task of tasks) ticksOf.set(task.id, task.ticks.length);
      const last = tasks.at(-1);
      if (last !== undefined) takenUpTo = seqOfId(last.id);
      return tasks;
    },
    markDone(ids) {
      // Not synced: a mark that a power cut takes away means that the task is written again, which changes nothing.
      database.exec('pragma synchronous = normal');
      try {
        transaction(() => {
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
      // By pages: a row at a time would keep a statement open for as long as the caller likes, and half an hour of
      // trades at once may be a hundred megabytes.
      for (let seq = -1; ; ) {
        const rows = selectSince.all(since, seq, ROWS_PER_PAGE);
        for (const row of rows) yield decodeFetch(String(row.fetch));
        if (rows.length < ROWS_PER_PAGE) return;
        seq = Number(rows.at(-1)?.seq);
      }
    },
    purge(now, keepMs) {
      const deleted = deleteOld.all(now - keepMs, now + keepMs);
      if (deleted.length > 0) database.exec('pragma incremental_vacuum');
    },
  };
}

function idOfSeq(seq: number): string {
  return `t${String(seq).padStart(15, '0')}`;
}

function seqOfId(id: string): number {
  return Number(id.slice(1));
}

function taskOfRow(row: Record<string, unknown>): Task {
  return {
    id: idOfSeq(Number(row.seq)),
    acceptedAt: Number(row.accepted_at),
    ...decodeFetch(String(row.fetch)),
  };
}
