import { DatabaseError, escapeIdentifier, type QueryConfig } from 'pg';
import { bucketStart } from '../../../../shared/domain/interval.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Logger } from '../../logging/logger.ts';
import { asSentence } from '../../status/as-sentence.ts';
import type { Clock } from '../../time/clock.ts';
import type { Database } from './database.ts';
import type { Session } from './session.ts';

const MIN_PAUSE_MS = 60_000;
/** The view takes at most about a twentieth of one connection's time, however large it has grown. */
const PAUSE_PER_DURATION = 20;
/** Who may not refresh it waits for somebody who grants that. */
const REFUSED_PAUSE_MS = 10 * MIN_PAUSE_MS;
/** A refresh that takes longer does not hold up the end of the program; the next start does it. */
const QUICK_MS = 1_000;

/** Keeps `ohlcv_daily` fresh, and knows from which day on it is not. */
export type DailyView = {
  /**
   * Notes that candles of these ticks change. Called before the transaction commits and again after it: a refresh that
   * starts in between has not seen them.
   */
  touch(ticks: Iterable<Tick>): void;
  /** Start of the first day, in ms, that the view may lack something of; `Infinity` when it lacks nothing. */
  staleFrom(): number;
  /** Refreshes now and then until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Refreshes once more if that is needed and quick. */
  finish(): Promise<void>;
  /** Why it is not refreshed, with the statement that mends that; null while it is. */
  problem(): Problem | null;
};

/** @param onProblem called when `problem` has changed */
export function createDailyView(
  database: Database,
  clock: Clock,
  log: Logger,
  onProblem: () => void,
): DailyView {
  // Whatever happened before this start is unknown: the view may lack anything.
  let touchedFrom = Number.NEGATIVE_INFINITY;
  /** What a refresh under way will make good, if it succeeds. */
  let refreshingFrom = Number.POSITIVE_INFINITY;
  let lastDurationMs = 0;
  let refusal: string | null = null;

  const setRefusal = (next: string | null): void => {
    if (next === refusal) return;
    refusal = next;
    onProblem();
  };

  /** Says what somebody has to do, or logs a failure that may pass. */
  const noteFailure = async (error: unknown): Promise<void> => {
    const session = database.session();
    if (session !== null && isRefused(error)) {
      const { rows } = await database.run((client) => client.query<{ owner: string }>(OWNER));
      return setRefusal(refusalWords(error, session, rows[0]?.owner ?? ''));
    }
    log.warn({ err: error }, 'refreshing the daily candles failed; trying again later');
  };

  const refresh = async (): Promise<void> => {
    const startedAt = clock.now();
    refreshingFrom = touchedFrom;
    touchedFrom = Number.POSITIVE_INFINITY;
    try {
      // It grows with the years, and nobody waits for it.
      await database.run((client) => client.query(REFRESH), 0);
      setRefusal(null);
    } catch (error) {
      touchedFrom = Math.min(touchedFrom, refreshingFrom);
      throw error;
    } finally {
      refreshingFrom = Number.POSITIVE_INFINITY;
      lastDurationMs = clock.now() - startedAt;
    }
  };

  const isStale = (): boolean => touchedFrom < Number.POSITIVE_INFINITY;

  return {
    touch(ticks) {
      for (const tick of ticks) touchedFrom = Math.min(touchedFrom, bucketStart(tick.observedAt, '1d'));
    },
    staleFrom: () => Math.min(touchedFrom, refreshingFrom),
    async run(signal) {
      for (;;) {
        await database.whenReady(signal);
        if (isStale()) {
          try {
            await refresh();
          } catch (error) {
            if (signal.aborted) return;
            await noteFailure(error).catch((cause: unknown) => {
              log.debug({ err: cause }, 'why the daily candles are not refreshed cannot be found out');
            });
          }
        }
        const least = refusal === null ? MIN_PAUSE_MS : REFUSED_PAUSE_MS;
        await clock.sleep(Math.max(least, lastDurationMs * PAUSE_PER_DURATION), signal);
      }
    },
    async finish() {
      if (!isStale() || refusal !== null || lastDurationMs >= QUICK_MS || database.state().status !== 'ready')
        return;
      try {
        await refresh();
      } catch (error) {
        log.warn({ err: error }, 'the daily candles were not refreshed at the end; the next start does it');
      }
    },
    problem: () => (refusal === null ? null : { id: 'daily-view', message: refusal }),
  };
}

/** `query_timeout` is this query's own; the types of `pg` know it for a whole connection only. */
const REFRESH: QueryConfig & { readonly query_timeout: number } = {
  text: 'refresh materialized view concurrently ohlcv_daily',
  query_timeout: 86_400_000,
};

const OWNER = `select pg_get_userbyid(relowner)::text as owner from pg_class where oid = 'ohlcv_daily'::regclass`;

function isRefused(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.code === '42501';
}

/** Since PostgreSQL 17 the owner can allow it; before, only who has the owner's rights may do it. */
function refusalWords(error: DatabaseError, { schema, user, version }: Session, owner: string): string {
  const [role, view] = [escapeIdentifier(user), `${escapeIdentifier(schema)}.ohlcv_daily`];
  const mend =
    version >= 17 ? `grant maintain on ${view} to ${role};` : `grant ${escapeIdentifier(owner)} to ${role};`;
  return (
    `The materialized view ohlcv_daily is not refreshed, because it belongs to "${owner}": ${asSentence(error.message)} ` +
    `Daily candles on the page are right all the same. Run as its owner: ${mend}`
  );
}
