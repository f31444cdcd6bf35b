import BetterQueue from 'better-queue';
import MemoryStore from 'better-queue-memory';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { LogCursor, LogRecord, ReadLimit } from './tick-log.ts';

/** Before what failed is tried again: to read, to apply or to commit. */
const RETRY_MS = 1_000;

export type ConsumerOptions = {
  /** Names the consumer in log lines. */
  readonly name: string;
  readonly cursor: LogCursor;
  readonly limit: ReadLimit;
  /** Whether records can be worked on now. When that changes, `resume` is to be called. */
  readonly isDue: () => boolean;
  /**
   * Has the effect of the records. Resolves when it is durable. When it rejects, the records come again: after a while, or
   * at the next start when the program stops. Doing it twice must do no harm.
   */
  readonly apply: (records: readonly LogRecord[]) => Promise<void>;
  /** Called after each commit. */
  readonly onCommit: () => void;
  /** Why the log cannot be read, or null after it could; it is tried again. */
  readonly onReadFailure: (error: Error | null) => void;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends the work: the program stops. */
  readonly signal: AbortSignal;
};

/** Follows the log from its cursor: reads, applies, commits, and again. */
export type Consumer = {
  /** There are new records. Calls that come while it works or waits are one. */
  wake(): void;
  /** `isDue` may have changed. */
  resume(): void;
  /** Starts nothing more. What is being applied goes on; it is not committed any more. */
  stop(): void;
};

type Wake = { readonly id: string };

/**
 * A consumer that better-queue schedules: its one task is to take the next records, and repeats of it are merged. The
 * queue's memory may be lost at any moment; what is to be done is known by the cursor.
 */
export function createConsumer(options: ConsumerOptions): Consumer {
  const { name, cursor, limit, isDue, apply, onCommit, onReadFailure, clock, log, signal } = options;

  const commit = async (offset: number): Promise<void> => {
    for (;;) {
      try {
        return await cursor.commit(offset);
      } catch (err) {
        log.error({ err, consumer: name }, 'the log cannot note what was done; trying again');
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

  const work = async (): Promise<void> => {
    const records = await read();
    const last = records.at(-1);
    if (last === undefined) return;
    await apply(records);
    signal.throwIfAborted();
    await commit(last.offset);
    if (cursor.lag().records > 0) wake();
    onCommit();
  };

  const queue = new BetterQueue<Wake>({
    // By itself better-queue looks for it by name, where no bundler follows.
    store: new MemoryStore() as BetterQueue.Store<Wake>,
    id: 'id',
    concurrent: 1,
    precondition(callback) {
      // Answering "no" makes better-queue ask every second, also after it was closed. Not answering leaves nothing
      // behind, and `resume` makes it ask again.
      if (isDue()) callback(null, true);
    },
    process(_task, callback) {
      work().then(
        () => callback(),
        (err: unknown) => {
          // The program stops: the cursor stays where it is.
          if (signal.aborted) return;
          log.error({ err, consumer: name }, 'records could not be applied; trying again');
          cursor.rewind();
          clock.sleep(RETRY_MS, signal).then(
            () => {
              wake();
              callback();
            },
            () => undefined, // the program stops
          );
        },
      );
    },
  });
  const wake = (): void => {
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
