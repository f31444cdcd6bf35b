import type { Alert } from '../../../../shared/domain/alert.ts';
import { bucketStart, type Interval } from '../../../../shared/domain/interval.ts';

/** Of the alerts in each candle the first that rose, the first that fell, and the first without a direction; oldest first. */
export function firstOfEachCandle(alerts: readonly Alert[], interval: Interval): readonly Alert[] {
  const first = new Map<string, Alert>();
  for (const alert of alerts.toSorted(oldestFirst)) {
    const key = `${bucketStart(alert.observedAt, interval)} ${alert.direction}`;
    if (!first.has(key)) first.set(key, alert);
  }
  return [...first.values()];
}

function oldestFirst(a: Alert, b: Alert): number {
  return a.observedAt - b.observedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
