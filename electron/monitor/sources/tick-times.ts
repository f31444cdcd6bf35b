import type { Problem } from '../../../shared/domain/problem.ts';
import { type Message, message, text } from '../../../shared/messages/message.ts';
import type { Logger } from '../logging/logger.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The first Bitcoin block, 2009-01-03: no price is older. */
const EARLIEST_MS = 1_230_940_800_000;
/** The clocks of providers differ by seconds. */
export const AHEAD_MS = MINUTE_MS;
/** While the offset of this machine's clock is unknown, it may be further off. */
const AHEAD_UNSYNCED_MS = 5 * MINUTE_MS;
/** A recurring fault is logged immediately and then once in this many times. */
const LOGGED_EVERY = 100;
/** How long after the last rejected time the problem is reported. */
const REPORTED_FOR_MS = HOUR_MS;

/**
 * Why an instant cannot be the time of a price, as the predicate of a sentence about it; null when it can. A price from the future
 * would stay the newest of its coin until its time has come: no newer price would be shown, and no alert raised.
 *
 * @param at in milliseconds since the epoch
 * @param latest the latest plausible instant
 */
export function faultOfTime(at: number, latest: number): Message | null {
  if (at >= EARLIEST_MS && at <= latest) return null;
  const isPlausible = (ms: number): boolean => ms >= EARLIEST_MS && ms <= latest + DAY_MS;
  if (isPlausible(at * 1_000)) return message('tick-time.too-small');
  if (isPlausible(at / 1_000)) return message('tick-time.too-large', { factor: 1_000 });
  if (isPlausible(at / 1_000_000)) return message('tick-time.too-large', { factor: 1_000_000 });
  if (at > latest) return message('tick-time.future', { aheadMs: at - latest + AHEAD_MS });
  return message('tick-time.too-early');
}

/** Decides, for all sources alike, whether the time of a price is plausible, and counts those that are not. */
export type TickTimes = {
  /** The latest plausible time of a price that arrives now. */
  latest(): number;
  /**
   * The same for stored prices, which may have been accepted under another clock setting: a day of tolerance while
   * the clock's offset is unknown.
   */
  latestKept(): number;
  /** Whether the time of a price is plausible; an implausible one is counted, logged and reported. */
  accepts(source: string, market: string, at: number): boolean;
  problem(): Problem | null;
};

export type TickTimesOptions = {
  /** The current time, corrected by the providers' clocks if these are known. */
  readonly now: () => number;
  /** Whether the offset of this machine's clock is known. */
  readonly isKnown: () => boolean;
  readonly log: Logger;
  /** Called with the problem, or null, when it has changed. */
  readonly report: (problem: Problem | null) => void;
};

export function createTickTimes({ now, isKnown, log, report }: TickTimesOptions): TickTimes {
  type Rejected = { readonly market: string; count: number; fault: Message; at: number };
  const rejected = new Map<string, Rejected>();
  const latest = (): number => now() + (isKnown() ? AHEAD_MS : AHEAD_UNSYNCED_MS);

  let reported: string | null = null;

  const problem = (): Problem | null => {
    const recent = [...rejected].filter(([, { at }]) => Math.abs(now() - at) <= REPORTED_FOR_MS);
    if (recent.length === 0) return null;
    const of = recent.map(([source, { market, count, fault }]) =>
      message('tick-times.source', { source, market, count, fault }),
    );
    return { id: 'tick-times', message: message('tick-times.rejected', { of }) };
  };

  const reportChange = (): void => {
    const current = problem();
    const shown = current === null ? null : text(current.message);
    if (shown === reported) return;
    reported = shown;
    report(current);
  };

  return {
    latest,
    latestKept: () => now() + (isKnown() ? AHEAD_MS : DAY_MS),
    accepts(source, market, at) {
      const fault = faultOfTime(at, latest());
      if (fault === null) {
        // An hour may have passed since the last one that was rejected.
        if (reported !== null) reportChange();
        return true;
      }
      const entry = rejected.get(source) ?? { market, count: 0, fault, at: 0 };
      const isNew = entry.count === 0 || now() - entry.at > REPORTED_FOR_MS;
      rejected.set(source, { market, count: entry.count + 1, fault, at: now() });
      if (isNew || entry.count % LOGGED_EVERY === 0) {
        log.warn(
          { source, market, at, count: entry.count + 1 },
          `a price was rejected: its time ${text(fault)}`,
        );
        reportChange();
      }
      return false;
    },
    problem,
  };
}
