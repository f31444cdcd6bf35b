import type { ClientBase, PoolClient } from 'pg';
import type { ReplicaState } from '../../../../shared/domain/replica-state.ts';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import { systemClock } from '../../time/clock.ts';
import type { Database } from '../connection/database.ts';
import { openPool } from '../connection/open-pool.ts';
import { externalProvider } from '../connection/provider.ts';
import { RefusedDatabase } from '../connection/refused-database.ts';
import { openSession, type Session } from '../connection/session.ts';
import { createTransact, type Transact } from '../connection/transaction.ts';
import { createLagMeter, type WalPosition } from './lag-meter.ts';
import type { ReplicaSettings } from './replica-settings.ts';

const RECONNECT = { baseMs: 500, capMs: 30_000 };
const CHECK_EVERY_MS = 1_000;
/** A replica that does not answer for so long is given up, and what is being read from it is read from the database. */
const ANSWER_WITHIN_MS = 5_000;

export type ReplicaOptions = {
  readonly settings: ReplicaSettings;
  /** The database that it is a replica of. */
  readonly primary: Pick<Database, 'run'>;
  readonly log: Logger;
  /** In [0, 1); spreads retries. */
  readonly random: () => number;
  /** Called with each new state. */
  readonly report: (state: ReplicaState) => void;
};

export type Replica = {
  /** Connects in the background, and again whenever the connection is lost, until `stop`. */
  start(): void;
  /** Notes that this process has changed the database: what is read from now on has the change. */
  wrote(): void;
  /**
   * Runs work that only reads, in a transaction of the replica, or of the database when the replica is away, too far behind, or
   * behind what any earlier call has seen. Fails as `Database.run`.
   */
  read<T>(work: (client: PoolClient) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
};

/** What a process has seen of the database, which nothing that it reads later may be older than. */
function createHorizon(primary: Pick<Database, 'run'>) {
  let needed: WalPosition = 0n;
  /** Rejected while it is not known where this process's own changes are. */
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
    /** Notes where the database is. */
    note,
    wrote(): void {
      known = primary.run(positionOf).then(raise);
      known.catch(() => undefined);
    },
    whenKnown: () => known,
    /** @throws BehindHorizon when a replica at this position lacks something that was seen */
    require(position: WalPosition): void {
      if (position < needed) throw new BehindHorizon();
    },
  };
}

/** Keeps a replica connected, and reads from it while it is near enough. */
export function openReplica({ settings, primary, log, random, report }: ReplicaOptions): Replica {
  const stopping = new AbortController();
  const { signal } = stopping;
  const provider = externalProvider(settings.url);
  const horizon = createHorizon(primary);
  const meter = createLagMeter();
  /** The connection while it may be read from. */
  let usable: { readonly transact: Transact; readonly session: Session } | null = null;
  let reported = '';
  let isBegun = false;

  const change = (state: ReplicaState): void => {
    const text = JSON.stringify(state);
    if (text === reported) return;
    reported = text;
    report(state);
  };

  const checkUntilLost = async (): Promise<never> => {
    const server = await provider.provide();
    const lost = Promise.withResolvers<never>();
    lost.promise.catch(() => undefined);
    const { pool, cut } = openPool(server.config, log, lost.reject);
    try {
      const transact = createTransact(pool, signal);
      const session = await answered(openSession(transact, server.options, 'standby'));
      const opened = { transact, session };
      for (let isOurs = false; ; ) {
        const [seen, replica] = await Promise.all([
          lookAtPrimary(),
          answered(transact(session.begin(), lookAt)),
        ]);
        if (seen !== null) isOurs = refuseForeign(seen.system, replica.system);
        const lagMs = meter.lagMs(performance.now(), replica.position);
        const isNear = lagMs <= settings.mostLagMs;
        usable = isOurs && isNear ? opened : null;
        if (isOurs) change(stateOf(lagMs, isNear));
        await Promise.race([systemClock.sleep(CHECK_EVERY_MS, signal), lost.promise]);
      }
    } finally {
      usable = null;
      pool.end().catch(() => undefined);
      // Also what is being read: the database is asked instead.
      cut();
    }
  };

  /** Null while the database is away: nothing newer can have come to the replica then. */
  const lookAtPrimary = async (): Promise<Look | null> => {
    const at = performance.now();
    try {
      const look = await primary.run(async (client) => {
        // What an earlier process of the program has shown is not known, but it is in the database.
        if (!isBegun) await horizon.note(client);
        return { position: await positionOf(client), system: await systemOf(client) };
      });
      isBegun = true;
      meter.sample(at, look.position);
      return look;
    } catch {
      return null; // the state of the database says why
    }
  };

  const stateOf = (lagMs: number, isNear: boolean): ReplicaState => {
    const lagSeconds = Math.round(lagMs / 1_000);
    if (isNear) return { status: 'used', lagSeconds };
    return { status: 'behind', lagSeconds, mostSeconds: settings.mostLagMs / 1_000 };
  };

  const answered = <T>(asking: Promise<T>): Promise<T> => {
    const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const late = new MessageError(message('replica.no-answer', { seconds: ANSWER_WITHIN_MS / 1_000 }));
    return unlessAborted(AbortSignal.any([signal, timeout]), asking).catch((cause: unknown) => {
      throw timeout.aborted && !signal.aborted ? late : cause;
    });
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
            const { position } = await lookAt(client);
            horizon.require(position);
            const result = await work(client);
            // Something newer may have been shown meanwhile.
            horizon.require(position);
            horizon.raise(position);
            return result;
          });
        } catch (error) {
          // Whatever it is: the database has the answer, or the error that counts.
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

type Look = { readonly position: WalPosition; readonly system: string };

const positionOf = async (client: ClientBase): Promise<WalPosition> => {
  const { rows } = await client.query<{ position: string }>(
    `select (pg_current_wal_insert_lsn() - '0/0')::text as position`,
  );
  return BigInt(rows[0]?.position ?? 0);
};

const systemOf = async (client: ClientBase): Promise<string> => {
  const { rows } = await client.query<{ system: string }>(
    'select system_identifier::text as system from pg_control_system()',
  );
  return rows[0]?.system ?? '';
};

/** How far a replica has replayed. What was committed before that is seen by every statement that follows. */
async function lookAt(client: ClientBase): Promise<Look> {
  const { rows } = await client.query<{ position: string | null; system: string }>(`
    select
      case when pg_is_in_recovery() then (pg_last_wal_replay_lsn() - '0/0')::text end as position,
      system_identifier::text as system
    from pg_control_system()`);
  const { position = null, system = '' } = rows[0] ?? {};
  if (position === null) throw new RefusedDatabase(message('replica.none'));
  return { position: BigInt(position), system };
}

/** @returns true when both are of one cluster */
function refuseForeign(primary: string, replica: string): true {
  if (primary !== replica) throw new RefusedDatabase(message('replica.other'));
  return true;
}
