import BetterQueue from 'better-queue';
import MemoryStore from 'better-queue-memory';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { LogCursor, LogRecord, ReadLimit } from './tick-log.ts';

/** Delay before a failed read, apply or commit is retried. */
const RETRY_MS = 1_000;

/**
 * Up to `batches` reads are applied concurrently; another one starts when at least `minTicks` wait for it. They are committed in
 * order, so that after a crash or an earlier failure, records may be applied a second time.
 */
export type Overlap = { readonly batches: number; readonly minTicks: number };

export type ConsumerOptions = {
  /** The consumer's name in messages. */
  readonly name: string;
  readonly cursor: LogCursor;
  readonly limit: ReadLimit;
  /** Whether records may be applied now. Call `resume` when it changes. */
  readonly isDue: () => boolean;
  /**
   * Applies the records and resolves when the effect is durable. When it rejects, the records and all later ones are applied
   * again: after a delay, or after the next start if the program is stopping. It must be idempotent.
   */
  readonly apply: (records: readonly LogRecord[]) => Promise<void>;
  /** When records are applied while earlier ones are still being applied; never if absent. */
  readonly overlap?: Overlap;
  /** Called after each commit. */
  readonly onCommit: () => void;
  /** Called with the error when the log cannot be read, before the next attempt, and with null after a successful read. */
  readonly onReadFailure: (error: Error | null) => void;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborts when the program is stopping. */
  readonly signal: AbortSignal;
};

/** Reads records from its cursor, applies and commits them, in a loop. */
export type Consumer = {
  /** Signals new records. Calls are merged while it works or waits. */
  wake(): void;
  /** Signals that `isDue` may have changed. */
  resume(): void;
  /** Starts no new work. Records that are being applied are no longer committed. */
  stop(): void;
};

type Wake = { readonly id: string };

/** Records that are being applied. */
type Application = {
  readonly offset: number;
  readonly ticks: number;
  readonly done: Promise<void>;
  isOver: boolean;
};

/**
 * Creates a consumer that is scheduled by better-queue. Its only task is to process the next records, and repeated
 * tasks are merged. The queue is kept only in memory: the cursor records what is left to do.
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { name, cursor, limit, isDue, apply, overlap, onCommit, onReadFailure, clock, log, signal } = options;

  const commit = async (offset: number): Promise<void> => {
    for (;;) {
      try {
        return await cursor.commit(offset);
      } catch (err) {
        log.error({ err, consumer: name }, 'a cursor could not be committed; trying again');
        await clock.sleep(RETRY_MS, signal);
      }
    }
  };

  const read = async (): Promise<readonly LogRecord[]> => {
    for (;;) {
      try {
        const records = await cursor.read(limit);
        onReadFailure(null);
        return records;
      } catch (cause) {
        const err = cause instanceof Error ? cause : new Error(String(cause));
        log.error({ err, consumer: name }, 'the log cannot be read; trying again');
        onReadFailure(err);
        await clock.sleep(RETRY_MS, signal);
      }
    }
  };

  /** Resolved and replaced when there may be new records, or some that were being applied no longer are. */
  let woken = Promise.withResolvers<void>();
  const stir = (): void => {
    woken.resolve();
    woken = Promise.withResolvers();
  };

  /** Whether more records are applied in addition to those in progress. */
  const isEnough = (applying: readonly Application[]): boolean => {
    if (applying.length === 0) return true;
    if (overlap === undefined || applying.length >= overlap.batches) return false;
    const ticks = applying.reduce((sum, each) => sum + each.ticks, 0);
    return cursor.lag().ticks - ticks >= overlap.minTicks;
  };

  const work = async (): Promise<void> => {
    const applying: Application[] = [];
    try {
      for (;;) {
        while (isEnough(applying)) {
          const records = await read();
          const last = records.at(-1);
          if (last === undefined) break;
          const ticks = records.reduce((sum, each) => sum + each.ticks.length, 0);
          const application = { offset: last.offset, ticks, done: apply(records), isOver: false };
          const end = (): void => {
            application.isOver = true;
            stir();
          };
          // A failure is met when it is its turn to be committed.
          application.done.then(end, end);
          applying.push(application);
        }
        const [oldest] = applying;
        if (oldest === undefined) return;
        // Not a race with what is applied: while the database is unavailable, every wake-up would leave a reaction on it.
        if (!oldest.isOver) await woken.promise;
        if (!oldest.isOver) continue;
        await oldest.done;
        signal.throwIfAborted();
        await commit(oldest.offset);
        applying.shift();
        onCommit();
        if (cursor.lag().records === 0) return;
      }
    } catch (error) {
      // All have ended before anything is read again.
      await Promise.allSettled(applying.map(({ done }) => done));
      throw error;
    }
  };

  const queue = new BetterQueue<Wake>({
    // better-queue requires it by a dynamic name, which bundlers cannot resolve.
    store: new MemoryStore() as BetterQueue.Store<Wake>,
    id: 'id',
    concurrent: 1,
    precondition(callback) {
      // On "false" better-queue checks again every second, even after it was closed. Without a callback it does
      // nothing until `resume` makes it check again.
      if (isDue()) callback(null, true);
    },
    process(_task, callback) {
      work().then(
        () => callback(),
        (err: unknown) => {
          // The program is stopping: the cursor is not moved.
          if (signal.aborted) return;
          log.error({ err, consumer: name }, 'records could not be applied; trying again');
          cursor.rewind();
          clock.sleep(RETRY_MS, signal).then(
            () => {
              wake();
              callback();
            },
            () => undefined, // the program is stopping
          );
        },
      );
    },
  });
  const wake = (): void => {
    stir();
    queue.push({ id: name });
  };

  return {
    wake,
    resume: () => queue.resume(),
    stop() {
      queue.destroy(() => undefined);
    },
  };
}
