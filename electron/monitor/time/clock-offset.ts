import type { Problem } from '../../../shared/domain/problem.ts';
import { message, text } from '../../../shared/messages/message.ts';
import type { Clock } from './clock.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 86_400 * SECOND_MS;

/** Answers of one host that are remembered: enough that one that is wrong is outvoted. */
const KEPT_PER_HOST = 5;
/** A smaller difference is not taken up: it is neither certain nor of any weight. */
const LEAST_OFFSET_MS = 2 * SECOND_MS;
/** A difference that people should know of. */
const REPORTED_MS = MINUTE_MS;
/** No certificate is valid for longer, so that a server which is this far away is the one that is wrong. */
const MOST_OFFSET_MS = 366 * DAY_MS;
/** The machine's clock and its count of time passed part by more than this when it was set, or has slept. */
const SET_BY_MS = SECOND_MS;
/** Between reading the two, so much real time may pass at most, or they are not compared. */
const READ_WITHIN_MS = 5;

/** What an answer says about the time. Instants in milliseconds since the epoch. */
export type TimeAnswer = {
  /** Whose clock it is. */
  readonly host: string;
  /** The host's time when it answered, in whole seconds. */
  readonly date: number;
  /** By the machine's clock, when it was asked and when the answer came. */
  readonly askedAt: number;
  readonly answeredAt: number;
  /** How long the answer may have lain in a cache: its date may be older by this. */
  readonly ageMs: number;
};

/** How far the machine's clock is off, by the clocks of those whom the program asks. */
export type ClockOffset = {
  note(answer: TimeAnswer): void;
  /** What has to be added to the machine's clock; 0 while it is right as far as is known. */
  offsetMs(): number;
  /** Whether anybody has told the time since the start, or since the clock leapt ahead. */
  isKnown(): boolean;
  /** A machine's clock that is more than a minute off, in a sentence; null while it is not. */
  problem(): Problem | null;
};

type Sample = { readonly offsetMs: number; readonly withinMs: number };

export type ClockOffsetOptions = {
  readonly clock: Clock;
  /** Time that has passed, in ms of the clock, by a count that nobody sets. */
  readonly elapsed: () => number;
  /** Called with the offset, in milliseconds, when an answer has changed it. */
  readonly onChange: (offsetMs: number) => void;
  /** Called with the problem, or null, when an answer has changed it. */
  readonly report: (problem: Problem | null) => void;
};

/**
 * Estimates the offset by Cristian's method (F. Cristian, "Probabilistic clock synchronization", 1989): the host's clock
 * showed its date at some moment between request and answer, which gives an interval for the difference. Of each host the
 * median counts, of several hosts the median of these; of two that contradict each other the one that is closer to the
 * machine's. A difference whose interval holds zero is none, and one of less than two seconds is not taken up.
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
   * A clock that was set back is off by so much more from then on. One that has leapt ahead was set, or the machine has
   * slept: what was known of it is worthless, and the next answer tells anew.
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
    // One that counts is given up only when it may be none, or a clock that is off by about the least would be set to and fro.
    const leastMs = offset.offsetMs === 0 ? LEAST_OFFSET_MS : 0;
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
    const said = now === null ? null : text(now.message);
    if (said === reported) return;
    reported = said;
    report(now);
  };

  return {
    note({ host, date, askedAt, answeredAt, ageMs }) {
      followLeaps();
      const least = date - answeredAt;
      const most = date + SECOND_MS + ageMs - askedAt;
      const sample = { offsetMs: Math.round((least + most) / 2), withinMs: Math.abs(most - least) / 2 };
      if (Math.abs(sample.offsetMs) > MOST_OFFSET_MS) return;
      hosts.set(host, [...(hosts.get(host) ?? []), sample].slice(-KEPT_PER_HOST));
      const before = offset;
      offset = estimate();
      // Within what an answer can tell, it is the same offset, and the corrected clock does not tremble.
      if (Math.abs(offset.offsetMs - before.offsetMs) <= before.withinMs + offset.withinMs) offset = before;
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

/** The sample in the middle by its offset; of two in the middle the one closer to zero. */
function middle(samples: readonly Sample[]): Sample | undefined {
  const sorted = samples.toSorted((a, b) => a.offsetMs - b.offsetMs);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) return undefined;
  return Math.abs(low.offsetMs) <= Math.abs(high.offsetMs) ? low : high;
}

/** The machine's clock, set right by the offset. Waits are lengths of time, and need no correction. */
export function correctedClock(clock: Clock, offset: Pick<ClockOffset, 'offsetMs'>): Clock {
  return { now: () => clock.now() + offset.offsetMs(), sleep: clock.sleep, speed: clock.speed };
}

/** A `fetch` whose answers tell the time: each has a `Date`, and an `Age` where it comes from a cache. */
export function fetchNotingTime(
  fetch: typeof globalThis.fetch,
  clock: Clock,
  offset: Pick<ClockOffset, 'note'>,
): typeof globalThis.fetch {
  return async (input, init) => {
    const askedAt = clock.now();
    const response = await fetch(input, init);
    const answeredAt = clock.now();
    const date = Date.parse(response.headers.get('date') ?? '');
    const host = URL.parse(input instanceof Request ? input.url : String(input))?.host;
    if (Number.isNaN(date) || host === undefined) return response;
    const age = Number(response.headers.get('age') ?? 0);
    const ageMs = Number.isFinite(age) && age > 0 ? age * SECOND_MS : 0;
    offset.note({ host, date, askedAt, answeredAt, ageMs });
    return response;
  };
}
