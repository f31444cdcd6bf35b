import { z } from 'zod';

/** A pause of all alerts, on every channel that people read. They are still recorded. */
export const pauseSchema = z.strictObject({
  /** An ISO 8601 time; null for a pause that lasts until alerts are resumed. */
  until: z.iso.datetime({ offset: true }).nullable().default(null),
});
export type Pause = Readonly<z.infer<typeof pauseSchema>>;

/** The pause; null if there is none or it is over. */
export function pauseInForce(pause: Pause | null, now: number): Pause | null {
  return pause !== null && (pause.until === null || Date.parse(pause.until) > now) ? pause : null;
}

/** How long a person can pause alerts for, in the order of a menu. */
export const PAUSE_CHOICES = ['15-minutes', '1-hour', 'until-tomorrow', 'until-resumed'] as const;
export type PauseChoice = (typeof PAUSE_CHOICES)[number];

const MINUTE_MS = 60_000;

/** When "tomorrow" begins for a person: a pause that is set at 01:00 ends the same morning. */
const MORNING_HOUR = 8;

/** The pause that a person chooses at an instant of their local time. */
export function pauseOf(choice: PauseChoice, now: number): Pause {
  switch (choice) {
    case '15-minutes':
      return pauseUntil(now + 15 * MINUTE_MS);
    case '1-hour':
      return pauseUntil(now + 60 * MINUTE_MS);
    case 'until-tomorrow':
      return pauseUntil(nextMorning(now));
    case 'until-resumed':
      return { until: null };
  }
}

const pauseUntil = (at: number): Pause => ({ until: new Date(at).toISOString() });

/** The next 08:00 local time, also on days on which the clocks change. */
function nextMorning(now: number): number {
  const date = new Date(now);
  const morning = new Date(date.getFullYear(), date.getMonth(), date.getDate(), MORNING_HOUR);
  if (morning.getTime() <= now) morning.setDate(morning.getDate() + 1);
  return morning.getTime();
}
