import type { QueryConfig } from 'pg';
import type { Tick } from '../../../../shared/domain.ts';
import { bucketStart } from '../../../../shared/intervals.ts';
import type { Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';
import type { Database } from './database.ts';

const MIN_PAUSE_MS = 60_000;
/** The view takes at most about a twentieth of one connection's time, however large it has grown. */
const PAUSE_PER_DURATION = 20;
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
};

export function createDailyView(database: Database, clock: Clock, log: Log): DailyView {
  // Whatever happened before this start is unknown: the view may lack anything.
  let touchedFrom = Number.NEGATIVE_INFINITY;
  /** What a refresh under way will make good, if it succeeds. */
  let refreshingFrom = Number.POSITIVE_INFINITY;
  let lastDurationMs = 0;

  const refresh = async (): Promise<void> => {
    const startedAt = clock.now();
    refreshingFrom = touchedFrom;
    touchedFrom = Number.POSITIVE_INFINITY;
    try {
      await database.run(async (client) => {
        // It grows with the years, and nobody waits for it.
        await client.query('set statement_timeout = 0');
        try {
          await client.query(REFRESH);
        } finally {
          await client.query('reset statement_timeout');
        }
      });
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
            log.warn({ err: error }, 'refreshing the daily candles failed; trying again later');
          }
        }
        await clock.sleep(Math.max(MIN_PAUSE_MS, lastDurationMs * PAUSE_PER_DURATION), signal);
      }
    },
    async finish() {
      if (!isStale() || lastDurationMs >= QUICK_MS || database.state().status !== 'ready') return;
      try {
        await refresh();
      } catch (error) {
        log.warn({ err: error }, 'the daily candles were not refreshed at the end; the next start does it');
      }
    },
  };
}

/** `query_timeout` is this query's own; the types of `pg` know it for a whole connection only. */
const REFRESH: QueryConfig & { readonly query_timeout: number } = {
  text: 'refresh materialized view concurrently ohlcv_daily',
  query_timeout: 86_400_000,
};
