import { type Message, message } from '../../../../shared/messages/message.ts';
import { type CallCounts, MONTHLY_SHARES, totalOf } from './admission.ts';
import { endOfMonth, startOfMonth } from './credit-month.ts';
import type { PlanLimits } from './plan.ts';

const SECOND_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;

/** The default for a server with unknown cache and limits. */
const DEFAULT_SECONDS = 30;

/** Seconds between polls, and why. */
export type PollInterval = { readonly seconds: number; readonly reason: Message };

export type PollIntervalInput = {
  readonly limits: PlanLimits;
  /** Calls of this month. */
  readonly counts: CallCounts;
  readonly now: number;
  /** The interval set by the user, which is a lower bound; null when not set. */
  readonly preferredSeconds: number | null;
  /** Requests per poll: more than one when the coins do not fit into a URL. */
  readonly callsPerPoll: number;
};

/**
 * Computes the shortest interval that is not below the provider's cache time, the user's setting, the limit per
 * minute, or what the remaining calls of the month allow.
 *
 * The share of history and search is reserved in proportion to the rest of the month, so that what they do not use
 * gradually becomes available to prices.
 */
export function pollInterval(input: PollIntervalInput): PollInterval {
  const { limits, preferredSeconds, callsPerPoll } = input;
  const { cacheSeconds, perMinute } = limits;
  const bounds: PollInterval[] = [];
  if (cacheSeconds > 0) {
    bounds.push({ seconds: cacheSeconds, reason: message('poll.cache', { seconds: cacheSeconds }) });
  } else if (preferredSeconds === null) {
    bounds.push({ seconds: DEFAULT_SECONDS, reason: message('poll.usual') });
  }
  if (perMinute !== null) {
    // Half of the calls per minute are left for other kinds.
    const seconds = Math.ceil((callsPerPoll * 120) / perMinute);
    bounds.push({ seconds, reason: message('budget.per-minute', { perMinute }) });
  }
  if (preferredSeconds !== null) bounds.push({ seconds: preferredSeconds, reason: message('poll.chosen') });
  const month = monthInterval(input);
  if (month !== null) bounds.push(month);
  return bounds.reduce((longest, bound) => (bound.seconds > longest.seconds ? bound : longest));
}

function monthInterval({ limits, counts, now, callsPerPoll }: PollIntervalInput): PollInterval | null {
  const { perMonth } = limits;
  if (perMonth === null) return null;
  const end = endOfMonth(now);
  const leftMs = end - now;
  const left = Math.max(0, perMonth - totalOf(counts));
  const polls = Math.floor(Math.max(0, left - reservedCalls(perMonth, counts, now)) / callsPerPoll);
  const seconds = Math.ceil(leftMs / SECOND_MS / Math.max(1, polls));
  const days = Math.ceil(leftMs / DAY_MS);
  return { seconds, reason: message('poll.month', { perMonth, left, days }) };
}

function reservedCalls(perMonth: number, counts: CallCounts, now: number): number {
  const monthLeft = (endOfMonth(now) - now) / (endOfMonth(now) - startOfMonth(now));
  const unused = (['history', 'catalog'] as const).map((kind) =>
    Math.max(0, perMonth * MONTHLY_SHARES[kind] - counts[kind]),
  );
  return unused.reduce((sum, calls) => sum + calls, 0) * monthLeft;
}
