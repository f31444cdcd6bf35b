import { type CallCounts, MONTHLY_SHARES, totalOf } from './admission.ts';
import { endOfMonth, startOfMonth } from './month.ts';
import type { PlanLimits } from './plan.ts';

const SECOND_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;

/** For a server whose cache and limits nobody knows, when the user has not chosen. */
const USUAL_SECONDS = 30;

/** Seconds between price requests, and why just these, in words for the user. */
export type PollInterval = { readonly seconds: number; readonly reason: string };

export type PollIntervalInput = {
  readonly limits: PlanLimits;
  /** Calls of this month. */
  readonly counts: CallCounts;
  readonly now: number;
  /** The user's own wish; the interval is never shorter. */
  readonly wishedSeconds: number | null;
  /** Requests that one poll takes: more than one when the coins do not fit into a URL. */
  readonly callsPerPoll: number;
};

/**
 * The shortest interval that the provider's cache makes worth while, that the limit per minute bears, and that the calls
 * left last for until the month ends, but never shorter than the user wishes.
 *
 * The share of history and search is kept back in proportion to the rest of the month, so what they do not use comes to
 * the prices bit by bit.
 */
export function pollInterval(input: PollIntervalInput): PollInterval {
  const { limits, wishedSeconds, callsPerPoll } = input;
  const { cacheSeconds, perMinute } = limits;
  const bounds: PollInterval[] = [];
  if (cacheSeconds > 0) {
    bounds.push({ seconds: cacheSeconds, reason: `CoinGecko renews its prices every ${cacheSeconds} s` });
  } else if (wishedSeconds === null) {
    bounds.push({ seconds: USUAL_SECONDS, reason: 'the usual interval' });
  }
  if (perMinute !== null) {
    // Half of the minute's calls are left for everything that is not a price.
    const seconds = Math.ceil((callsPerPoll * 120) / perMinute);
    bounds.push({ seconds, reason: `${perMinute} calls a minute are allowed` });
  }
  if (wishedSeconds !== null) bounds.push({ seconds: wishedSeconds, reason: 'your own choice' });
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
  const polls = Math.floor(Math.max(0, left - keptBack(perMonth, counts, now)) / callsPerPoll);
  const seconds = Math.ceil(leftMs / SECOND_MS / Math.max(1, polls));
  const days = Math.ceil(leftMs / DAY_MS);
  return {
    seconds,
    reason:
      `${format(perMonth)} calls a month: ${left === 0 ? 'none' : format(left)} left for ` +
      `${days} ${days === 1 ? 'day' : 'days'}`,
  };
}

function keptBack(perMonth: number, counts: CallCounts, now: number): number {
  const monthLeft = (endOfMonth(now) - now) / (endOfMonth(now) - startOfMonth(now));
  const unused = (['history', 'catalog'] as const).map((kind) =>
    Math.max(0, perMonth * MONTHLY_SHARES[kind] - counts[kind]),
  );
  return unused.reduce((sum, calls) => sum + calls, 0) * monthLeft;
}

const format = (count: number): string => count.toLocaleString('en-US');
