import { join } from 'node:path';
import type { DatabaseState } from '../../shared/domain/database-state.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import type { ReplicaState } from '../../shared/domain/replica-state.ts';
import { DEFAULT_RETENTION, type Retention } from '../../shared/settings/retention.ts';
import { type AlertTables, openAlertTables } from './delivery/alert-tables.ts';
import { type LocalLog, openLocalLog } from './log/local-log.ts';
import type { LogBatch } from './log/tick-log.ts';
import { type Logger, silentLog } from './logging/logger.ts';
import { openStore } from './store/open-store.ts';
import type { Store } from './store/store.ts';
import type { Clock } from './time/clock.ts';

export type StorageOptions = {
  readonly dataDir: string;
  /** Empty for the embedded server. */
  readonly databaseUrl: string;
  readonly clock: Clock;
  /** The default archives nothing. */
  readonly retention?: Retention;
  readonly log?: Logger;
  /** The variables of a read replica. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called after every report, also while the storage is being opened. */
  readonly onChange?: (database: DatabaseState) => void;
};

/** A log and the store that reads it, composed as in the program. */
export type Storage = Omit<Store, 'stop'> & {
  accept(batch: LogBatch): Promise<void>;
  acceptedSince(since: number): Iterable<LogBatch>;
  readonly tickLog: LocalLog<AlertTables>;
  databaseState(): DatabaseState;
  replicaState(): ReplicaState | undefined;
  queueState(): { readonly waitingTicks: number; readonly deadLetters: number };
  problems(): readonly Problem[];
  stop(timeoutMs: number): Promise<void>;
};

export function openStorage({
  dataDir,
  databaseUrl,
  clock,
  retention = DEFAULT_RETENTION,
  log = silentLog,
  env = {},
  onChange = () => undefined,
}: StorageOptions): Storage {
  let database: DatabaseState = { status: 'starting' };
  let replica: ReplicaState | undefined;
  let queue = { waitingTicks: 0, deadLetters: 0 };
  let problems: { log: readonly Problem[]; store: readonly (Problem | null)[] } = { log: [], store: [] };
  const tickLog = openLocalLog({
    path: join(dataDir, 'journal.sqlite'),
    clock,
    log,
    openAlerts: (file, onDamage) => openAlertTables(file, { clock, log, onDamage }),
    report(state) {
      queue = { ...queue, deadLetters: state.deadLetters };
      problems = { ...problems, log: state.problems };
      onChange(database);
    },
  });
  tickLog.retain(30 * 60_000);
  const store = openStore({
    tickLog,
    dataDir,
    databaseUrl,
    retention: () => retention,
    env,
    clock,
    log,
    random: Math.random,
    report(state) {
      database = state.database;
      replica = state.replica;
      queue = { ...queue, waitingTicks: state.waitingTicks };
      problems = { ...problems, store: state.problems };
      onChange(database);
    },
  });
  const accepting = new Set<Promise<void>>();
  return {
    ...store,
    accept(batch) {
      const accepted = tickLog.append(batch);
      accepting.add(accepted);
      return accepted.finally(() => accepting.delete(accepted));
    },
    acceptedSince: (since) => tickLog.replay({ since }),
    tickLog,
    databaseState: () => database,
    replicaState: () => replica,
    queueState: () => queue,
    problems: () => [...problems.log, ...problems.store].filter((problem) => problem !== null),
    async stop(timeoutMs) {
      await Promise.allSettled(accepting);
      await store.stop(timeoutMs);
      await tickLog.close();
    },
  };
}
