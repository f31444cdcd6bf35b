import BetterQueue from 'better-queue';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { AcceptedFetch } from '../storage.ts';
import { createQueueStore } from './queue-store.ts';
import type { Task, TaskStore } from './task-store.ts';
import { createWritePace } from './write-pace.ts';

/** Tasks of one batch at most; the store keeps batches of large tasks smaller. */
const BATCH_TASKS = 1_000;
/** So many are worth a transaction of their own. */
const ENOUGH_TICKS = 1_000;

export type DurableQueue = {
  /** Resolves when the fetch is on disk; rejects when it could not be kept, and nothing of it was. */
  push(fetch: AcceptedFetch, acceptedAt: number): Promise<void>;
  /** Starts on what waits: to be called when the database has become ready. */
  resume(): void;
  /** What waits is written now rather than with what the next seconds bring. */
  hurry(): void;
  /** Stops handing out batches. One that is being written goes on; its end is no longer noted. */
  close(): void;
};

export type DurableQueueOptions = {
  readonly tasks: TaskStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether writing makes sense now. */
  readonly isReady: () => boolean;
  /**
   * Writes a batch. Resolves when every task of it is in the database or buried; rejects only when the program stops,
   * and the batch then comes back at the next start.
   */
  readonly write: (batch: readonly Task[]) => Promise<void>;
  /** Called after a batch was marked as done. */
  readonly onShorter: () => void;
  /** Why nothing can be taken from the journal, or null when something was taken. */
  readonly onReadFailure: (error: Error | null) => void;
};

/**
 * The queue between accepting and writing: better-queue over the journal. A failed task would be dropped, and one that
 * better-queue retries is not in its store for a moment; so nothing is ever reported as failed, and `write` tries again
 * by itself.
 */
export function createDurableQueue(options: DurableQueueOptions): DurableQueue {
  const { tasks, clock, log, isReady, write, onShorter, onReadFailure } = options;
  const pace = createWritePace(clock, () => queue.resume());
  const store = createQueueStore({
    tasks,
    clock,
    log,
    onReadFailure(error) {
      onReadFailure(error);
      // better-queue would ask again with the next task only.
      if (error !== null) pace.rest();
    },
    onReleased() {
      if (tasks.waiting().tasks === 0) pace.rest();
      onShorter();
    },
  });
  const queue = new BetterQueue<Task>({
    // Right by what better-queue does; its types promise results that a failing store has not got.
    store: store as unknown as BetterQueue.Store<Task>,
    id: 'id',
    batchSize: BATCH_TASKS,
    concurrent: 1,
    precondition(callback) {
      // Answering "no" makes better-queue ask every second, also after it was closed. Not answering leaves nothing
      // behind, and `resume` makes it ask again.
      if (isReady() && pace.isDue()) callback(null, true);
    },
    process(batch: readonly Task[], callback) {
      write(batch).then(
        () => callback(),
        () => {
          // The program stops. Without a call the lock stays, and the tasks stay in the journal as waiting.
        },
      );
    },
  });

  return {
    push: (fetch, acceptedAt) =>
      new Promise((resolve, reject) => {
        const task: Task = { id: tasks.nextId(), acceptedAt, ...fetch };
        queue
          .push(task)
          .on('queued', () => {
            if (fetch.alerts.length > 0 || tasks.waiting().ticks >= ENOUGH_TICKS) pace.hurry();
            resolve();
          })
          .on('failed', (reason: unknown) => {
            reject(
              new Error('The prices could not be kept on disk. Check that the disk is not full.', {
                cause: store.lastPutError() ?? reason,
              }),
            );
          });
      }),
    resume: () => queue.resume(),
    hurry: pace.hurry,
    close() {
      pace.stop();
      // The store's `close` is not there on purpose: the journal is closed by its owner, after the last write.
      queue.destroy(() => undefined);
    },
  };
}
