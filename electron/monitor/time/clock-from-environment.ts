import { type Clock, scaledClock, systemClock } from './clock.ts';

/** Set only by the demo: `<speed>@<origin in ms since the epoch>`, the clock that its simulated market runs on. */
export const CLOCK_VARIABLE = 'MONITOR_DEMO_CLOCK';

/** The machine's clock, or the demo's faster one. */
export function clockFromEnvironment(env: Readonly<Record<string, string | undefined>>): Clock {
  const [speed, origin] = (env[CLOCK_VARIABLE] ?? '').split('@').map(Number);
  if (!speed || !origin) return systemClock;
  return scaledClock(speed, origin);
}
