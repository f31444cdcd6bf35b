import { createConsumer } from '../log/consumer.ts';
import type { Lag, LogBatch, LogCursor, LogRecord } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import { createWritePace } from './write-pace.ts';
import type { BatchWriter } from './writer/batch-writer.ts';

/** A transaction grows more efficient up to about here, and memory with it: two of them are in work at a time. */
const BATCH = { maxRecords: 1_000, maxTicks: 30_000 };
/** So many are worth a transaction of their own. */
const ENOUGH_TICKS = 1_000;

/** What takes ticks and alerts from the log to PostgreSQL. */
export type StoreConsumer = {
  /** A batch was appended to the log. */
  appended(batch: LogBatch): void;
  /** The database has become ready. */
  resume(): void;
  /** What waits is written now rather than with what the next seconds bring. */
  hurry(): void;
  /** What is in the log and not yet in the database. */
  lag(): Lag;
  /** Starts no more writes. One that goes on is no longer noted. */
  stop(): void;
};

export type StoreConsumerOptions = {
  /** The consumer's place in the log. */
  readonly cursor: LogCursor;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether writing makes sense now. */
  readonly isReady: () => boolean;
  readonly writer: BatchWriter<LogRecord>;
  /** Called when records were written. */
  readonly onWritten: () => void;
  /** Why the log cannot be read, or null after it could. */
  readonly onReadFailure: (error: Error | null) => void;
  /** The program stops. */
  readonly signal: AbortSignal;
};

/** The consumer `store`: it writes at once what has gathered or matters, and every few seconds what trickles in. */
export function createStoreConsumer(options: StoreConsumerOptions): StoreConsumer {
  const { cursor, clock, log, isReady, writer, onWritten, onReadFailure, signal } = options;
  const pace = createWritePace(clock);
  const consumer = createConsumer({
    name: 'store',
    cursor,
    limit: BATCH,
    isDue: () => isReady() && pace.isDue(),
    apply: writer.write,
    prepare: writer.prepare,
    onCommit() {
      if (cursor.lag().records === 0) pace.rest();
      onWritten();
    },
    onReadFailure,
    clock,
    log,
    signal,
  });
  pace.onDue(consumer.resume);
  // What an earlier run left.
  if (cursor.lag().records > 0) consumer.wake();

  return {
    appended(batch) {
      consumer.wake();
      if (batch.alerts.length > 0 || cursor.lag().ticks >= ENOUGH_TICKS) pace.hurry();
    },
    resume: consumer.resume,
    hurry: pace.hurry,
    lag: cursor.lag,
    stop() {
      pace.stop();
      consumer.stop();
    },
  };
}
