import { setImmediate as turn } from 'node:timers/promises';
import BetterQueue from 'better-queue';
import MemoryStore from 'better-queue-memory';
import { createTurns, type InTurn } from '../async/in-turn.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { LogCursor, LogRecord, ReadLimit } from './tick-log.ts';

/** Delay before a failed read, apply or commit is retried. */
const RETRY_MS = 1_000;

/** Turns of the event loop in which nothing was appended, after which no more is expected for now. */
const QUIET_TURNS = 2;

/**
 * Up to `batches` applications run concurrently; another one starts when the newest one reads no more records, and at least
 * `minTicks` wait for it. They are committed in order, so that after a crash or an earlier failure, records may be applied a
 * second time.
 */
export type Overlap = {
  readonly batches: number;
  readonly minTicks: number;
  /** The size of a read, so that applying can begin with the first records while the next are prepared. */
  readonly ticksPerRead: number;
};

/**
 * Lets an application read records that are appended while it runs. They are committed together with those that it began with.
 */
export type Growth = {
  /**
   * Reads more records, up to the limit in all. While `until` is pending, it waits until at least `minTicks` wait to be read;
   * afterwards it reads what there is. Resolves with none when there is nothing more for this application, which then reads no
   * more.
   */
  more(until: Promise<unknown>): Promise<readonly LogRecord[]>;
  /** The application reads no more records. */
  end(): void;
};

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
  readonly apply: (records: readonly LogRecord[], growth: Growth) => Promise<void>;
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
  offset: number;
  records: number;
  ticks: number;
  /** Whether it may read more records. */
  isGrowing: boolean;
  done: Promise<void>;
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

  const atOnce = ({ maxRecords, maxTicks }: ReadLimit): ReadLimit => {
    return { maxRecords, maxTicks: Math.min(maxTicks, overlap?.ticksPerRead ?? maxTicks) };
  };

  const read = async (most: ReadLimit): Promise<readonly LogRecord[]> => {
    for (;;) {
      try {
        const records = await cursor.read(most);
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
  const notify = (): void => {
    woken.resolve();
    woken = Promise.withResolvers();
  };

  const ticksIn = (records: readonly LogRecord[]): number =>
    records.reduce((sum, { ticks }) => sum + ticks.length, 0);

  /** Ticks that no application has read. */
  const unreadTicks = (applying: readonly Application[]): number =>
    cursor.lag().ticks - applying.reduce((sum, { ticks }) => sum + ticks, 0);

  /** Whether another application may start in addition to those in progress. */
  const mayStart = (applying: readonly Application[]): boolean => {
    if (applying.length === 0) return true;
    if (overlap === undefined || applying.length >= overlap.batches) return false;
    return applying.at(-1)?.isGrowing === false && unreadTicks(applying) >= overlap.minTicks;
  };

  const growthOf = (own: Application, applying: readonly Application[], inTurn: InTurn): Growth => {
    const end = (): void => {
      own.isGrowing = false;
      notify();
    };
    const readMore = async (): Promise<readonly LogRecord[]> => {
      const room = atOnce({
        maxRecords: limit.maxRecords - own.records,
        maxTicks: limit.maxTicks - own.ticks,
      });
      if (!own.isGrowing || room.maxRecords <= 0 || room.maxTicks <= 0) return [];
      const records = await read(room);
      const last = records.at(-1);
      if (last === undefined) return [];
      own.offset = last.offset;
      own.records += records.length;
      own.ticks += ticksIn(records);
      return records;
    };
    const hasRoom = (): boolean => own.records < limit.maxRecords && own.ticks < limit.maxTicks;
    return {
      end,
      async more(until) {
        let isAwaited = false;
        const stop = (): void => {
          isAwaited = true;
          notify();
        };
        until.then(stop, stop);
        for (let quietTurns = 0; own.isGrowing && hasRoom() && !signal.aborted; ) {
          const next = woken.promise;
          const waiting = unreadTicks(applying);
          if (waiting >= (isAwaited ? 1 : (overlap?.minTicks ?? 1))) {
            const records = await inTurn(readMore);
            if (records.length > 0) return records;
          }
          if (!isAwaited) await next;
          else if (quietTurns++ < QUIET_TURNS) await turn();
          else break;
        }
        end();
        return [];
      },
    };
  };

  let isWorking = false;
  /** Whether the task waits in the queue. */
  let isQueued = false;
  const work = async (): Promise<void> => {
    isQueued = false;
    isWorking = true;
    const applying: Application[] = [];
    // A cursor has one reader at a time.
    const inTurn = createTurns();
    const start = async (): Promise<boolean> => {
      if (!mayStart(applying)) return false;
      const records = await read(atOnce(limit));
      const last = records.at(-1);
      if (last === undefined) return false;
      const application: Application = {
        offset: last.offset,
        records: records.length,
        ticks: ticksIn(records),
        isGrowing: overlap !== undefined,
        done: Promise.resolve(),
        isOver: false,
      };
      applying.push(application);
      application.done = apply(records, growthOf(application, applying, inTurn));
      const end = (): void => {
        application.isGrowing = false;
        application.isOver = true;
        notify();
      };
      // A failure is handled when the application is next to be committed.
      application.done.then(end, end);
      return true;
    };
    try {
      for (;;) {
        const next = woken.promise;
        while (await inTurn(start));
        const [oldest] = applying;
        if (oldest === undefined) {
          if (woken.promise === next) return;
          continue;
        }
        // Not a race with what is applied: while the database is unavailable, every wake-up would leave a reaction on it.
        if (!oldest.isOver) await next;
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
    } finally {
      // At the moment at which it has decided to end: what is appended later wakes the next.
      isWorking = false;
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
    notify();
    // better-queue keeps a ticket of every push until the task starts: while the database is unavailable, one for every append.
    if (isWorking || isQueued) return;
    isQueued = true;
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
