import type { Alert } from '../../../shared/domain/alert.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import { messageOf } from '../../../shared/messages/message-error.ts';
import { createSingleRun } from '../async/single-run.ts';
import type { LogBatch } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import { nextDelayMs } from '../time/backoff.ts';
import type { Clock } from '../time/clock.ts';

const RETRY = { baseMs: 500, capMs: 30_000 };

/** The maximum number of batches appended together: those that arrive at the same moment, as when many coins raise alerts. */
const MAX_BATCHES_PER_APPEND = 100;

/** The maximum number of batches kept in memory while the log cannot be written: nearly two days at the default interval. */
const MAX_WAITING_BATCHES = 5_000;

export type Appender = {
  /** Queues a batch to be appended in order. Never throws. */
  append(batch: LogBatch): void;
  /** Queued batches that are not confirmed to be in the log, in order. */
  waiting(): readonly LogBatch[];
  /** Resolves when the queue is empty or the appender is stopped. */
  settled(): Promise<void>;
  /** Why batches wait in memory, or null. */
  problem(): Problem | null;
  /** Retries queued batches once more, then resolves. */
  stop(): Promise<void>;
};

export type AppenderOptions = {
  /**
   * Resolves with the number of batches, from the first, that are in the log and can be read by its consumers. Rejects when none
   * is. It may append fewer than it is given.
   */
  readonly append: (batches: readonly LogBatch[]) => Promise<number>;
  /** Delivers the alerts of a batch that cannot be appended now and is appended later. */
  readonly deliverUnlogged: (alerts: readonly Alert[]) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Called with the problem, or null, when it has changed. */
  readonly report: (problem: Problem | null) => void;
};

/**
 * Appends batches to the log in order. An alert is delivered only after its batch is in the log, so that a crash cannot leave an
 * alert that is missing from the database. While the log cannot be written, batches wait in memory and their alerts are delivered
 * immediately.
 */
export function createAppender(options: AppenderOptions): Appender {
  const { append, deliverUnlogged, clock, random, log, report } = options;
  type Waiting = { readonly batch: LogBatch; isDelivered: boolean };
  const stopping = new AbortController();
  const waiting: Waiting[] = [];
  let error: Message | null = null;
  let dropped = 0;

  const deliverOnce = (item: Waiting): void => {
    if (!item.isDelivered && item.batch.alerts.length > 0) deliverUnlogged(item.batch.alerts);
    item.isDelivered = true;
  };

  const problem = (): Problem | null => {
    if (error === null && dropped === 0) return null;
    const counts = { waiting: waiting.length, dropped };
    return {
      id: 'journal',
      message:
        error === null
          ? message('journal.was-unwritable', counts)
          : message('journal.unwritable', { reason: error, ...counts }),
    };
  };

  const fail = (cause: unknown): void => {
    error = messageOf(cause);
    log.error({ err: cause, waiting: waiting.length }, 'cannot append to the log');
    for (const item of waiting) deliverOnce(item);
    report(problem());
  };

  const run = createSingleRun(async () => {
    // Other batches of the same moment are appended with the first one.
    await Promise.resolve();
    let delayMs = 0;
    while (waiting.length > 0) {
      // One by one after a failure: a full disk may have room for the first.
      const items = waiting.slice(0, error === null ? MAX_BATCHES_PER_APPEND : 1);
      let appended: number;
      try {
        appended = await append(items.map(({ batch }) => batch));
      } catch (cause) {
        fail(cause);
        if (stopping.signal.aborted) return;
        delayMs = nextDelayMs(delayMs, RETRY, random());
        await clock.sleep(delayMs, stopping.signal).catch(() => undefined); // aborted by stop(): try one last time
        continue;
      }
      delayMs = 0;
      // The oldest may have been dropped in the meantime.
      for (const item of items.slice(0, appended)) if (waiting[0] === item) waiting.shift();
      if (error !== null) {
        error = null;
        report(problem());
      }
    }
  });

  return {
    append(batch) {
      const item = { batch, isDelivered: false };
      waiting.push(item);
      if (error !== null) deliverOnce(item);
      if (waiting.length > MAX_WAITING_BATCHES) {
        waiting.shift();
        dropped++;
      }
      run.request();
    },
    waiting: () => waiting.map(({ batch }) => batch),
    problem,
    settled: () => run.settled(),
    async stop() {
      stopping.abort();
      await run.settled();
    },
  };
}
