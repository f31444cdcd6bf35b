import type { PoolClient } from 'pg';
import type { DatabaseState } from '../../../../shared/domain/database-state.ts';
import { type Message, message } from '../../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../../shared/messages/message-error.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import { isConnectionLoss } from './connection-error.ts';
import { type Migration, migrate } from './migrate.ts';
import { openPool } from './open-pool.ts';
import type { DatabaseProvider } from './provider.ts';
import { RefusedDatabase } from './refused-database.ts';
import { type Isolation, openSession, type Session } from './session.ts';
import { createTransact, type Transact } from './transaction.ts';

const RECONNECT = { baseMs: 500, capMs: 30_000 };
/** Retry delay after a refusal, which lasts until the settings or the database are changed. */
const REFUSED_RETRY_MS = 60_000;

/** A database that is kept connected and migrated. */
export type Database = {
  /** Starts connecting in the background. Until `stop`, it reconnects whenever the connection is lost. */
  start(): void;
  state(): DatabaseState;
  /** Calls the listener with each new state. */
  subscribe(listener: (state: DatabaseState) => void): void;
  /**
   * Runs work in a transaction, which is rolled back when it fails. Throws `DatabaseUnavailable` immediately when the
   * database is not ready.
   *
   * @param statementTimeoutMs timeout of one statement; a minute by default, 0 for none
   */
  run<T>(
    work: (client: PoolClient) => Promise<T>,
    statementTimeoutMs?: number,
    isolation?: Isolation,
  ): Promise<T>;
  /** The schema and user of the connection; null while the database is not ready. */
  session(): Session | null;
  /** Resolves when the database is ready; rejects with the signal's reason. */
  whenReady(signal: AbortSignal): Promise<void>;
  /** Closes all connections, including busy ones, and stops the server if it is embedded. */
  stop(): Promise<void>;
};

/** The database is not ready; the state says why. */
export class DatabaseUnavailable extends MessageError {
  constructor(content: Message, options?: ErrorOptions) {
    super(content, options);
    this.name = 'DatabaseUnavailable';
  }
}

export type DatabaseOptions = {
  /** Creates the provider, which calls `onLoss` when the server exits. */
  readonly provider: (onLoss: (error: Error) => void) => DatabaseProvider;
  readonly loadMigrations: () => Promise<readonly Migration[]>;
  /** Prepares a migrated database before it is reported as ready, at every connection. */
  readonly beforeReady?: (transact: Transact, session: Session, signal: AbortSignal) => Promise<void>;
  /**
   * Whether a failure before the database is ready for the first time is final: the state becomes `refused`, and nothing is logged
   * or tried again. For a command, which reports the reason itself.
   */
  readonly givesUp?: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
};

/** Creates the database. Nothing is connected or started before `start`. */
export function openDatabase(options: DatabaseOptions): Database {
  const { clock, log, random } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let state: DatabaseState = { status: 'starting' };
  const listeners: ((state: DatabaseState) => void)[] = [];
  let open: { readonly transact: Transact; readonly session: Session } | null = null;
  let closed: Promise<void> = Promise.resolve();
  /** Resolved and replaced at every change of the state. */
  let changed = Promise.withResolvers<void>();
  let loss = Promise.withResolvers<Error>();
  /** Aborts the delay between two tries. */
  let pause = new AbortController();
  const provider = options.provider((error) => {
    loss.resolve(error);
    // An embedded server that was still shutting down has exited and can be started now.
    pause.abort();
  });

  const change = (next: DatabaseState): void => {
    state = next;
    changed.resolve();
    changed = Promise.withResolvers();
    for (const listener of listeners) listener(next);
  };

  /** Connects and migrates, and resolves with the error that ended the connection. */
  const connectUntilLost = async (migrations: readonly Migration[]): Promise<Error> => {
    loss = Promise.withResolvers();
    let wasReady = false;
    const server = await provider.provide();
    const { pool, cut } = openPool(server.config, log, loss.resolve);
    try {
      const transact = createTransact(pool, signal);
      const prepare = async (): Promise<Session> => {
        const prepared = await openSession(transact, server.options);
        await migrate(transact, prepared, migrations);
        await options.beforeReady?.(transact, prepared, signal);
        return prepared;
      };
      // A server that does not respond must not delay shutdown.
      const session = await unlessAborted(signal, prepare());
      signal.throwIfAborted();
      open = { transact, session };
      wasReady = true;
      log.info({ kind: provider.kind }, 'the database is ready');
      change({ status: 'ready', kind: provider.kind });
      return await loss.promise;
    } finally {
      open = null;
      closed = pool.end();
      if (signal.aborted && !wasReady) cut();
    }
  };

  const supervise = async (): Promise<void> => {
    const migrations = await options.loadMigrations();
    signal.throwIfAborted();
    let hasBeenReady = false;
    for (let delayMs = 0; ; ) {
      let error: unknown;
      try {
        error = await connectUntilLost(migrations);
        delayMs = 0;
        hasBeenReady = true;
      } catch (failure) {
        error = failure;
      }
      if (signal.aborted) return;
      const words = provider.describe(error);
      if (options.givesUp === true && !hasBeenReady) return change({ status: 'refused', error: words });
      if (error instanceof RefusedDatabase) {
        delayMs = REFUSED_RETRY_MS;
        log.error({ err: error, delayMs }, 'the database cannot be used; trying again');
        change({ status: 'refused', error: words });
      } else {
        delayMs = nextDelayMs(Math.min(delayMs, RECONNECT.capMs), RECONNECT, random());
        log.warn({ err: error, delayMs }, 'the database is unavailable; trying again');
        const since = state.status === 'down' ? state.since : clock.now();
        change({ status: 'down', since, retryAt: clock.now() + delayMs, error: words });
      }
      pause = new AbortController();
      await clock
        .sleep(delayMs, AbortSignal.any([signal, pause.signal]))
        .catch(() => signal.throwIfAborted());
    }
  };

  const failed = (error: unknown): void => {
    if (signal.aborted) return;
    // Reached only when the installation has no readable migrations.
    log.error({ err: error }, 'the database cannot be used');
    change({ status: 'refused', error: messageOf(error) });
  };
  let supervised: Promise<void> = Promise.resolve();

  const run: Database['run'] = async (work, statementTimeoutMs, isolation) => {
    if (open === null) throw new DatabaseUnavailable(unavailableReason(state));
    const { transact, session } = open;
    const ownLoss = loss;
    try {
      return await transact(session.begin(statementTimeoutMs, isolation), work);
    } catch (error) {
      if (isConnectionLoss(error) && !signal.aborted) ownLoss.resolve(error as Error);
      throw error;
    }
  };

  return {
    start() {
      supervised = supervise().catch(failed);
    },
    state: () => state,
    subscribe(listener) {
      listeners.push(listener);
    },
    session: () => open?.session ?? null,
    run,
    async whenReady(waiting) {
      // Checks the pool, because the state stays "ready" until the loss of the connection is noticed.
      while (open === null) await unlessAborted(waiting, changed.promise);
    },
    async stop() {
      stopping.abort(new DatabaseUnavailable(message('database.stopping')));
      loss.resolve(new DatabaseUnavailable(message('database.stopping')));
      // A server that is starting is stopped immediately; a cluster that is being created is finished first.
      if (state.status !== 'ready') await provider.stop();
      await supervised;
      await provider.stop();
      await closed;
    },
  };
}

function unavailableReason(state: DatabaseState): Message {
  if (state.status === 'down' || state.status === 'refused') return state.error;
  return message('database.starting');
}
