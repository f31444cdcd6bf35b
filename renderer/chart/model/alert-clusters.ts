import type { Alert } from '../../../shared/domain/alert.ts';
import type { AlertMark } from '../../../shared/domain/alert-mark.ts';

export type AlertCluster = {
  /** The side of the candle that the marker is on: below for a rise and for alerts without a direction. */
  readonly side: 'above' | 'below';
  /** Oldest first; only some of the alerts if there are many. */
  readonly alerts: readonly Alert[];
  /** The number of all its alerts. */
  readonly count: number;
};

/** The space that a marker needs. */
export const MARKER_PX = 16;

/**
 * Merges alerts whose markers would overlap; each pixel of the chart has at most one marker on each side.
 *
 * @param x from an instant to a pixel
 */
export function alertClusters(
  marks: readonly AlertMark[],
  x: (at: number) => number,
): readonly AlertCluster[] {
  const inOrder = marks.toSorted((one, other) => beginOf(one) - beginOf(other));
  const clusters: { side: AlertCluster['side']; alerts: Alert[]; count: number }[] = [];
  const last = new Map<AlertCluster['side'], (typeof clusters)[number]>();
  for (const mark of inOrder) {
    const side: AlertCluster['side'] = mark.alerts[0]?.direction === 'down' ? 'above' : 'below';
    const open = last.get(side);
    if (open !== undefined && x(beginOf(mark)) - x(beginOf(open)) < MARKER_PX) {
      open.alerts = [...open.alerts, ...mark.alerts].sort(oldestFirst);
      open.count += mark.count;
      continue;
    }
    const cluster = { side, alerts: [...mark.alerts].sort(oldestFirst), count: mark.count };
    clusters.push(cluster);
    last.set(side, cluster);
  }
  return clusters;
}

const oldestFirst = (one: Alert, other: Alert): number => one.observedAt - other.observedAt;
const beginOf = ({ alerts }: Pick<AlertMark, 'alerts'>): number =>
  alerts[0]?.observedAt ?? Number.NEGATIVE_INFINITY;

/** The alert that a click on a cluster chooses: the newest, then the one before the chosen one, and the newest again after the oldest. */
export function nextOf({ alerts }: AlertCluster, chosenId: string | null): Alert | undefined {
  const index = alerts.findIndex(({ id }) => id === chosenId);
  return alerts[(index <= 0 ? alerts.length : index) - 1];
}
