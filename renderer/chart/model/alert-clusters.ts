import type { Alert } from '../../../shared/domain/alert.ts';

export type AlertCluster = {
  /** Pixels from the left, of the latest of them. */
  readonly x: number;
  /** Oldest first. */
  readonly alerts: readonly Alert[];
};

/** Markers need so much room. */
export const MARKER_PX = 16;

/**
 * Alerts whose markers would lie on each other, as one; each pixel of the chart has one marker at most.
 *
 * @param x from an instant to a pixel
 */
export function alertClusters(alerts: readonly Alert[], x: (at: number) => number): readonly AlertCluster[] {
  const inOrder = alerts.toSorted((one, other) => one.observedAt - other.observedAt);
  const clusters: { x: number; alerts: Alert[] }[] = [];
  const last = new Map<string | null, { x: number; alerts: Alert[] }>();
  for (const alert of inOrder) {
    const at = x(alert.observedAt);
    const { direction } = alert;
    const open = last.get(direction);
    const begin = open?.alerts[0];
    if (open !== undefined && begin !== undefined && at - x(begin.observedAt) < MARKER_PX) {
      open.alerts.push(alert);
      open.x = at;
      continue;
    }
    const cluster = { x: at, alerts: [alert] };
    clusters.push(cluster);
    last.set(direction, cluster);
  }
  return clusters;
}
