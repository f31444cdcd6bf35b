import type { PoolClient } from 'pg';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { AlertQuery, AlertRange } from '../../../shared/domain/alert-query.ts';
import type { RuleActivity } from '../../../shared/domain/rule-view.ts';
import { message } from '../../../shared/messages/message.ts';
import type { Logger } from '../logging/logger.ts';
import { isConnectionLoss } from './connection/connection-error.ts';
import { DatabaseUnavailable } from './connection/database.ts';
import { markAlerts } from './reads/mark-alerts.ts';
import { mergeAlerts } from './reads/merge-alerts.ts';
import { readAlerts } from './reads/read-alerts.ts';
import { readAlertsInRange } from './reads/read-alerts-in-range.ts';
import { readCandles } from './reads/read-candles.ts';
import { readNewestTicks } from './reads/read-newest-ticks.ts';
import type { Archives } from './reads/read-older-minutes.ts';
import { readPastCandles } from './reads/read-past-candles.ts';
import { readPrices } from './reads/read-prices.ts';
import { readRuleActivity } from './reads/read-rule-activity.ts';
import type { Store } from './store.ts';

/** At least the number of alerts that are stored beside the log. */
const MAX_LOCAL_ALERTS = 10_000;

/** The newest alerts, which can be read while the database is unavailable. */
export type LocalAlerts = {
  /** Newest first, by time and id. */
  newest(query: AlertQuery): readonly Alert[];
  /** Oldest first. */
  within(range: AlertRange): readonly Alert[];
};

type Run = <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;

export type StoreReadsOptions = {
  /** Runs a read in the database. */
  readonly run: Run;
  /** The same for reads of pages, which may use a replica. */
  readonly runForPage: Run;
  /** Whether this process only reads. */
  readonly isReader: boolean;
  /** The months that the database does not keep. */
  readonly archives: Archives;
  readonly alerts: LocalAlerts;
  /** Resolves when what was in the log is written, as far as the database responds in time. */
  readonly whenWritten: () => Promise<void>;
  readonly log: Logger;
};

/** What pages and rules read of what the store has written. */
export type StoreReads = Pick<
  Store,
  'candles' | 'pastCandles' | 'prices' | 'newestTicks' | 'ruleActivity' | 'alerts' | 'alertMarks'
>;

export function createStoreReads(options: StoreReadsOptions): StoreReads {
  const { run, runForPage, isReader, archives, alerts, whenWritten, log } = options;
  const read = namingLoss(run);
  const readForPage = namingLoss(runForPage);

  /** Alerts of the database, or an empty list while they cannot be read: the newest ones are stored beside the log too. */
  const alertsOrNone = async <T>(reading: Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable))
        log.warn({ err: error }, 'alerts cannot be read from the database');
      return [];
    }
  };

  return {
    async candles(query) {
      await whenWritten();
      return readForPage((client) => readCandles(client, query, archives));
    },
    async pastCandles(range) {
      await whenWritten();
      return read((client) => readPastCandles(client, range));
    },
    async prices(query) {
      await whenWritten();
      return read((client) => readPrices(client, query));
    },
    // A process that writes uses them for more than display, so it reads the database itself.
    newestTicks: (query) => (isReader ? readForPage : read)((client) => readNewestTicks(client, query)),
    async ruleActivity(since) {
      await whenWritten();
      try {
        return await run((client) => readRuleActivity(client, since));
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable))
          log.warn({ err: error }, 'the alerts of rules cannot be counted in the database');
        return ruleActivityOf(alerts.newest({ limit: MAX_LOCAL_ALERTS }), since);
      }
    },
    async alerts(query) {
      const local = alerts.newest(query);
      const written = await alertsOrNone(runForPage((client) => readAlerts(client, query)));
      return mergeAlerts(local, written, query.limit);
    },
    async alertMarks(range) {
      const local = alerts.within(range);
      const known = local.map(({ id }) => id);
      const written = await alertsOrNone(runForPage((client) => readAlertsInRange(client, range, known)));
      return markAlerts([...written, { alerts: local, others: 0 }], range.interval);
    },
  };
}

/** Converts the loss of a connection during a read to an error that a page shows as such. */
function namingLoss(run: Run): Run {
  return async (work) => {
    try {
      return await run(work);
    } catch (error) {
      if (!isConnectionLoss(error)) throw error;
      throw new DatabaseUnavailable(message('database.connection-lost'), { cause: error });
    }
  };
}

/**
 * Computes the result of `readRuleActivity` from alerts in memory.
 *
 * @param newestFirst the alerts
 */
function ruleActivityOf(newestFirst: readonly Alert[], since: number): readonly RuleActivity[] {
  return [...Map.groupBy(newestFirst, ({ rule }) => rule)]
    .flatMap(([rule, [last, ...others]]): RuleActivity[] => {
      if (last === undefined) return [];
      const count = [last, ...others].filter(({ observedAt }) => observedAt >= since).length;
      return [{ rule, last, count }];
    })
    .toSorted((a, b) => (a.rule < b.rule ? -1 : 1));
}
