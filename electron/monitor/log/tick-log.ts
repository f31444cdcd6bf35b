import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';

/** What is appended whole: ticks in the order in which the rules saw them, and the alerts that they raised. */
export type LogBatch = { readonly ticks: readonly Tick[]; readonly alerts: readonly Alert[] };

/** A batch in the log. Offsets grow with every append and are never used twice; they need not be consecutive. */
export type LogRecord = LogBatch & {
  readonly offset: number;
  /** Milliseconds since the epoch by the clock of the appending process. */
  readonly appendedAt: number;
};

/** How much a consumer has not committed yet. */
export type Lag = { readonly records: number; readonly ticks: number };

/** A read ends before it has more of either, but holds one record at least. */
export type ReadLimit = { readonly maxRecords: number; readonly maxTicks: number };

/**
 * A consumer's place in the log. It belongs to one reader at a time.
 *
 * At least once: a record that was read and not committed is read again after `rewind` or a restart, so that what a
 * consumer does with a record must be harmless when it is done twice.
 */
export type LogCursor = {
  /** The records that follow the last one that was read, oldest first. Empty at the end of the log. */
  read(limit: ReadLimit): Promise<readonly LogRecord[]>;
  /** Everything up to the record at `offset` is done. A crash may take the newest commits back. */
  commit(offset: number): Promise<void>;
  /** Reads again from behind the last commit. */
  rewind(): void;
  lag(): Lag;
};

/** A record that no consumer can use, moved out of the log and kept. */
export type DeadLetter = { readonly offset: number; readonly error: string };

/**
 * An ordered, durable sequence of records, and the places of those who read it. One log serves any number of consumers;
 * a slow one delays no other.
 */
export type TickLog = {
  /**
   * Resolves with the offset when the record and its alerts are on disk, or acknowledged by all replicas. Rejects when
   * nothing of the batch was kept; the caller may append it again.
   */
  append(batch: LogBatch, appendedAt: number): Promise<number>;
  /** The place of the consumer of that name; a new one starts at the oldest record. */
  cursor(consumer: string): LogCursor;
  /**
   * Keeps a record that a consumer can never use, with the reason, apart from the log. Its consumer commits it like any
   * other.
   */
  keepDeadLetter(record: LogRecord, error: string, now: number): Promise<void>;
  deadLetters(): number;
  /**
   * Drops records that every consumer has committed and that were appended more than `keepMs` before `now`; a few at a
   * time, until the signal aborts.
   */
  trim(keepMs: number, now: number, signal?: AbortSignal): Promise<void>;
};
