import { z } from 'zod';

/**
 * Whether alerts are shown. While they are paused they are still written to alerts.txt and the database; there are
 * no notifications, and the tray's icon does not change. Instants in milliseconds since the epoch.
 */
export const pauseSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('until'), at: z.number() }),
  z.object({ kind: z.literal('until-resumed') }),
]);
export type Pause = Readonly<z.infer<typeof pauseSchema>>;

export const NO_PAUSE: Pause = { kind: 'none' };

/** How long a person can pause alerts for, in the order of the menu. */
export const PAUSE_CHOICES = ['15-minutes', '1-hour', 'until-tomorrow', 'until-resumed'] as const;
export type PauseChoice = (typeof PAUSE_CHOICES)[number];

const MINUTE_MS = 60_000;

/** When "tomorrow" begins for a person: a pause that is taken at one in the night ends in the same morning. */
const MORNING_HOUR = 8;

export function pauseOf(choice: PauseChoice, now: number): Pause {
  switch (choice) {
    case '15-minutes':
      return { kind: 'until', at: now + 15 * MINUTE_MS };
    case '1-hour':
      return { kind: 'until', at: now + 60 * MINUTE_MS };
    case 'until-tomorrow':
      return { kind: 'until', at: nextMorning(now) };
    case 'until-resumed':
      return { kind: 'until-resumed' };
  }
}

/** The pause that is in force now; none after its end. */
export function pauseAt(pause: Pause, now: number): Pause {
  return pause.kind === 'until' && pause.at <= now ? NO_PAUSE : pause;
}

/** The next 08:00 of local time; a day on which the clocks change is counted by them. */
function nextMorning(now: number): number {
  const date = new Date(now);
  const morning = new Date(date.getFullYear(), date.getMonth(), date.getDate(), MORNING_HOUR);
  if (morning.getTime() <= now) morning.setDate(morning.getDate() + 1);
  return morning.getTime();
}
