/**
 * The source of time. It is passed to everything that waits or reads the time, so that tests run hours in milliseconds and
 * the demo runs faster than real time.
 */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves after `ms` of this clock's time, immediately when `ms` is not positive. Rejects with the signal's reason when it
   * aborts.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** How many seconds of this clock pass in a real second. */
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
      // The time may have passed during the computation, and Node warns of a negative delay.
      Math.min(Math.max(ms, 0), LONGEST_TIMER_MS),
    );
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now(), sleep: sleepRealMs, speed: 1 };

/** Real time that is not affected when the machine's clock is set. Use it for durations only. */
export const steadyClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: sleepRealMs,
  speed: 1,
};

/** A clock that equals the machine's at `origin` and runs `speed` times as fast from then on. */
export function scaledClock(speed: number, origin: number): Clock {
  return {
    now: () => Math.round(origin + (Date.now() - origin) * speed),
    sleep: (ms, signal) => sleepRealMs(ms / speed, signal),
    speed,
  };
}

/**
 * A clock for tests that moves only when `advance` is called. `advance` wakes sleepers in the order of their times and lets
 * the work that they start settle before it continues.
 */
export function virtualClock(start: number): Clock & { advance(ms: number): Promise<void> } {
  let now = start;
  type Sleeper = { readonly at: number; readonly wake: () => void };
  const sleepers = new Set<Sleeper>();

  const settle = async (): Promise<void> => {
    // Between two turns of the real event loop, timers run and ready promises settle.
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
