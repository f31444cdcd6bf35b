import { type Observable, observable } from './observable.ts';

/** How often what the page shows of time moves on. */
const TICK_MS = 1_000;

/**
 * The monitor's time as the page knows it: set by each snapshot, run on from there at the monitor's speed. `get` stands
 * still between two ticks, so that everything drawn in one pass shows the same time; `now` does not.
 */
export type MonitorClock = Observable<number> & {
  /** The monitor said that its time is `now` and runs `speed` times as fast as real time. */
  sync(now: number, speed: number): void;
  now(): number;
};

/**
 * @param readMs the machine's clock; also counts the time that the machine was asleep
 * @param every calls back once per period until the returned function is called
 */
export function createMonitorClock(
  readMs: () => number,
  every: (periodMs: number, onTick: () => void) => () => void,
): MonitorClock {
  let syncedTo = readMs();
  let syncedAt = syncedTo;
  let speed = 1;
  let stop: (() => void) | undefined;
  let watchers = 0;

  const now = (): number => Math.round(syncedTo + (readMs() - syncedAt) * speed);
  const shown = observable(now());

  return {
    now,
    get: shown.get,
    sync(monitorNow, monitorSpeed) {
      syncedTo = monitorNow;
      syncedAt = readMs();
      speed = monitorSpeed;
      shown.set(monitorNow);
    },
    subscribe(onChange) {
      // Nobody looks, nobody ticks: the first to look may find a time that has stood still for long.
      if (watchers === 0) {
        shown.set(now());
        stop = every(TICK_MS, () => shown.set(now()));
      }
      watchers += 1;
      const unsubscribe = shown.subscribe(onChange);
      return () => {
        unsubscribe();
        watchers -= 1;
        if (watchers === 0) stop?.();
      };
    },
  };
}
