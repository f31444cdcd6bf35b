import { type Alert, alertOfResolved, isResolvedEvent } from '../../../shared/domain/alert.ts';
import { type AlertQuery, type AlertRange, matchesFilter } from '../../../shared/domain/alert-query.ts';

/** More than are shown before a page requests older ones from the database. */
const MAX_ALERTS = 1_000;

/** The newest alerts of their topic, which may not be in the database yet. */
export type RecentAlerts = {
  /** Applies an alert or the event that one was resolved; returns whether it changed anything. The topic may contain it twice. */
  apply(alert: Alert): boolean;
  /** Newest first, by time and id; resolved ones with their resolution. */
  newest(query: AlertQuery): readonly Alert[];
  /** Oldest first. */
  within(range: AlertRange): readonly Alert[];
};

export function createRecentAlerts(most = MAX_ALERTS): RecentAlerts {
  const alerts = new Map<string, Alert>();
  /** Newest first, created on demand. */
  let sorted: readonly Alert[] | null = [];

  const newestFirst = (): readonly Alert[] => {
    sorted ??= [...alerts.values()].sort(byTimeAndId);
    return sorted;
  };
  const put = (alert: Alert): void => {
    alerts.set(alert.id, alert);
    sorted = null;
    if (alerts.size <= 2 * most) return;
    for (const { id } of newestFirst().slice(most)) alerts.delete(id);
    sorted = null;
  };

  return {
    apply(given) {
      const isEvent = isResolvedEvent(given);
      const alert = isEvent ? alertOfResolved(given) : given;
      const known = alerts.get(alert.id);
      if (known !== undefined && (!isEvent || known.resolution !== undefined)) return false;
      put(alert);
      return true;
    },
    newest({ limit, before, filter = {} }) {
      return newestFirst()
        .filter((alert) => matchesFilter(alert, filter))
        .filter((alert) => before === undefined || byTimeAndId(alert, before) > 0)
        .slice(0, limit);
    },
    within({ coinId, vsCurrency, from, to }) {
      return newestFirst()
        .filter((alert) => alert.coinId === coinId && alert.vsCurrency === vsCurrency)
        .filter(({ observedAt }) => observedAt >= from && observedAt < to)
        .toReversed();
    },
  };
}

type Place = Pick<Alert, 'observedAt' | 'id'>;
const byTimeAndId = (a: Place, b: Place): number =>
  b.observedAt - a.observedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
