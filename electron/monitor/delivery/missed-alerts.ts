import { isResolvedEvent } from '../../../shared/domain/alert.ts';
import { QUIET_REASONS, type QuietReason } from '../../../shared/domain/quiet.ts';
import type { RaisedAlert } from './channel.ts';
import type { Delivery } from './delivery.ts';
import { changeSize, largestFirst } from './market-moves.ts';

/** A summary of more alerts keeps only the largest, so that a pause of months uses no more memory. */
const MAX_HELD = 1_000;

/** Why an alert is held back for the summary after a quiet time; null when it is not. */
export function holdReason({ status, reason }: Pick<Delivery, 'status' | 'reason'>): QuietReason | null {
  if (status !== 'pending') return null;
  return QUIET_REASONS.find((each) => each === reason) ?? null;
}

/** The ids of the smallest alerts beyond the size of a summary. */
export function beyondSummary(held: readonly Delivery[]): ReadonlySet<string> {
  if (held.length <= MAX_HELD) return new Set();
  const smallestFirst = held.toSorted((a, b) => changeSize(a.alert) - changeSize(b.alert));
  return new Set(smallestFirst.slice(0, held.length - MAX_HELD).map(({ alert }) => alert.id));
}

/** The alerts of a summary, largest first: an alert that was resolved meanwhile is included once, as resolved. */
export function missedAlerts(held: readonly Delivery[], now: number): readonly RaisedAlert[] {
  const reason = held.some((delivery) => holdReason(delivery) === 'paused') ? 'paused' : 'quiet-hours';
  const missed = { reason, at: now, hasMore: held.length >= MAX_HELD } as const;
  const ended = new Set(
    held.flatMap(({ alert }) => (isResolvedEvent(alert) ? [alert.resolution.alertId] : [])),
  );
  const once = held.filter(({ alert }) => !ended.has(alert.id));
  return largestFirst(once.map(({ alert, takenAt }) => ({ ...alert, raisedAt: takenAt, missed })));
}
