import { type Observable, observable } from '../observable/observable.ts';

/** How often displayed times are updated: once a second of the monitor, but not more often than can be read. */
const TICK_MS = 1_000;
const MIN_TICK_MS = 250;

/**
 * The monitor's time: set by each snapshot, then running at the speed of the monitor's clock. `get` changes only once a
 * period, so that everything rendered in one pass shows the same time; `now` is exact.
 */
export type MonitorClock = Observable<number> & {
  /** Sets the time, which runs `speed` times as fast as real time. */
  sync(now: number, speed: number): void;
  now(): number;
};

/**
 * @param readMs the machine's clock, which also counts the time that the machine sleeps
 * @param every calls back once a period until the returned function is called
 */
export function createMonitorClock(
  readMs: () => number,
  every: (periodMs: number, onTick: () => void) => () => void,
): MonitorClock {
  let syncedTo = readMs();
  let syncedAt = syncedTo;
  let speed = 1;
  let ticking: { readonly periodMs: number; readonly stop: () => void } | undefined;
  let watchers = 0;

  const now = (): number => Math.round(syncedTo + (readMs() - syncedAt) * speed);
  const shown = observable(now());

  /** Ticks while there are subscribers, as fast as the monitor's time passes. */
  const tick = (): void => {
    const periodMs = watchers === 0 ? 0 : Math.max(MIN_TICK_MS, TICK_MS / Math.max(1, speed));
    if (periodMs === (ticking?.periodMs ?? 0)) return;
    ticking?.stop();
    ticking = periodMs === 0 ? undefined : { periodMs, stop: every(periodMs, () => shown.set(now())) };
  };

  return {
    now,
    get: shown.get,
    sync(monitorNow, monitorSpeed) {
      syncedTo = monitorNow;
      syncedAt = readMs();
      speed = monitorSpeed;
      tick();
      shown.set(monitorNow);
    },
    subscribe(onChange) {
      // Without subscribers the time is not updated, so it may be old for the first one.
      if (watchers === 0) shown.set(now());
      watchers += 1;
      tick();
      const unsubscribe = shown.subscribe(onChange);
      return () => {
        unsubscribe();
        watchers -= 1;
        tick();
      };
    },
  };
}
