import { createConsumer } from '../log/consumer.ts';
import type { Lag, LogBatch, LogCursor, LogRecord } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import { createWritePace } from './write-pace.ts';
import type { BatchWriter } from './writer/batch-writer.ts';

/** A transaction grows more efficient up to about here, and memory with it. */
const BATCH = { maxRecords: 1_000, maxTicks: 30_000 };
/** While one is folded into candles, the ticks of the next are copied, if it is worth a transaction. */
const OVERLAP = { batches: 2, minTicks: 25_000 };
/** As many waiting ticks are written without a delay. */
const ENOUGH_TICKS = 1_000;

/** Writes ticks and alerts from the log to PostgreSQL. */
export type StoreConsumer = {
  /** A batch was appended to the log. */
  appended(batch: LogBatch): void;
  /** The database has become ready. */
  resume(): void;
  /** Writes what waits now, rather than with the records of the next seconds. */
  writeNow(): void;
  /** What is in the log and not yet in the database. */
  lag(): Lag;
  /** Starts no more writes. The cursor is not committed after one that is running. */
  stop(): void;
};

export type StoreConsumerOptions = {
  /** The consumer's position in the log. */
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

/** The consumer `store`: it writes long queues and alerts at once, and a slow stream of trades every few seconds. */
export function createStoreConsumer(options: StoreConsumerOptions): StoreConsumer {
  const { cursor, clock, log, isReady, writer, onWritten, onReadFailure, signal } = options;
  const pace = createWritePace(clock);
  const consumer = createConsumer({
    name: 'store',
    cursor,
    limit: BATCH,
    isDue: () => isReady() && pace.isDue(),
    apply: writer.write,
    overlap: OVERLAP,
    onCommit() {
      if (cursor.lag().records === 0) pace.delay();
      onWritten();
    },
    onReadFailure,
    clock,
    log,
    signal,
  });
  pace.onDue(consumer.resume);
  // Records that an earlier run has left.
  if (cursor.lag().records > 0) consumer.wake();

  return {
    appended(batch) {
      consumer.wake();
      if (batch.alerts.length > 0 || cursor.lag().ticks >= ENOUGH_TICKS) pace.endDelay();
    },
    resume: consumer.resume,
    writeNow: pace.endDelay,
    lag: cursor.lag,
    stop() {
      pace.stop();
      consumer.stop();
    },
  };
}
