import { isResolvedEvent } from '../../../shared/domain/alert.ts';
import { QUIET_REASONS, type QuietReason } from '../../../shared/domain/quiet.ts';
import type { RaisedAlert } from './channel.ts';
import type { Delivery } from './delivery.ts';
import { changeSize, largestFirst } from './market-moves.ts';

/** A summary of more is made of the largest, so that a pause of months takes no more memory. */
export const MOST_HELD = 1_000;

/** Why an alert is held back for the summary after a quiet time; null when it is not. */
export function holdReason({ status, reason }: Pick<Delivery, 'status' | 'reason'>): QuietReason | null {
  if (status !== 'pending') return null;
  return QUIET_REASONS.find((each) => each === reason) ?? null;
}

/** Which of the alerts that are held back are the smallest, where there are more than a summary is made of; by their ids. */
export function beyondSummary(held: readonly Delivery[]): ReadonlySet<string> {
  if (held.length <= MOST_HELD) return new Set();
  const smallestFirst = held.toSorted((a, b) => changeSize(a.alert) - changeSize(b.alert));
  return new Set(smallestFirst.slice(0, held.length - MOST_HELD).map(({ alert }) => alert.id));
}

/** The alerts of a summary, largest first: one that ended meanwhile is there once, as it ended. */
export function missedAlerts(held: readonly Delivery[], now: number): readonly RaisedAlert[] {
  const reason = held.some((delivery) => holdReason(delivery) === 'paused') ? 'paused' : 'quiet-hours';
  const missed = { reason, at: now, hasMore: held.length >= MOST_HELD } as const;
  const ended = new Set(
    held.flatMap(({ alert }) => (isResolvedEvent(alert) ? [alert.resolution.alertId] : [])),
  );
  const once = held.filter(({ alert }) => !ended.has(alert.id));
  return largestFirst(once.map(({ alert, takenAt }) => ({ ...alert, raisedAt: takenAt, missed })));
}
