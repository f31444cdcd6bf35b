import { type Message, message } from '../../../../shared/messages/message.ts';
import { endOfMonth } from './credit-month.ts';
import type { PlanLimits } from './plan.ts';

/**
 * The kind of a call. `price`: polls. `history`: candles of the past. `catalog`: search, lists of coins and
 * currencies, and key checks.
 */
export type CallKind = 'price' | 'history' | 'catalog';

export type CallCounts = Readonly<Record<CallKind, number>>;

export const NO_CALLS: CallCounts = { price: 0, history: 0, catalog: 0 };

export const totalOf = (counts: CallCounts): number => counts.price + counts.history + counts.catalog;

/** The largest share of a month's calls for each kind; prices get the rest. */
export const MONTHLY_SHARES: Readonly<Record<Exclude<CallKind, 'price'>, number>> = {
  history: 0.2,
  catalog: 0.05,
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** A minute with a margin: the provider's clock differs, and may count a call at the edge in the previous minute. */
export const WINDOW_MS = MINUTE_MS + SECOND_MS;
/** Calls are reserved for prices at this interval until the end of the month. */
const RESERVED_PRICE_INTERVAL_MS = 15 * MINUTE_MS;

/** Calls made: the counts of this month, and the times of the last minute, oldest first. */
export type CallsMade = { readonly counts: CallCounts; readonly recent: readonly number[] };

/** Whether a call may be made now; if not, when to retry and why. */
export type Admission =
  | { readonly ok: true }
  | { readonly ok: false; readonly retryAt: number; readonly reason: Message };

/** Checks a call of this kind against the limits of the month and minute of `now`. */
export function admit(kind: CallKind, limits: PlanLimits, made: CallsMade, now: number): Admission {
  return monthlyRefusal(kind, limits, made.counts, now) ?? minuteRefusal(kind, limits, made.recent, now);
}

function monthlyRefusal(
  kind: CallKind,
  { perMonth }: PlanLimits,
  counts: CallCounts,
  now: number,
): Admission | null {
  if (perMonth === null) return null;
  const retryAt = endOfMonth(now);
  const left = perMonth - totalOf(counts);
  if (left <= 0) return { ok: false, retryAt, reason: message('budget.month-used-up', { perMonth }) };
  if (kind === 'price') return null;
  const share = Math.floor(perMonth * MONTHLY_SHARES[kind]);
  if (counts[kind] >= share) {
    return {
      ok: false,
      retryAt,
      reason: message('budget.share-used-up', { share, kind }),
    };
  }
  if (left <= Math.ceil((retryAt - now) / RESERVED_PRICE_INTERVAL_MS)) {
    return { ok: false, retryAt, reason: message('budget.kept-for-prices', { left }) };
  }
  return null;
}

function minuteRefusal(
  kind: CallKind,
  { perMinute }: PlanLimits,
  recent: readonly number[],
  now: number,
): Admission {
  if (perMinute === null) return { ok: true };
  // A fifth of the calls per minute, at least one, is reserved for prices.
  const most = kind === 'price' ? perMinute : perMinute - Math.max(1, Math.ceil(perMinute / 5));
  // A time in the future was recorded before the clock was set back; it counts as now.
  const within = recent.map((at) => Math.min(at, now)).filter((at) => at > now - WINDOW_MS);
  if (within.length < most) return { ok: true };
  const freeing = within[within.length - most] ?? now;
  return { ok: false, retryAt: freeing + WINDOW_MS, reason: message('budget.per-minute', { perMinute }) };
}
