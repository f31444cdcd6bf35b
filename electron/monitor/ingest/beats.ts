import { BEAT_MS, beatAt } from '../alerts/beat-times.ts';
import type { Clock } from '../time/clock.ts';

/** After a start, a pause or a sleep of the machine, beats are suppressed for this long, so that prices can arrive first. */
const GRACE_MS = 2 * 60_000;
/** A beat that is later than this follows a sleep of the machine, or a change of its clock. */
const LATE_MS = 60_000;

/** Passes the time to the rules every ten seconds, from `start` to `stop`. */
export type Beats = {
  start(): void;
  /** No prices are requested until `resume`, so time without prices does not count. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
};

/**
 * The time that rules receive. It is the only time in the engine that is not the time of a price, and it is not logged: the
 * alerts that it raises are, and a rule that can fire without a new price stores only the times of prices, so that a replay of
 * ticks and alerts restores it.
 */
export function createBeats({
  clock,
  onBeat,
}: {
  readonly clock: Clock;
  readonly onBeat: (at: number) => void;
}): Beats {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let isPaused = false;
  /** The last beat, and the time until which beats are suppressed. */
  let lastAt = clock.now();
  let quietUntil = lastAt + GRACE_MS;

  const beat = (): void => {
    const now = clock.now();
    if (isPaused || now - lastAt > LATE_MS || now < lastAt) quietUntil = now + GRACE_MS;
    lastAt = now;
    if (now >= quietUntil) onBeat(beatAt(now));
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(beatAt(clock.now()) + BEAT_MS - clock.now(), stopping.signal);
      beat();
    }
  };

  return {
    start() {
      lastAt = clock.now();
      quietUntil = lastAt + GRACE_MS;
      running ??= run().catch((error: unknown) => {
        if (!stopping.signal.aborted) throw error;
      });
    },
    pause() {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      quietUntil = clock.now() + GRACE_MS;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
