import type { Quiet } from '../../../shared/domain/quiet.ts';
import { pauseInForce } from '../../../shared/settings/pause.ts';
import type { Settings } from '../../../shared/settings/settings.ts';
import type { Clock } from '../time/clock.ts';
import { quietHoursEnd } from './quiet-hours.ts';

/** Tracks the quiet times, during which nothing is delivered to people: a pause, and the quiet hours. */
export type QuietTimes = {
  /** The settings may have changed. */
  changed(): void;
  stop(): void;
};

export type QuietTimesOptions = {
  readonly settings: () => Pick<Settings, 'pause' | 'quietHours'>;
  /** Real time, also while the program's clock runs faster. */
  readonly clock: Clock;
  /** Called with the current quiet time at the start, and when one begins, ends, or changes its end. Null while there is none. */
  readonly report: (quiet: Quiet | null) => void;
};

const MINUTE_MS = 60_000;

/**
 * Tracks the quiet times as time passes and as the settings change. It checks every minute, and not once at the end: a timer does
 * not run while the machine sleeps, and a person who wakes it in the morning expects the summary then.
 */
export function createQuietTimes({ settings, clock, report }: QuietTimesOptions): QuietTimes {
  let waiting = new AbortController();
  let isStopped = false;
  let last = '';

  const check = (): void => {
    if (isStopped) return;
    waiting.abort();
    waiting = new AbortController();
    const quiet = quietAt(settings(), clock.now());
    if (JSON.stringify(quiet) !== last) {
      last = JSON.stringify(quiet);
      report(quiet);
    }
    const ms = nextCheckMs(settings(), clock.now());
    if (ms !== null) clock.sleep(ms, waiting.signal).then(check, () => undefined); // checked in the meantime
  };

  check();

  return {
    changed: check,
    stop() {
      isStopped = true;
      waiting.abort();
    },
  };
}

/** The quiet time that contains an instant, or null. A pause takes precedence over quiet hours, which it may outlast. */
export function quietAt(
  { pause, quietHours }: Pick<Settings, 'pause' | 'quietHours'>,
  now: number,
): Quiet | null {
  const paused = pauseInForce(pause, now);
  if (paused !== null) {
    return { reason: 'paused', until: paused.until === null ? null : Date.parse(paused.until) };
  }
  const end = quietHoursEnd(quietHours, now);
  return end === null ? null : { reason: 'quiet-hours', until: end };
}

/**
 * The next full minute, at which quiet hours begin and end, or the end of the pause; null when nothing changes without a new
 * setting.
 */
function nextCheckMs({ pause, quietHours }: Pick<Settings, 'pause' | 'quietHours'>, now: number) {
  const until = pauseInForce(pause, now)?.until ?? null;
  if (quietHours === null && until === null) return null;
  const toMinute = MINUTE_MS - (now % MINUTE_MS);
  return until === null ? toMinute : Math.min(toMinute, Date.parse(until) - now);
}
