import { createConsumer } from '../log/consumer.ts';
import type { Lag, LogBatch, LogCursor, LogRecord } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import { createWritePace } from './write-pace.ts';
import type { BatchWriter } from './writer/batch-writer.ts';

/** Hours and days are merged once per transaction. Larger batches would save little more, and need more memory. */
const BATCH = { maxRecords: 1_000, maxTicks: 50_000 };
/** While the candles of one transaction are written, the ticks of the next are copied as they arrive. */
const OVERLAP = { batches: 2, minTicks: 2_000, ticksPerRead: 5_000 };
/** This many waiting ticks are written without a delay. */
const ENOUGH_TICKS = 1_000;

/** Writes ticks and alerts from the log to PostgreSQL. */
export type StoreConsumer = {
  /** A batch was appended to the log. */
  appended(batch: LogBatch): void;
  /** The database has become ready. */
  resume(): void;
  /** Writes waiting records now instead of collecting those of the next seconds. */
  writeNow(): void;
  /** The records that are in the log and not yet in the database. */
  lag(): Lag;
  /** Starts no further writes. The cursor is not committed after a write that is running. */
  stop(): void;
};

export type StoreConsumerOptions = {
  /** The consumer's position in the log. */
  readonly cursor: LogCursor;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether the database can be written to now. */
  readonly isReady: () => boolean;
  readonly writer: BatchWriter<LogRecord>;
  /** Called after records were written. */
  readonly onWritten: () => void;
  /** Called with the error when the log cannot be read, and with null when it can be read again. */
  readonly onReadFailure: (error: Error | null) => void;
  /** Aborts when the program stops. */
  readonly signal: AbortSignal;
};

/** The consumer `store`. It writes long queues and alerts immediately, and a slow stream of trades every few seconds. */
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
  // Records that an earlier run has left unwritten.
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
