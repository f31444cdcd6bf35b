import type { DatabaseState } from '../../../shared/domain/database-state.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import type { ReplicaState } from '../../../shared/domain/replica-state.ts';
import { message } from '../../../shared/messages/message.ts';
import { messageOf } from '../../../shared/messages/message-error.ts';
import type { Retention } from '../../../shared/settings/retention.ts';
import type { AlertsBeside, LocalLog } from '../log/local-log.ts';
import type { LogRecord } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import { createRetentionSchedule } from './archive/keep-retention.ts';
import { runRetentionInWorker } from './archive/retention-worker.ts';
import { createOpenedTargets } from './archive/targets/open-targets.ts';
import { DatabaseUnavailable, openDatabase } from './connection/database.ts';
import { loadMigrations } from './connection/migrate.ts';
import { namingMissingRights } from './connection/missing-rights.ts';
import { embeddedProvider, externalProvider } from './connection/provider.ts';
import { thenUseTimescale } from './extensions/timescale.ts';
import { createHistoryStore } from './history/postgres-history-store.ts';
import { createOldTables } from './moving/move-old-tables.ts';
import { createPartitions } from './partitions/keep-partitions.ts';
import { embeddedConnectionUrl } from './postgres/embedded-url.ts';
import { openReplicaFrom } from './replica/open-replica-from.ts';
import type { Store } from './store.ts';
import { createStoreConsumer } from './store-consumer.ts';
import { createStoreReads, type LocalAlerts } from './store-reads.ts';
import { upgradeCluster } from './upgrade/upgrade-cluster.ts';
import { createBatchWriter } from './writer/batch-writer.ts';
import { createTickWriter } from './writer/tick-writer.ts';
import type { RunTransaction } from './writer/write-turns.ts';

/** A read of candles waits until earlier records are written, but no longer than this, in case the database is busy. */
const READ_WAIT_MS = 1_000;

/** What the store needs of a log. */
export type StoredLog = Pick<
  LocalLog<AlertsBeside>,
  'cursor' | 'follow' | 'trim' | 'reportReadFailure' | 'keepDeadLetter'
> & { readonly alerts: LocalAlerts };

export type StoreState = {
  readonly database: DatabaseState;
  /** Undefined when no replica is configured. */
  readonly replica: ReplicaState | undefined;
  /** Ticks that are in the log and not yet in the database. */
  readonly waitingTicks: number;
  /** Why an available database does not accept writes. That it is unavailable is part of its state. */
  readonly problems: readonly (Problem | null)[];
};

export type StoreOptions = {
  /** The log whose records are written. */
  readonly tickLog: StoredLog;
  /** The folder of the embedded server. */
  readonly dataDir: string;
  /** Connection URL of the user's own PostgreSQL; empty for the embedded server. */
  readonly databaseUrl: string;
  /** How long ticks and minute candles stay in the database, and where they are archived. */
  readonly retention: () => Retention;
  /** The environment for opening archives, see `openTarget`, and the variables of a read replica. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** The clock for the times in reported states, if it differs from the clock of the timers. */
  readonly present?: Clock;
  readonly log: Logger;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  /** Whether this process only reads. Other processes then maintain partitions and retention. */
  readonly isReader?: boolean;
  /** Called with the state at the start and after each possible change. */
  readonly report: (state: StoreState) => void;
};

/** The consumer `store` and all reads of the tables that it writes. Nothing is connected or started before `start`. */
export function openStore(options: StoreOptions): Store {
  const { tickLog, dataDir, databaseUrl, clock, log, random, report } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const cursor = tickLog.cursor('store');

  /** The problems of background tasks, by task. */
  const problems = new Map<string, Problem | null>();
  const reportAs =
    (task: string) =>
    (problem: Problem | null): void => {
      problems.set(task, problem);
      reportState();
    };

  const oldTables = createOldTables({ clock: options.present ?? clock, log, report: reportAs('old tables') });
  const database = openDatabase({
    provider: (onLoss) =>
      databaseUrl === ''
        ? embeddedProvider(dataDir, log, onLoss, () =>
            upgradeCluster(dataDir, { log, report: (problem) => reportAs('upgrade')(problem) }),
          )
        : externalProvider(databaseUrl),
    loadMigrations,
    beforeReady: thenUseTimescale(oldTables.moveCandles),
    clock: options.present ?? clock,
    log,
    random,
  });

  let writeFailure: Error | null = null;
  const writeProblem = (): Problem | null => {
    if (writeFailure === null || database.state().status !== 'ready') return null;
    return {
      id: 'database-write',
      message: message('database.not-written', { reason: messageOf(writeFailure) }),
    };
  };
  /** Resolved whenever records were written or the database's state has changed. */
  let changed = Promise.withResolvers<void>();
  let replicaState: ReplicaState | undefined;
  const reportState = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
    report({
      database: database.state(),
      replica: replicaState,
      waitingTicks: cursor.lag().ticks,
      problems: [writeProblem(), ...problems.values()],
    });
  };

  const replica = openReplicaFrom(options.env, {
    primary: database,
    log,
    random,
    report(state) {
      replicaState = state;
      reportState();
    },
  });

  const run: RunTransaction = async (work) => {
    await database.whenReady(signal);
    return database.run(work);
  };
  const partitions = createPartitions({
    run,
    whenReady: database.whenReady,
    session: database.session,
    clock,
    log,
    report: reportAs('partitions'),
  });

  const archives = createOpenedTargets(options.env);
  const retention = createRetentionSchedule({
    run: database.run,
    whenReady: database.whenReady,
    retention: options.retention,
    databaseUrl: async () => databaseUrl || embeddedConnectionUrl(dataDir),
    env: options.env,
    archive: runRetentionInWorker,
    clock: options.present ?? clock,
    log,
    report: { progress: reportAs('archive'), size: reportAs('database size') },
  });

  const writer = createBatchWriter<LogRecord>({
    writer: createTickWriter({
      run: namingMissingRights(run, database.session),
      session: database.session,
      partitions,
      unmovedUntil: oldTables.unmovedUntil,
    }),
    keepDeadLetter: (record, error) => tickLog.keepDeadLetter(record, error.message, clock.now()),
    onFailure(error) {
      if (error === null && writeFailure === null) return;
      writeFailure = error;
      reportState();
    },
    clock,
    log,
    random,
    signal,
  });

  const consumer = createStoreConsumer({
    cursor,
    clock,
    log,
    isReady: () => database.state().status === 'ready',
    writer,
    onWritten() {
      replica?.wrote();
      tickLog.trim();
      reportState();
    },
    onReadFailure: tickLog.reportReadFailure,
    signal,
  });

  database.subscribe(({ status }) => {
    if (status === 'ready') consumer.resume();
    reportState();
  });
  tickLog.follow((batch) => {
    consumer.appended(batch);
    reportState();
  });
  reportState();

  let isStarted = false;
  let inBackground: Promise<unknown> = Promise.resolve();

  const flush = async (timeoutMs: number): Promise<void> => {
    if (cursor.lag().records === 0) return;
    consumer.writeNow();
    let isOver = false;
    const deadline = Promise.withResolvers<void>();
    // Not `AbortSignal.timeout`, whose timer does not keep the process running until this is done.
    const timer = setTimeout(() => {
      isOver = true;
      deadline.resolve();
    }, timeoutMs);
    const mayStillWrite = (): boolean => isStarted && ['starting', 'ready'].includes(database.state().status);
    while (cursor.lag().records > 0 && mayStillWrite() && !isOver) {
      await Promise.race([changed.promise, deadline.promise]);
    }
    clearTimeout(timer);
  };

  const reads = createStoreReads({
    run: database.run,
    runForPage: replica?.read ?? database.run,
    isReader: options.isReader ?? false,
    archives,
    alerts: tickLog.alerts,
    async whenWritten() {
      if (database.state().status === 'ready') await flush(READ_WAIT_MS);
    },
    log,
  });

  return {
    start() {
      isStarted = true;
      database.start();
      replica?.start();
      const tasks = options.isReader
        ? []
        : [
            partitions.keep(signal),
            retention.keep(signal),
            oldTables.moveTicks(database.run, database.whenReady, signal),
          ];
      inBackground = Promise.all(
        tasks.map((task) =>
          task.catch((error: unknown) => {
            if (!signal.aborted) log.error({ err: error }, 'a background task of the database has ended');
          }),
        ),
      );
    },
    flush,
    ...reads,
    changedElsewhere: () => replica?.wrote(),
    retentionChanged: retention.changed,
    history: createHistoryStore({
      whenReady: database.whenReady,
      async run(work) {
        const result = await database.run(work);
        replica?.wrote();
        return result;
      },
    }),
    async stop(timeoutMs) {
      await flush(timeoutMs);
      stopping.abort(new DatabaseUnavailable(message('database.stopping')));
      consumer.stop();
      await inBackground;
      await replica?.stop();
      await database.stop();
      await archives.close();
    },
  };
}
