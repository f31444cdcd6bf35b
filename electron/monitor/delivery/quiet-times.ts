import type { Quiet } from '../../../shared/domain/quiet.ts';
import { pauseInForce } from '../../../shared/settings/pause.ts';
import type { Settings } from '../../../shared/settings/settings.ts';
import type { Clock } from '../time/clock.ts';
import { quietHoursEnd } from './quiet-hours.ts';

/** Follows the times in which people are left alone: a pause that they took, and their quiet hours. */
export type QuietTimes = {
  /** The settings may have changed. */
  changed(): void;
  stop(): void;
};

export type QuietTimesOptions = {
  readonly settings: () => Pick<Settings, 'pause' | 'quietHours'>;
  /** Real time: a person sleeps no faster when the program's clock does. */
  readonly clock: Clock;
  /** Called with the quiet time that is now, and when it began, ended, or ends at another time. Null while there is none. */
  readonly report: (quiet: Quiet | null) => void;
};

const MINUTE_MS = 60_000;

/**
 * Follows the quiet times by themselves and as the settings change. It looks every minute, and not once at the end: a timer does
 * not run while the machine sleeps, and a person who opens it in the morning wants the summary then.
 */
export function createQuietTimes({ settings, clock, report }: QuietTimesOptions): QuietTimes {
  let waiting = new AbortController();
  let isStopped = false;
  let last = '';

  const look = (): void => {
    if (isStopped) return;
    waiting.abort();
    waiting = new AbortController();
    const quiet = quietAt(settings(), clock.now());
    if (JSON.stringify(quiet) !== last) {
      last = JSON.stringify(quiet);
      report(quiet);
    }
    const ms = nextLookMs(settings(), clock.now());
    if (ms !== null) clock.sleep(ms, waiting.signal).then(look, () => undefined); // looked at meanwhile
  };

  look();

  return {
    changed: look,
    stop() {
      isStopped = true;
      waiting.abort();
    },
  };
}

/** The quiet time that an instant is in, or null. A pause goes before quiet hours, which it may outlast. */
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

/** The next full minute, at which quiet hours begin and end, or the end of the pause; null when nothing changes by itself. */
function nextLookMs({ pause, quietHours }: Pick<Settings, 'pause' | 'quietHours'>, now: number) {
  const until = pauseInForce(pause, now)?.until ?? null;
  if (quietHours === null && until === null) return null;
  const toMinute = MINUTE_MS - (now % MINUTE_MS);
  return until === null ? toMinute : Math.min(toMinute, Date.parse(until) - now);
}
