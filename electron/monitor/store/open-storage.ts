import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ApiError } from '../../../shared/contract/api-error.ts';
import type { Alert } from '../../../shared/domain/alert.ts';
import { createAlertStore } from '../delivery/alert-store.ts';
import { createOutbox } from '../delivery/outbox.ts';
import { cannotOpen, openLogFile } from '../log/log-file.ts';
import { createSqliteLog } from '../log/sqlite-log.ts';
import type { LogBatch, LogRecord } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import { describeRefusedStatement, isConnectionLoss } from './connection/connection-error.ts';
import { createDailyView } from './connection/daily-view.ts';
import { DatabaseUnavailable, openDatabase } from './connection/database.ts';
import { loadMigrations } from './connection/migrate.ts';
import { embeddedProvider, externalProvider } from './connection/provider.ts';
import { createHistoryStore } from './history/history-store.ts';
import { firstOfEachCandle } from './reads/first-of-each-candle.ts';
import { mergeAlerts } from './reads/merge-alerts.ts';
import { readAlerts } from './reads/read-alerts.ts';
import { readAlertsInRange } from './reads/read-alerts-in-range.ts';
import { readCandles } from './reads/read-candles.ts';
import type { Storage } from './storage.ts';
import { storageProblems } from './storage-problems.ts';
import { createStoreConsumer } from './store-consumer.ts';
import { createBatchWriter } from './writer/batch-writer.ts';

const TRIM_EVERY_MS = 5 * 60_000;
/** Whoever reads candles waits for what was accepted before, but not for a database that has much to do. */
const READ_WAIT_MS = 1_000;

export type StorageOptions = {
  /** Holds the journal and the embedded server; only one program may use it at a time. */
  readonly dataDir: string;
  /** Connection URL of the user's own PostgreSQL; empty for the embedded server. */
  readonly databaseUrl: string;
  readonly clock: Clock;
  /** The clock by which states are told, where that is another one. */
  readonly present?: Clock;
  readonly log: Logger;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  /** How far back `acceptedSince` has to reach. */
  readonly keepMs: () => number;
  /** Called when the state of the database or the queue may have changed. */
  readonly onChange: () => void;
};

/**
 * Opens the journal and returns; the database comes up in the background after `start`. Throws when the journal cannot
 * be opened, because without it nothing can be promised.
 */
export function openStorage(options: StorageOptions): Storage {
  const { dataDir, databaseUrl, clock, log, random, onChange } = options;
  const journalPath = join(dataDir, 'journal.sqlite');
  const file = openLogFile(journalPath, clock.now());
  const { renamedFile, lostWal } = file;
  if (renamedFile !== null)
    log.error(renamedFile, 'the journal was damaged; it was renamed and a new one begun');
  if (lostWal !== null) log.error(lostWal, 'what the journal accepted last is lost: its write-ahead log is');
  /** Entries that were found damaged since this start. */
  let damagedEntries = 0;
  const onDamaged = (damage: { readonly error: string }): void => {
    damagedEntries += 1;
    log.error(damage, 'an entry of the journal is damaged and was moved to the dead letters');
    // Later, as whoever reads the journal may be the one that is asked for the state.
    setImmediate(() => {
      lookAgain();
      onChange();
    });
  };
  const { alertStore, outbox, tickLog } = orClosed(journalPath, file.database, () => {
    const alertStore = createAlertStore(file.database, { log, onDamage: onDamaged, now: clock.now });
    const outbox = createOutbox(file.database, { alerts: alertStore, clock, log });
    const onAppend = ({ alerts }: LogBatch): void => {
      alertStore.insert(alerts);
      outbox.writeRemembered();
    };
    return {
      alertStore,
      outbox,
      tickLog: createSqliteLog({ database: file.database, onAppend, onDamaged, now: clock.now }),
    };
  });
  let readFailure: Error | null = null;
  let isStarted = false;

  const stopping = new AbortController();
  const { signal } = stopping;
  let accepting = true;
  const accepts = new Set<Promise<void>>();
  let writeFailure: Error | null = null;
  let trimmedAt = Number.NEGATIVE_INFINITY;
  /** Resolved whenever the queue may have become shorter or the database's state has changed. */
  let shorter = Promise.withResolvers<void>();
  const lookAgain = (): void => {
    shorter.resolve();
    shorter = Promise.withResolvers();
  };

  const database = openDatabase({
    provider: (onLoss) =>
      databaseUrl === '' ? embeddedProvider(dataDir, log, onLoss) : externalProvider(databaseUrl),
    loadMigrations,
    clock: options.present ?? clock,
    log,
    random,
    onChange() {
      if (database.state().status === 'ready') store.resume();
      lookAgain();
      onChange();
    },
  });
  const dailyView = createDailyView(database, clock, log, onChange);

  const whyNotWritten = (): string | null =>
    writeFailure === null || database.state().status !== 'ready'
      ? null
      : describeRefusedStatement(writeFailure, database.session());

  const trim = async (): Promise<void> => {
    const now = clock.now();
    if (Math.abs(now - trimmedAt) < TRIM_EVERY_MS) return;
    trimmedAt = now;
    try {
      alertStore.purge();
      await tickLog.trim(options.keepMs(), now, signal);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'old entries could not be removed from the journal; trying again later');
    }
  };

  const store = createStoreConsumer({
    tickLog,
    clock,
    log,
    isReady: () => database.state().status === 'ready',
    write: createBatchWriter<LogRecord>({
      async run(work) {
        await database.whenReady(signal);
        await database.run(work);
      },
      touch: dailyView.touch,
      keepDeadLetter: (record, error) => tickLog.keepDeadLetter(record, error.message, clock.now()),
      onFailure(error) {
        if (error === null && writeFailure === null) return;
        writeFailure = error;
        onChange();
      },
      clock,
      log,
      random,
      signal,
    }),
    onWritten() {
      void trim();
      lookAgain();
      onChange();
    },
    onReadFailure(error) {
      if (error === null && readFailure === null) return;
      readFailure = error;
      onChange();
    },
    signal,
  });

  let viewKept: Promise<void> = Promise.resolve();

  const read = async <T>(work: Parameters<typeof database.run<T>>[0]): Promise<T> => {
    try {
      return await database.run(work);
    } catch (error) {
      if (error instanceof DatabaseUnavailable)
        throw new ApiError('unavailable', error.message, { cause: error });
      if (!isConnectionLoss(error)) throw error;
      throw new ApiError('unavailable', 'The connection to the database was lost; it is being made again.', {
        cause: error,
      });
    }
  };

  /** Alerts of the database, or none while they cannot be read: the newest are in the journal too. */
  const alertsOrNone = async (read: Promise<readonly Alert[]>): Promise<readonly Alert[]> => {
    try {
      return await read;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable))
        log.warn({ err: error }, 'alerts cannot be read from the database');
      return [];
    }
  };

  const flush = async (timeoutMs: number): Promise<void> => {
    if (store.lag().records === 0) return;
    store.hurry();
    let isOver = false;
    const deadline = Promise.withResolvers<void>();
    // Not a signal's timer, which would let the process end in the middle of this.
    const timer = setTimeout(() => {
      isOver = true;
      deadline.resolve();
    }, timeoutMs);
    const mayStillWrite = (): boolean => isStarted && ['starting', 'ready'].includes(database.state().status);
    while (store.lag().records > 0 && mayStillWrite() && !isOver) {
      await Promise.race([shorter.promise, deadline.promise]);
    }
    clearTimeout(timer);
  };

  return {
    start() {
      isStarted = true;
      database.start();
      viewKept = dailyView.run(signal).catch((error: unknown) => {
        if (!signal.aborted) log.error({ err: error }, 'the daily candles are not refreshed any more');
      });
    },
    async accept(fetch) {
      if (!accepting) throw new Error('The program is stopping and takes no more prices.');
      if (fetch.ticks.length === 0 && fetch.alerts.length === 0) return;
      const appended = store.accept(fetch);
      accepts.add(appended);
      try {
        await appended;
      } finally {
        accepts.delete(appended);
      }
      onChange();
    },
    acceptedSince: (since) => tickLog.recordsSince(since),
    tickLog,
    outbox,
    flush,
    async candles(query) {
      if (database.state().status === 'ready') await flush(READ_WAIT_MS);
      return read((client) => readCandles(client, query, dailyView.staleFrom()));
    },
    async alerts(query) {
      const local = alertStore.newest(query);
      const written = await alertsOrNone(database.run((client) => readAlerts(client, query)));
      return mergeAlerts(local, written, query.limit);
    },
    async alertsInRange(range) {
      const local = alertStore.within(range);
      const written = await alertsOrNone(database.run((client) => readAlertsInRange(client, range)));
      return firstOfEachCandle([...written, ...local], range.interval);
    },
    history: createHistoryStore({ whenReady: database.whenReady, run: database.run }),
    databaseState: () => database.state(),
    queueState: () => ({
      waitingTicks: store.lag().ticks,
      deadLetters: tickLog.deadLetters() + alertStore.deadLetters(),
    }),
    problems() {
      const view = dailyView.problem();
      const troubles = { journalPath, renamedFile, lostWal, damagedEntries, readFailure };
      return [
        ...storageProblems({ ...troubles, writeFailure: whyNotWritten() }),
        ...(view === null ? [] : [view]),
      ];
    },
    async stop(timeoutMs) {
      accepting = false;
      await Promise.allSettled(accepts);
      const deadline = performance.now() + timeoutMs;
      await flush(timeoutMs);
      if (performance.now() < deadline) await dailyView.finish();
      stopping.abort(new DatabaseUnavailable('The program is stopping.'));
      store.stop();
      await viewKept;
      await database.stop();
      file.close();
    },
  };
}

/** Prepares the journal's tables. What throws leaves it closed. */
function orClosed<T>(path: string, journal: DatabaseSync, prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    journal.close();
    throw cannotOpen(path, error);
  }
}
