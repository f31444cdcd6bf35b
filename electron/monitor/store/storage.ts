import type { CandleSeries } from '../../../shared/contract/procedures.ts';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { DatabaseState } from '../../../shared/domain/database-state.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import type { Outbox } from '../delivery/outbox.ts';
import type { LogBatch, TickLog } from '../log/tick-log.ts';
import type { HistoryStore } from '../sources/backfill/backfill.ts';
import type { AlertQuery, AlertRange, CandleQuery } from './reads/queries.ts';

export type QueueState = { readonly waitingTicks: number; readonly deadLetters: number };

/**
 * Keeps ticks and alerts. What was accepted is on this machine's disk and reaches PostgreSQL exactly once, however
 * often the program is killed and however long the database is away.
 */
export type Storage = {
  /** Brings the database up in the background. What is accepted before waits for it. */
  start(): void;
  /** Resolves when the fetch is synced to the local journal. Rejects when that failed; the caller may try again. */
  accept(fetch: LogBatch): Promise<void>;
  /** Fetches accepted at or after `since`, oldest first, whether or not they have reached the database. */
  acceptedSince(since: number): Iterable<LogBatch>;
  /** The log of what was accepted, and how far the delivery of its alerts is. */
  readonly tickLog: TickLog;
  readonly outbox: Outbox;
  /** Has what was accepted written now, as far as the database answers within `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  /** Of all that was accepted before. Throws an `ApiError` of code `unavailable` while the database is away. */
  candles(query: CandleQuery): Promise<CandleSeries>;
  /** Newest first. While the database is away, the newest that are kept locally. */
  alerts(query: AlertQuery): Promise<readonly Alert[]>;
  /** Oldest first. While the database is away, of the newest that are kept locally. */
  alertsInRange(range: AlertRange): Promise<readonly Alert[]>;
  /** Candles of providers for the times that were not measured; `candles` serves both. */
  readonly history: HistoryStore;
  databaseState(): DatabaseState;
  queueState(): QueueState;
  /** What went wrong here that the user should know and can act on. */
  problems(): readonly Problem[];
  /** Flushes, then closes everything. */
  stop(timeoutMs: number): Promise<void>;
};
