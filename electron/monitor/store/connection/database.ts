import type { PoolClient } from 'pg';
import type { DatabaseState } from '../../../../shared/domain/database-state.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import { isConnectionLoss } from './connection-error.ts';
import { type Migration, migrate } from './migrate.ts';
import { openPool } from './open-pool.ts';
import type { DatabaseProvider } from './provider.ts';
import { RefusedDatabase } from './refused-database.ts';
import { openSession, type Session } from './session.ts';
import { createTransact, type Transact } from './transaction.ts';

const RECONNECT = { baseMs: 500, capMs: 30_000 };
/** What is refused waits for somebody who changes something, which nobody tells us of. */
const LOOK_AGAIN_MS = 60_000;

/** The database, kept connected and migrated. */
export type Database = {
  /** Starts connecting in the background, and goes on until `stop`: whenever the connection is lost, it is made again. */
  start(): void;
  state(): DatabaseState;
  /**
   * Runs work in a transaction of its own; when it fails, nothing of it stays. Throws `DatabaseAway` at once when the
   * database is not ready.
   *
   * @param patienceMs how long one statement may take; a minute when left out, 0 for as long as it likes
   */
  run<T>(work: (client: PoolClient) => Promise<T>, patienceMs?: number): Promise<T>;
  /** Where and as whom we work; null while the database is not ready. */
  session(): Session | null;
  /** Resolves when the database is ready; rejects with the signal's reason. */
  whenReady(signal: AbortSignal): Promise<void>;
  /** Ends connections, also those at work, and the server when it is ours. */
  stop(): Promise<void>;
};

/** The database is not ready; the state says why. */
export class DatabaseAway extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DatabaseAway';
  }
}

export type DatabaseOptions = {
  /** Makes the provider; `onLoss` is for it to tell that the server went away. */
  readonly provider: (onLoss: (error: Error) => void) => DatabaseProvider;
  readonly loadMigrations: () => Promise<readonly Migration[]>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly onChange: () => void;
};

/** The database as it will be kept: nothing is connected or started before `start`. */
export function openDatabase(options: DatabaseOptions): Database {
  const { clock, log, random, onChange } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let state: DatabaseState = { status: 'starting' };
  let open: { readonly transact: Transact; readonly session: Session } | null = null;
  let closed: Promise<void> = Promise.resolve();
  /** Resolved at every change of the state, and replaced: a promise of being ready would go stale with the attempt that made it. */
  let changed = Promise.withResolvers<void>();
  let loss = Promise.withResolvers<Error>();
  /** Ends the pause between two tries. */
  let pause = new AbortController();
  const provider = options.provider((error) => {
    loss.resolve(error);
    // A server of ours that was still shutting down has ended: now it can be started.
    pause.abort();
  });

  const change = (next: DatabaseState): void => {
    state = next;
    changed.resolve();
    changed = Promise.withResolvers();
    onChange();
  };

  /** Resolves with the error that ended the time of being ready. */
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
        return prepared;
      };
      // A server that does not answer must not hold up the end of the program.
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
    for (let delayMs = 0; ; ) {
      let error: unknown;
      try {
        error = await connectUntilLost(migrations);
        delayMs = 0;
      } catch (failure) {
        error = failure;
      }
      if (signal.aborted) return;
      const words = provider.describe(error);
      if (error instanceof RefusedDatabase) {
        delayMs = LOOK_AGAIN_MS;
        log.error({ err: error, delayMs }, 'the database cannot be used; trying again');
        change({ status: 'refused', error: words });
      } else {
        delayMs = nextDelayMs(Math.min(delayMs, RECONNECT.capMs), RECONNECT, random());
        log.warn({ err: error, delayMs }, 'the database is away; trying again');
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
    // Only an installation without readable migrations ends here.
    log.error({ err: error }, 'the database cannot be used');
    change({ status: 'refused', error: error instanceof Error ? error.message : String(error) });
  };
  let supervised: Promise<void> = Promise.resolve();

  const run: Database['run'] = async (work, patienceMs) => {
    if (open === null) throw new DatabaseAway(whyAway(state));
    const { transact, session } = open;
    const ownLoss = loss;
    try {
      return await transact(session.begin(patienceMs), work);
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
    session: () => open?.session ?? null,
    run,
    async whenReady(waiting) {
      // By the pool, not the state, which says "ready" until the loss of the connection is noted.
      while (open === null) await unlessAborted(waiting, changed.promise);
    },
    async stop() {
      stopping.abort(new DatabaseAway('The program is stopping.'));
      loss.resolve(new DatabaseAway('The program is stopping.'));
      // A server that is still starting is told at once; one that is being made, when that is done.
      if (state.status !== 'ready') await provider.stop();
      await supervised;
      await provider.stop();
      await closed;
    },
  };
}

function whyAway(state: DatabaseState): string {
  if (state.status === 'down' || state.status === 'refused') return state.error;
  return 'The database is starting.';
}
