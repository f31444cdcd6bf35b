import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';

/**
 * A tick batch: ticks in the order in which the rules evaluated them, the alerts that they raised, and the events
 * that earlier alerts were resolved. It is appended as a whole.
 */
export type LogBatch = { readonly ticks: readonly Tick[]; readonly alerts: readonly Alert[] };

/** A batch in the log. Offsets grow with every append and are never used twice; they need not be consecutive. */
export type LogRecord = LogBatch & {
  readonly offset: number;
  /** Milliseconds since the epoch by the clock of the appending process. */
  readonly appendedAt: number;
};

/** Records appended at or after an instant (ms since the epoch), or after an offset. */
export type ReplayStart = { readonly since: number } | { readonly after: number };

/** How much a consumer has not yet committed. */
export type Lag = { readonly records: number; readonly ticks: number };

/** The maximum size of a read, except that it returns at least one record. */
export type ReadLimit = { readonly maxRecords: number; readonly maxTicks: number };

/**
 * A consumer's position in the log. It is used by one reader at a time.
 *
 * Delivery is at least once: records that were read but not committed are read again after `rewind` or a restart, so
 * a consumer must be idempotent.
 */
export type LogCursor = {
  /** The records after the last one read, oldest first. Empty at the end of the log. */
  read(limit: ReadLimit): Promise<readonly LogRecord[]>;
  /** Commits everything up to the record at `offset`. A crash may undo the newest commits. */
  commit(offset: number): Promise<void>;
  /** Moves back to just after the last commit. */
  rewind(): void;
  lag(): Lag;
};

/** A record that can never be applied, moved out of the log and kept for inspection. */
export type DeadLetter = { readonly offset: number; readonly error: string };

/**
 * An ordered, durable sequence of records, with a cursor for each consumer. A slow consumer does not delay the
 * others.
 */
export type TickLog = {
  /**
   * Appends a record. Resolves with its offset when the record and its alerts are on disk, or acknowledged by all
   * replicas. When it rejects, nothing was stored and the caller may append the batch again.
   */
  append(batch: LogBatch, appendedAt: number): Promise<number>;
  /**
   * The cursor of the consumer with this name. A new consumer starts at the oldest record, or after the newest one.
   *
   * @param start where a new consumer starts; `oldest` when absent
   */
  cursor(consumer: string, start?: 'oldest' | 'newest'): LogCursor;
  /** The names of all consumers that have a cursor, including those that are not running. */
  consumers(): readonly string[];
  /** Deletes the cursor of a consumer that is not running, so that no record is kept for it. */
  forget(consumer: string): void;
  /**
   * Stores a copy of a record that a consumer can never apply, with the reason. The consumer commits the record like
   * any other.
   */
  keepDeadLetter(record: LogRecord, error: string, now: number): Promise<void>;
  deadLetters(): number;
  /**
   * Deletes records that every consumer has committed and that were appended more than `keepMs` before `now`, a few
   * at a time, until done or the signal aborts.
   */
  trim(keepMs: number, now: number, signal?: AbortSignal): Promise<void>;
};
