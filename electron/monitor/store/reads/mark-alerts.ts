import type { Alert } from '../../../../shared/domain/alert.ts';
import { type AlertMark, MAX_IN_MARK } from '../../../../shared/domain/alert-mark.ts';
import { bucketStart, type Interval } from '../../../../shared/domain/interval.ts';

/** Alerts of a candle and direction, some of which may only have been counted. */
export type CountedAlerts = {
  readonly alerts: readonly Alert[];
  /** The number of alerts that are not in `alerts`. */
  readonly others: number;
};

/**
 * The marks of the candles of an interval, oldest first: one for each candle and direction that has alerts.
 *
 * @param groups no two groups share an alert that one of them only counts; an alert that several groups contain counts once
 */
export function markAlerts(groups: readonly CountedAlerts[], interval: Interval): readonly AlertMark[] {
  const marks = new Map<string, { readonly alerts: Map<string, Alert>; others: number }>();
  const markOf = (alert: Alert) => {
    const key = `${bucketStart(alert.observedAt, interval)} ${alert.direction}`;
    const known = marks.get(key);
    if (known !== undefined) return known;
    const made = { alerts: new Map<string, Alert>(), others: 0 };
    marks.set(key, made);
    return made;
  };
  for (const { alerts, others } of groups) {
    for (const alert of alerts) {
      const { alerts: known } = markOf(alert);
      // Only one of the places may know yet that an alert is resolved.
      if (known.get(alert.id)?.resolution === undefined) known.set(alert.id, alert);
    }
    const [one] = alerts;
    if (one !== undefined) markOf(one).others += others;
  }
  return [...marks.values()]
    .map(({ alerts, others }) => ({ alerts: chosen([...alerts.values()]), count: alerts.size + others }))
    .sort((a, b) => oldestFirst(a.alerts[0], b.alerts[0]));
}

/** As many alerts as a mark carries: the first of each rule before the second of any rule. */
function chosen(alerts: readonly Alert[]): readonly Alert[] {
  const ofRule = new Map<string, number>();
  return alerts
    .toSorted(oldestFirst)
    .map((alert) => {
      const nth = (ofRule.get(alert.rule) ?? 0) + 1;
      ofRule.set(alert.rule, nth);
      return { alert, nth };
    })
    .sort((a, b) => a.nth - b.nth)
    .slice(0, MAX_IN_MARK)
    .map(({ alert }) => alert)
    .sort(oldestFirst);
}

function oldestFirst(a: Alert | undefined, b: Alert | undefined): number {
  if (a === undefined || b === undefined) return 0;
  return a.observedAt - b.observedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
