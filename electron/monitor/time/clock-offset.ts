import type { Problem } from '../../../shared/domain/problem.ts';
import { message, text } from '../../../shared/messages/message.ts';
import type { Clock } from './clock.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 86_400 * SECOND_MS;

/** An estimate is much more precise than another if its uncertainty is this many times smaller. */
const MUCH_MORE_PRECISE = 2;
/** Samples kept per host: enough to outvote a wrong one. */
const KEPT_PER_HOST = 5;
/** Smaller offsets are ignored: they are neither certain nor relevant. */
const MIN_OFFSET_MS = 2 * SECOND_MS;
/** Offsets from this size on are reported to the user. */
const REPORTED_MS = MINUTE_MS;
/** Larger offsets are the server's fault: no certificate would be valid that long. */
const MAX_OFFSET_MS = 366 * DAY_MS;
/** When the clock and the monotonic time diverge by more than this, the clock was set or the machine has slept. */
const SET_BY_MS = SECOND_MS;
/** The clock and the monotonic time are compared only if reading them takes no longer. */
const READ_WITHIN_MS = 5;

/** What a response says about the time. Times in milliseconds since the epoch. */
export type TimeSample = {
  /** The host whose clock it is. */
  readonly host: string;
  /** The host's time of the response, in whole seconds. */
  readonly date: number;
  /** Times of the request and the response by the machine's clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The age of the response in a cache; its date may be older by this. */
  readonly ageMs: number;
};

/** The offset of the machine's clock, estimated from the clocks of providers. */
export type ClockOffset = {
  note(timeSample: TimeSample): void;
  /** Milliseconds to add to the machine's clock; 0 while no offset is known. */
  offsetMs(): number;
  /** Whether a response was seen since the start, or since the clock jumped ahead. */
  isKnown(): boolean;
  /** Reports a clock that is more than a minute off; null otherwise. */
  problem(): Problem | null;
};

type Sample = { readonly offsetMs: number; readonly withinMs: number };

export type ClockOffsetOptions = {
  readonly clock: Clock;
  /** Monotonic time, in milliseconds of the clock. */
  readonly elapsed: () => number;
  /** Called with the offset, in milliseconds, when a response has changed it. */
  readonly onChange: (offsetMs: number) => void;
  /** Called with the problem, or null, when a response has changed it. */
  readonly report: (problem: Problem | null) => void;
};

/**
 * Estimates the offset by Cristian's algorithm (F. Cristian, "Probabilistic clock synchronization", 1989): the host's clock
 * showed its date at some time between request and response, which gives an interval for the offset. The estimate is the
 * median of the hosts' medians; of two contradicting hosts, the one closer to the machine's clock. An offset whose interval
 * contains zero, or of less than two seconds, is ignored.
 */
export function createClockOffset({ clock, elapsed, onChange, report }: ClockOffsetOptions): ClockOffset {
  let hosts = new Map<string, readonly Sample[]>();
  let offset: Sample = { offsetMs: 0, withinMs: 0 };
  let originMs = clock.now() - elapsed();
  let reported: string | null = null;

  const shifted = ({ offsetMs, withinMs }: Sample, byMs: number): Sample => ({
    offsetMs: offsetMs + byMs,
    withinMs,
  });

  /**
   * When the clock was set back, the offset grows by as much. When it jumped ahead, it was set or the machine has slept:
   * the samples are worthless, and the estimate starts again with the next response.
   */
  const followLeaps = (): void => {
    const before = elapsed();
    const now = clock.now();
    const after = elapsed();
    if (after - before > READ_WITHIN_MS * clock.speed) return;
    const leapMs = Math.round(now - after - originMs);
    originMs = now - after;
    if (Math.abs(leapMs) <= Math.max(SET_BY_MS, 2 * READ_WITHIN_MS * clock.speed)) return;
    if (leapMs > 0) {
      hosts = new Map();
      offset = { offsetMs: 0, withinMs: 0 };
      return;
    }
    hosts = new Map([...hosts].map(([host, samples]) => [host, samples.map((one) => shifted(one, -leapMs))]));
    offset = hosts.size === 0 ? offset : shifted(offset, -leapMs);
  };

  const estimate = (): Sample => {
    const medians = [...hosts.values()]
      .map((samples) => middle(samples))
      .filter((sample) => sample !== undefined);
    const found = middle(medians);
    // Hysteresis: an offset in use is dropped only when it may be zero, or a clock that is off by about the minimum would
    // be corrected back and forth.
    const leastMs = offset.offsetMs === 0 ? MIN_OFFSET_MS : 0;
    const isCertain = found !== undefined && Math.abs(found.offsetMs) > found.withinMs + leastMs;
    return isCertain ? found : { offsetMs: 0, withinMs: 0 };
  };

  const problem = (): Problem | null => {
    const { offsetMs, withinMs } = offset;
    if (Math.abs(offsetMs) - withinMs <= REPORTED_MS) return null;
    const wholeMinutes = Math.round(Math.abs(offsetMs) / MINUTE_MS) * MINUTE_MS;
    return {
      id: 'clock',
      message: message('clock.off', {
        offsetMs: Math.sign(offsetMs) * wholeMinutes,
        hosts: [...hosts.keys()],
      }),
    };
  };

  const reportChange = (): void => {
    const now = problem();
    const shown = now === null ? null : text(now.message);
    if (shown === reported) return;
    reported = shown;
    report(now);
  };

  return {
    note({ host, date, sentAt, receivedAt, ageMs }) {
      followLeaps();
      const least = date - receivedAt;
      const most = date + SECOND_MS + ageMs - sentAt;
      const sample = { offsetMs: Math.round((least + most) / 2), withinMs: Math.abs(most - least) / 2 };
      if (Math.abs(sample.offsetMs) > MAX_OFFSET_MS) return;
      hosts.set(host, [...(hosts.get(host) ?? []), sample].slice(-KEPT_PER_HOST));
      const before = offset;
      offset = estimate();
      if (isSame(before, offset)) offset = before;
      if (offset !== before) onChange(offset.offsetMs);
      reportChange();
    },
    offsetMs() {
      followLeaps();
      return offset.offsetMs;
    },
    isKnown() {
      followLeaps();
      return hosts.size > 0;
    },
    problem() {
      followLeaps();
      return problem();
    },
  };
}

/**
 * Whether an estimate says nothing new: within the precision of both it is the offset before, and not much more precise. Keeping that
 * one avoids jitter of the corrected clock, but the first response after a start may have taken seconds.
 */
function isSame(before: Sample, after: Sample): boolean {
  const isWithin = Math.abs(after.offsetMs - before.offsetMs) <= before.withinMs + after.withinMs;
  return isWithin && after.withinMs * MUCH_MORE_PRECISE >= before.withinMs;
}

/** The median sample by offset; of two in the middle, the one closer to zero. */
function middle(samples: readonly Sample[]): Sample | undefined {
  const sorted = samples.toSorted((a, b) => a.offsetMs - b.offsetMs);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) return undefined;
  return Math.abs(low.offsetMs) <= Math.abs(high.offsetMs) ? low : high;
}

/** The machine's clock, corrected by the offset. Waits are durations and need no correction. */
export function correctedClock(clock: Clock, offset: Pick<ClockOffset, 'offsetMs'>): Clock {
  return { now: () => clock.now() + offset.offsetMs(), sleep: clock.sleep, speed: clock.speed };
}

/** A `fetch` that takes the time from responses: the header `Date`, and `Age` when they come from a cache. */
export function fetchNotingTime(
  fetch: typeof globalThis.fetch,
  clock: Clock,
  offset: Pick<ClockOffset, 'note'>,
): typeof globalThis.fetch {
  return async (input, init) => {
    const sentAt = clock.now();
    const response = await fetch(input, init);
    const receivedAt = clock.now();
    const date = Date.parse(response.headers.get('date') ?? '');
    const host = URL.parse(input instanceof Request ? input.url : String(input))?.host;
    if (Number.isNaN(date) || host === undefined) return response;
    const age = Number(response.headers.get('age') ?? 0);
    const ageMs = Number.isFinite(age) && age > 0 ? age * SECOND_MS : 0;
    offset.note({ host, date, sentAt, receivedAt, ageMs });
    return response;
  };
}
