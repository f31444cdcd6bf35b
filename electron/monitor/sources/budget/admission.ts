import { endOfMonth } from './month.ts';
import type { PlanLimits } from './plan.ts';

/**
 * What a call is for. `price`: the feed's own. `history`: candles of the past. `catalog`: search, lists of coins and
 * currencies, and questions about the key.
 */
export type CallKind = 'price' | 'history' | 'catalog';

export type CallCounts = Readonly<Record<CallKind, number>>;

export const NO_CALLS: CallCounts = { price: 0, history: 0, catalog: 0 };

export const totalOf = (counts: CallCounts): number => counts.price + counts.history + counts.catalog;

/** The most of a month's calls that each kind may take; prices get whatever the others leave. */
export const MONTHLY_SHARES: Readonly<Record<Exclude<CallKind, 'price'>, number>> = {
  history: 0.2,
  catalog: 0.05,
};

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** Clocks of two machines do not run alike; a call at the very edge of a minute may count in the one before. */
export const WINDOW_MS = MINUTE_MS + SECOND_MS;
/** However much history is wanted, enough is left for a price this often until the month ends. */
const SPAREST_PRICE_MS = 15 * MINUTE_MS;

/** What was called: in this month, and when in the last minute (oldest first). */
export type CallsMade = { readonly counts: CallCounts; readonly recent: readonly number[] };

/** Whether a call may be made now; if not, from when on it may be tried again and why it has to wait. */
export type Admission =
  | { readonly ok: true }
  | { readonly ok: false; readonly retryAt: number; readonly reason: string };

/** Whether a call of this kind fits into the month and the minute that `now` is in. */
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
  if (left <= 0)
    return { ok: false, retryAt, reason: `the ${format(perMonth)} calls of this month are used up` };
  if (kind === 'price') return null;
  const share = Math.floor(perMonth * MONTHLY_SHARES[kind]);
  if (counts[kind] >= share) {
    return {
      ok: false,
      retryAt,
      reason: `the ${format(share)} calls that ${kind} may make this month are used up`,
    };
  }
  if (left <= Math.ceil((retryAt - now) / SPAREST_PRICE_MS)) {
    return { ok: false, retryAt, reason: `the last ${format(left)} calls of this month are kept for prices` };
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
  // A fifth of the minute, at least one call, is never anybody's but the feed's.
  const most = kind === 'price' ? perMinute : perMinute - Math.max(1, Math.ceil(perMinute / 5));
  // A time that is yet to come was noted before the clock was set back: it counts as of now.
  const within = recent.map((at) => Math.min(at, now)).filter((at) => at > now - WINDOW_MS);
  if (within.length < most) return { ok: true };
  const freeing = within[within.length - most] ?? now;
  return { ok: false, retryAt: freeing + WINDOW_MS, reason: `${perMinute} calls a minute are allowed` };
}

const format = (count: number): string => count.toLocaleString('en-US');
