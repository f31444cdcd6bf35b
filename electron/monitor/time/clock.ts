/**
 * Where time comes from. Whatever waits or asks the time is given a clock, so that tests run hours in milliseconds
 * and the demo can run faster than real time.
 */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves after `ms` of this clock's time, at once when that is not above 0; rejects with the signal's reason when it
   * aborts.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** How many of this clock's seconds pass in a real one. */
  readonly speed: number;
};

/** Node's timers take at most 2^31-1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

async function sleepRealMs(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      },
      // The moment may have passed while it was computed, and Node warns of a negative time.
      Math.min(Math.max(ms, 0), LONGEST_TIMER_MS),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now(), sleep: sleepRealMs, speed: 1 };

/** Real time that goes on evenly when somebody, or a time server, sets the machine's clock: for durations alone. */
export const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: sleepRealMs,
  speed: 1,
};

/** A clock that agreed with the machine's at `origin` and has run `speed` times as fast since. */
export function scaledClock(speed: number, origin: number): Clock {
  return {
    now: () => Math.round(origin + (Date.now() - origin) * speed),
    sleep: (ms, signal) => sleepRealMs(ms / speed, signal),
    speed,
  };
}

/**
 * A clock that stands still until `advance` is called, for tests. `advance` wakes sleepers in the order of their times
 * and lets what they started settle before it goes on.
 */
export function virtualClock(start: number): Clock & { advance(ms: number): Promise<void> } {
  let now = start;
  type Sleeper = { readonly at: number; readonly wake: () => void };
  const sleepers = new Set<Sleeper>();

  const settle = async (): Promise<void> => {
    // Timers of the real event loop run between two turns, and with them all promises that are ready.
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  };

  return {
    now: () => now,
    speed: 1,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          at: now + ms,
          wake: () => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        sleepers.add(sleeper);
      }),
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        let next: Sleeper | undefined;
        for (const sleeper of sleepers) {
          if (sleeper.at <= end && (next === undefined || sleeper.at < next.at)) next = sleeper;
        }
        if (next === undefined) break;
        now = Math.max(now, next.at);
        sleepers.delete(next);
        next.wake();
        await settle();
      }
      now = end;
    },
  };
}
