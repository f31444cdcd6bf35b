import { type DatabaseError, escapeIdentifier } from 'pg';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { type Message, message, text } from '../../../../shared/messages/message.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import type { Database } from './database.ts';
import { isMissingRight } from './missing-rights.ts';
import { refreshDailyView } from './refresh-daily-view.ts';
import type { Session } from './session.ts';

const MIN_PAUSE_MS = 60_000;
/** Refreshing takes at most about a twentieth of one connection's time, however large the view has grown. */
const PAUSE_PER_DURATION = 20;
/** Pause while the user has no privilege to refresh the view. */
const REFUSED_PAUSE_MS = 10 * MIN_PAUSE_MS;
/** A refresh that takes longer is not run at shutdown; the next start runs it. */
const MAX_SHUTDOWN_MS = 1_000;

/** Refreshes `ohlcv_daily`, which is meant for other programs: this one reads the table behind the view. */
export type DailyView = {
  /**
   * Marks the view as stale. Call it before the transaction commits and again after it, because a refresh that starts in
   * between does not see what it wrote.
   */
  touch(): void;
  /** Refreshes when needed until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Refreshes once more if that is needed and fast. */
  finish(): Promise<void>;
};

/** @param report is called with the problem, or null, when it has changed */
export function createDailyView(
  database: Database,
  clock: Clock,
  log: Logger,
  report: (problem: Problem | null) => void,
): DailyView {
  // What happened before this start is unknown.
  let isStale = true;
  let lastDurationMs = 0;
  let refusal: Message | null = null;

  const setRefusal = (next: Message | null): void => {
    if ((next && text(next)) === (refusal && text(refusal))) return;
    refusal = next;
    report(refusal === null ? null : { id: 'daily-view', message: refusal });
  };

  /** Reports a missing privilege, or logs a failure that may be temporary. */
  const noteFailure = async (error: unknown): Promise<void> => {
    const session = database.session();
    if (session !== null && isMissingRight(error)) {
      const { rows } = await database.run((client) => client.query<{ owner: string }>(OWNER));
      return setRefusal(refusalMessage(error, session, rows[0]?.owner ?? ''));
    }
    log.warn({ err: error }, 'refreshing the daily candles failed; trying again later');
  };

  const refresh = async (): Promise<void> => {
    const startedAt = clock.now();
    isStale = false;
    try {
      await refreshDailyView(database.run);
      setRefusal(null);
    } catch (error) {
      isStale = true;
      throw error;
    } finally {
      lastDurationMs = clock.now() - startedAt;
    }
  };

  return {
    touch() {
      isStale = true;
    },
    async run(signal) {
      for (;;) {
        await database.whenReady(signal);
        if (isStale) {
          try {
            await refresh();
          } catch (error) {
            if (signal.aborted) return;
            await noteFailure(error).catch((cause: unknown) => {
              log.debug(
                { err: cause },
                'the reason why the daily candles are not refreshed cannot be determined',
              );
            });
          }
        }
        const minPause = refusal === null ? MIN_PAUSE_MS : REFUSED_PAUSE_MS;
        await clock.sleep(Math.max(minPause, lastDurationMs * PAUSE_PER_DURATION), signal);
      }
    },
    async finish() {
      if (
        !isStale ||
        refusal !== null ||
        lastDurationMs >= MAX_SHUTDOWN_MS ||
        database.state().status !== 'ready'
      )
        return;
      try {
        await refresh();
      } catch (error) {
        log.warn({ err: error }, 'the daily candles were not refreshed at the end; the next start does it');
      }
    },
  };
}

const OWNER = `select pg_get_userbyid(relowner)::text as owner from pg_class where oid = 'ohlcv_daily'::regclass`;

function refusalMessage(error: DatabaseError, { schema, user }: Session, owner: string): Message {
  const [role, place] = [escapeIdentifier(user), escapeIdentifier(schema)];
  const fix = `grant execute on function ${place}.refresh_ohlcv_daily to ${role};`;
  return message('database.view-refused', { owner, said: error.message, fix });
}
