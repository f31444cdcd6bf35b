import type { Alert } from '../../../../shared/domain/alert.ts';

/**
 * One page out of a page of each place: newest first, each alert once. Right because every alert of the result is among
 * the newest `limit` of the place that it comes from.
 */
export function mergeAlerts(a: readonly Alert[], b: readonly Alert[], limit: number): readonly Alert[] {
  const byId = new Map(a.map((alert) => [alert.id, alert]));
  // One place may know already that an alert is resolved.
  for (const alert of b) if (byId.get(alert.id)?.resolution === undefined) byId.set(alert.id, alert);
  return [...byId.values()].sort(newestFirst).slice(0, limit);
}

function newestFirst(a: Alert, b: Alert): number {
  return b.observedAt - a.observedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}
