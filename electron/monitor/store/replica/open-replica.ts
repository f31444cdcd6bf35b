import type { ClientBase, PoolClient } from 'pg';
import type { ReplicaState } from '../../../../shared/domain/replica-state.ts';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import { systemClock } from '../../time/clock.ts';
import { isConnectionLoss } from '../connection/connection-error.ts';
import { type Database, DatabaseUnavailable } from '../connection/database.ts';
import { openPool } from '../connection/open-pool.ts';
import { externalProvider } from '../connection/provider.ts';
import { RefusedDatabase } from '../connection/refused-database.ts';
import { openSession, type Session } from '../connection/session.ts';
import { createTransact, type Transact } from '../connection/transaction.ts';
import { createLagMeter, type WalPosition } from './lag-meter.ts';
import type { ReplicaSettings } from './replica-settings.ts';

const RECONNECT = { baseMs: 500, capMs: 30_000 };
const CHECK_EVERY_MS = 1_000;
/** A replica that has not responded for this long is disconnected, and pending reads are run on the database instead. */
const RESPONSE_TIMEOUT_MS = 5_000;
/** If the database takes longer to return its position, the replica counts as behind since the last known position. */
const PRIMARY_TIMEOUT_MS = 1_000;
/** Together with the connection of the checks, no more connections than to the database. */
const READ_CONNECTIONS = 4;

export type ReplicaOptions = {
  readonly settings: ReplicaSettings;
  /** The database of which it is a replica. */
  readonly primary: Pick<Database, 'run'>;
  readonly log: Logger;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  /** Called with each new state. */
  readonly report: (state: ReplicaState) => void;
};

export type Replica = {
  /** Connects in the background and reconnects whenever the connection is lost, until `stop`. */
  start(): void;
  /** Notes that this process has changed the database, so that later reads include the change. */
  wrote(): void;
  /**
   * Runs work that only reads, in a transaction of the replica, or of the database when the replica is unavailable, too far
   * behind, or behind the state that an earlier call has seen. Fails like `Database.run`.
   */
  read<T>(work: (client: PoolClient) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
};

/** The newest state of the database that this process has seen. Later reads must not return an older state. */
function createHorizon(primary: Pick<Database, 'run'>) {
  let needed: WalPosition = 0n;
  /** Rejects while the position of this process's own changes is unknown. */
  let known: Promise<unknown> = Promise.reject(new BehindHorizon());
  known.catch(() => undefined);
  const raise = (position: WalPosition): void => {
    if (position > needed) needed = position;
  };
  const note = async (client: ClientBase): Promise<WalPosition> => {
    const before = known;
    const position = await positionOf(client);
    raise(position);
    // Unless something was written meanwhile.
    if (known === before) known = Promise.resolve();
    return position;
  };
  return {
    raise,
    /** Records the current position of the database. */
    note,
    wrote(): void {
      known = primary.run(positionOf).then(raise);
      known.catch(() => undefined);
    },
    whenKnown: () => known,
    /** @throws BehindHorizon when a replica at this position lacks a change that was seen */
    require(position: WalPosition): void {
      if (position < needed) throw new BehindHorizon();
    },
  };
}

/** Keeps a replica connected, and reads from it while its lag is small enough. */
export function openReplica({ settings, primary, log, random, report }: ReplicaOptions): Replica {
  const stopping = new AbortController();
  const { signal } = stopping;
  const provider = externalProvider(settings.url);
  const horizon = createHorizon(primary);
  const meter = createLagMeter();
  /** The connection, while the replica may be read; otherwise null. */
  let usable: { readonly transact: Transact; readonly session: Session } | null = null;
  let reported = '';
  let isBegun = false;
  /** The system identifier of the database's cluster, kept while the database is unavailable. */
  let system: string | null = null;
  /** The pending query for the database's position: a slow database is not queried again meanwhile. */
  let querying: Promise<PrimaryResult> | null = null;

  const change = (state: ReplicaState): void => {
    const text = JSON.stringify(state);
    if (text === reported) return;
    reported = text;
    report(state);
  };

  const checkUntilLost = async (): Promise<never> => {
    const server = await provider.provide();
    const lost = new AbortController();
    const onLoss = (error: Error): void => lost.abort(error);
    // One signal for the whole connection: reactions that each check adds to a long-lived promise or signal would accumulate.
    const connected = AbortSignal.any([signal, lost.signal]);
    const reads = openPool(server.config, log, onLoss, READ_CONNECTIONS);
    // A separate connection, so that long reads do not make the replica appear unresponsive.
    const checks = openPool(server.config, log, onLoss, 1);
    try {
      const check = createTransact(checks.pool, connected);
      const session = await withinTimeout(connected, openSession(check, server.options, 'standby'));
      const opened = { transact: createTransact(reads.pool, connected), session };
      for (;;) {
        const [primaryResult, replica] = await Promise.all([
          positionOfPrimary(),
          withinTimeout(connected, check(session.begin(), replayPositionOf)),
        ]);
        if (system !== null) {
          refuseForeign(system, replica.system);
          const now = performance.now();
          const unknownMs = primaryResult === 'late' ? meter.sinceSampleMs(now) : 0;
          const lagMs = Math.max(meter.lagMs(now, replica.position), unknownMs);
          const isNear = lagMs <= settings.maxLagMs;
          usable = isNear ? opened : null;
          change(stateOf(lagMs, isNear));
        }
        await systemClock.sleep(CHECK_EVERY_MS, connected);
      }
    } finally {
      usable = null;
      for (const { pool, cut } of [reads, checks]) {
        pool.end().catch(() => undefined);
        // This also ends pending reads, which are then run on the database.
        cut();
      }
    }
  };

  const positionOfPrimary = async (): Promise<PrimaryResult> => {
    querying ??= queryPrimary().finally(() => {
      querying = null;
    });
    const waited = new AbortController();
    const late = systemClock.sleep(PRIMARY_TIMEOUT_MS, waited.signal).then(
      () => 'late' as const,
      () => 'late' as const,
    );
    // The query ends at its timeout at the latest, and with it the reactions that the races add to it.
    const primaryResult = await Promise.race([querying, late]);
    waited.abort();
    return primaryResult;
  };

  const queryPrimary = async (): Promise<PrimaryResult> => {
    const at = performance.now();
    try {
      const look = await primary.run(async (client) => {
        // The state that an earlier process has shown is unknown, but not newer than the database.
        if (!isBegun) await horizon.note(client);
        return { position: await positionOf(client), system: await systemOf(client) };
      });
      isBegun = true;
      system = look.system;
      meter.sample(at, look.position);
      return 'seen';
    } catch (error) {
      // The reason is in the database's state.
      return error instanceof DatabaseUnavailable || isConnectionLoss(error) ? 'away' : 'late';
    }
  };

  const stateOf = (lagMs: number, isNear: boolean): ReplicaState => {
    const lagSeconds = Math.round(lagMs / 1_000);
    if (isNear) return { status: 'used', lagSeconds };
    return { status: 'behind', lagSeconds, mostSeconds: settings.maxLagMs / 1_000 };
  };

  const supervise = async (): Promise<void> => {
    for (let delayMs = 0; !signal.aborted; ) {
      const startedAt = performance.now();
      try {
        await checkUntilLost();
      } catch (error) {
        if (signal.aborted) return;
        const isLasting = performance.now() - startedAt > RECONNECT.capMs;
        delayMs = nextDelayMs(isLasting ? 0 : delayMs, RECONNECT, random());
        log.warn({ err: error, delayMs }, 'the read replica cannot be used; trying again');
        change({
          status: 'unusable',
          error: error instanceof MessageError ? error.content : provider.describe(error),
        });
        await systemClock.sleep(delayMs, signal).catch(() => undefined);
      }
    }
  };

  let supervised: Promise<void> = Promise.resolve();
  return {
    start() {
      change({ status: 'connecting' });
      supervised = supervise();
    },
    wrote: horizon.wrote,
    async read(work) {
      const opened = usable;
      if (opened !== null) {
        try {
          await horizon.whenKnown();
          return await opened.transact(opened.session.begin(), async (client) => {
            const { position } = await replayPositionOf(client);
            horizon.require(position);
            const result = await work(client);
            // Statements see changes that were replayed during the work, which another server of the URL may not have.
            const { position: shown } = await replayPositionOf(client);
            // Another read may have shown a newer state meanwhile.
            horizon.require(position);
            horizon.raise(shown);
            return result;
          });
        } catch (error) {
          // After any failure, the database returns the result or the error to report.
          if (!(error instanceof BehindHorizon)) log.debug({ err: error }, 'reading from the replica failed');
        }
      }
      return primary.run(async (client) => {
        const result = await work(client);
        await horizon.note(client);
        return result;
      });
    },
    async stop() {
      stopping.abort(new Error('The program is stopping.'));
      await provider.stop();
      await supervised;
    },
  };
}

class BehindHorizon extends Error {}

type ReplicaPosition = { readonly position: WalPosition; readonly system: string };

/**
 * The result of querying the database's position. While the database is unavailable (`away`), the replica can receive nothing
 * newer; while its response is `late`, that is unknown.
 */
type PrimaryResult = 'seen' | 'away' | 'late';

/** @throws MessageError when the replica takes too long */
async function withinTimeout<T>(connected: AbortSignal, pending: Promise<T>): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(
    () =>
      late.abort(new MessageError(message('replica.no-answer', { seconds: RESPONSE_TIMEOUT_MS / 1_000 }))),
    RESPONSE_TIMEOUT_MS,
  );
  try {
    return await unlessAborted(connected, unlessAborted(late.signal, pending));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The position of the database. Commits are flushed, and a replica receives only what is flushed. Not
 * `pg_current_wal_insert_lsn()`: at the end of a page, it is after the header of the next page, which a replica reaches only with
 * the next record.
 */
const positionOf = async (client: ClientBase): Promise<WalPosition> => {
  const { rows } = await client.query<{ position: string }>(
    `select (pg_current_wal_flush_lsn() - '0/0')::text as position`,
  );
  return BigInt(rows[0]?.position ?? 0);
};

const systemOf = async (client: ClientBase): Promise<string> => {
  const { rows } = await client.query<{ system: string }>(
    'select system_identifier::text as system from pg_control_system()',
  );
  return rows[0]?.system ?? '';
};

/** The replay position of a replica. Statements that follow see everything that was committed before it. */
async function replayPositionOf(client: ClientBase): Promise<ReplicaPosition> {
  const { rows } = await client.query<{ position: string | null; system: string }>(`
    select
      case when pg_is_in_recovery() then (pg_last_wal_replay_lsn() - '0/0')::text end as position,
      system_identifier::text as system
    from pg_control_system()`);
  const { position = null, system = '' } = rows[0] ?? {};
  if (position === null) throw new RefusedDatabase(message('replica.none'));
  return { position: BigInt(position), system };
}

/** @throws RefusedDatabase when the two are not of the same cluster */
function refuseForeign(primary: string, replica: string): void {
  if (primary !== replica) throw new RefusedDatabase(message('replica.other'));
}
