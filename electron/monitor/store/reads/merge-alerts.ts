import type { Alert } from '../../../../shared/domain/alert.ts';

/**
 * Merges a page of each of two places into one: newest first, each alert once. This is correct because every alert of the result
 * is among the newest `limit` alerts of its place.
 */
export function mergeAlerts(a: readonly Alert[], b: readonly Alert[], limit: number): readonly Alert[] {
  const byId = new Map(a.map((alert) => [alert.id, alert]));
  // Only one of the places may know yet that an alert is resolved.
  for (const alert of b) if (byId.get(alert.id)?.resolution === undefined) byId.set(alert.id, alert);
  return [...byId.values()].sort(newestFirst).slice(0, limit);
}

function newestFirst(a: Alert, b: Alert): number {
  return b.observedAt - a.observedAt || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}
