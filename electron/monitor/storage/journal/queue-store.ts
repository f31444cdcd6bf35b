import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Task, TaskStore } from './task-store.ts';

/** Before better-queue, which would try again after a millisecond, hears that a batch could not be marked as done. */
const RELEASE_RETRY_MS = 1_000;

type Callback<T> = (error: unknown, result?: T) => void;
type HeldTasks = Readonly<Record<string, Task>>;

/** What better-queue asks of a store. Its own types leave `getRunningTasks` out, and that results may be missing. */
type QueueStore = {
  connect(callback: Callback<number>): void;
  getTask(id: string, callback: Callback<Task | undefined>): void;
  putTask(id: string, task: Task, priority: number | undefined, callback: Callback<never>): void;
  deleteTask(id: string, callback: () => void): void;
  takeFirstN(limit: number, callback: Callback<string>): void;
  takeLastN(limit: number, callback: Callback<string>): void;
  getLock(lockId: string, callback: Callback<HeldTasks>): void;
  getRunningTasks(callback: Callback<Readonly<Record<string, HeldTasks>>>): void;
  releaseLock(lockId: string, callback: Callback<never>): void;
};

export type QueueStoreOptions = {
  readonly tasks: TaskStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Why nothing can be taken from the journal, or null when it can. better-queue passes over such an error. */
  readonly onReadFailure: (error: Error | null) => void;
  /** Called after a batch was marked as done. */
  readonly onReleased: () => void;
};

/**
 * The journal as a store of better-queue. Locks are kept in memory: a lock belongs to the process that took it, and the
 * journal to one process, so after a crash every task that is not done is simply waiting again. better-queue then has
 * no held batches to start all at once beside the limit on concurrent ones.
 */
export function createQueueStore(options: QueueStoreOptions): QueueStore & { lastPutError(): unknown } {
  const { tasks, clock, log, onReadFailure, onReleased } = options;
  const locks = new Map<string, readonly Task[]>();
  let lockCount = 0;
  let putError: unknown;

  return {
    lastPutError: () => putError,
    connect(callback) {
      callback(null, tasks.waiting().tasks);
    },
    getTask(id, callback) {
      attempt<Task | undefined>(callback, () => tasks.get(id));
    },
    putTask(_id, task, _priority, callback) {
      try {
        tasks.put(task);
      } catch (error) {
        putError = error;
        return callback(error);
      }
      callback(null);
    },
    deleteTask(id, callback) {
      tasks.markDone([id]);
      callback();
    },
    takeFirstN(limit, callback) {
      attempt(callback, () => {
        const lockId = `lock-${lockCount++}`;
        try {
          locks.set(lockId, tasks.take(limit));
        } catch (error) {
          log.error({ err: error }, 'the journal cannot be read; trying again');
          onReadFailure(error instanceof Error ? error : new Error(String(error)));
          throw error;
        }
        onReadFailure(null);
        return lockId;
      });
    },
    takeLastN(_limit, callback) {
      callback(new Error('The queue is first in, first out.'));
    },
    getLock(lockId, callback) {
      const held = locks.get(lockId) ?? [];
      if (held.length === 0) locks.delete(lockId);
      callback(null, Object.fromEntries(held.map((task) => [task.id, task])));
    },
    getRunningTasks(callback) {
      callback(null, {});
    },
    releaseLock(lockId, callback) {
      const held = locks.get(lockId) ?? [];
      try {
        tasks.markDone(held.map((task) => task.id));
      } catch (error) {
        log.error({ err: error }, 'the journal cannot note what was written; trying again');
        void clock.sleep(RELEASE_RETRY_MS).then(() => callback(error));
        return;
      }
      locks.delete(lockId);
      onReleased();
      callback(null);
    },
  };
}

function attempt<T>(callback: Callback<T>, work: () => T): void {
  let result: T;
  try {
    result = work();
  } catch (error) {
    callback(error);
    return;
  }
  callback(null, result);
}
