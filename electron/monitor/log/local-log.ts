import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import { type CoinStates, openCoinStates } from './coin-states.ts';
import { cannotOpen, openLogFile } from './log-file.ts';
import { logProblems } from './log-problems.ts';
import { createSqliteLog, type SqliteLog } from './sqlite-log.ts';
import type { LogBatch } from './tick-log.ts';

const TRIM_EVERY_MS = 5 * 60_000;

/** Stores the alerts of the batches in the log's file. */
export type AlertsBeside = {
  /** Called within the transaction that appends the batch. */
  insert(alerts: readonly Alert[]): void;
  /** Deletes some of what is no longer needed. Returns whether there may be more. */
  purge(): boolean;
};

export type LogState = {
  /** Records and alerts that no consumer can use. */
  readonly deadLetters: number;
  readonly problems: readonly Problem[];
};

/** The open log of this machine, with the store of alerts in the same file. */
export type LocalLog<Alerts extends AlertsBeside> = {
  readonly alerts: Alerts;
  /** Resolves when the batch is synced to disk. Rejects when nothing was stored; the caller may append it again. */
  append(batch: LogBatch): Promise<void>;
  /**
   * Appends batches in order, with one sync to disk for all. Resolves with the number of batches, from the first, that are on
   * disk; rejects when none is. The caller may append the others again.
   */
  appendTogether(batches: readonly LogBatch[]): Promise<number>;
  /** Calls the listener with each batch appended from now on, when it is on disk. */
  follow(listener: (batch: LogBatch) => void): void;
  readonly cursor: SqliteLog['cursor'];
  readonly consumers: SqliteLog['consumers'];
  readonly forget: SqliteLog['forget'];
  readonly replay: SqliteLog['replay'];
  readonly lastOffset: SqliteLog['lastOffset'];
  /** The states of the coins, saved beside the records. */
  readonly states: CoinStates;
  readonly keepDeadLetter: SqliteLog['keepDeadLetter'];
  /**
   * Sets that records appended within the last `ms` are kept, whether or not they were consumed. Before the first call all are
   * kept.
   */
  retain(ms: number): void;
  /**
   * Deletes records that every consumer has committed and that are older than `retain`; at most every five minutes, in the
   * background.
   */
  trim(): void;
  /** Called with the error when a consumer cannot read the log, and with null when it can again. */
  reportReadFailure(error: Error | null): void;
  close(): Promise<void>;
};

export type LocalLogOptions<Alerts extends AlertsBeside> = {
  /** The path of `journal.sqlite`. Only one program may have it open. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Prepares the tables of the alerts. `onDamage` must be called with each damaged alert that is found. */
  readonly openAlerts: (
    database: DatabaseSync,
    onDamage: (damage: { readonly error: string }) => void,
  ) => Alerts;
  /** Called with the state at the start and after every change. */
  readonly report: (state: LogState) => void;
};

/** Opens or creates the log. Throws when it cannot be opened: without it the program can guarantee nothing. */
export function openLocalLog<Alerts extends AlertsBeside>(
  options: LocalLogOptions<Alerts>,
): LocalLog<Alerts> {
  const { path, clock, log, openAlerts, report } = options;
  const file = openLogFile(path, clock.now());
  const { database, renamedFile, lostWal } = file;
  if (renamedFile !== null)
    log.error(renamedFile, 'the log was damaged; it was renamed and a new one was created');
  if (lostWal !== null)
    log.error(lostWal, 'the records that the log accepted last are lost: its write-ahead log is');

  const stopping = new AbortController();
  const appending = new Set<Promise<number>>();
  const listeners: ((batch: LogBatch) => void)[] = [];
  /** Damaged records and alerts found since this start. */
  let damagedEntries = 0;
  let readFailure: Error | null = null;
  let retainMs = Number.POSITIVE_INFINITY;
  let trimmedAt = Number.NEGATIVE_INFINITY;

  const selectDead = database.prepare(
    'select (select count(*) from dead_letters) + (select count(*) from dead_alerts) as count',
  );
  const reportState = (): void => {
    if (stopping.signal.aborted) return;
    report({
      deadLetters: Number(selectDead.get()?.count),
      problems: logProblems({ logPath: path, renamedFile, lostWal, damagedEntries, readFailure }),
    });
  };
  const onDamage = (damage: { readonly error: string }): void => {
    damagedEntries += 1;
    log.error(damage, 'an entry of the log is damaged and was moved to the dead letters');
    // Deferred: the reader of the log may be the caller of `report`.
    setImmediate(reportState);
  };
  const { alerts, states, tickLog } = orClosed(path, file.database, () => {
    const alerts = openAlerts(database, onDamage);
    const onAppend = (batch: LogBatch): void => alerts.insert(batch.alerts);
    return {
      alerts,
      states: openCoinStates(database),
      tickLog: createSqliteLog({ database, wal: file.wal, onAppend, onDamaged: onDamage, now: clock.now }),
    };
  });
  reportState();

  const dropOld = async (now: number): Promise<void> => {
    try {
      while (alerts.purge() && !stopping.signal.aborted) await turn();
      await tickLog.trim(retainMs, now, stopping.signal);
    } catch (error) {
      if (stopping.signal.aborted) return;
      log.warn({ err: error }, 'old entries could not be removed from the log; trying again later');
    }
  };

  const append = async (batch: LogBatch): Promise<void> => {
    if (stopping.signal.aborted) throw new MessageError(message('journal.stopping'));
    if (batch.ticks.length === 0 && batch.alerts.length === 0) return;
    const appended = tickLog.append(batch, clock.now());
    appending.add(appended);
    try {
      await appended;
    } catch (cause) {
      throw new MessageError(message('journal.not-kept'), { cause });
    } finally {
      appending.delete(appended);
    }
    for (const listener of listeners) listener(batch);
  };

  return {
    alerts,
    append,
    async appendTogether(batches) {
      const settled = await Promise.allSettled(batches.map(append));
      const [first] = settled;
      if (first?.status === 'rejected') throw first.reason;
      const failed = settled.findIndex(({ status }) => status === 'rejected');
      return failed < 0 ? batches.length : failed;
    },
    follow(listener) {
      listeners.push(listener);
    },
    cursor: tickLog.cursor,
    consumers: tickLog.consumers,
    forget: tickLog.forget,
    replay: tickLog.replay,
    lastOffset: tickLog.lastOffset,
    states,
    async keepDeadLetter(record, error, now) {
      await tickLog.keepDeadLetter(record, error, now);
      reportState();
    },
    retain(ms) {
      retainMs = ms;
    },
    trim() {
      const now = clock.now();
      if (Math.abs(now - trimmedAt) < TRIM_EVERY_MS) return;
      trimmedAt = now;
      void dropOld(now);
    },
    reportReadFailure(error) {
      if (error === null && readFailure === null) return;
      readFailure = error;
      reportState();
    },
    async close() {
      stopping.abort();
      await Promise.allSettled(appending);
      file.close();
    },
  };
}

/** Prepares the tables. If it throws, the file is closed. */
function orClosed<T>(path: string, database: DatabaseSync, prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    database.close();
    throw cannotOpen(path, error);
  }
}
