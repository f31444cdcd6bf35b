import { BEAT_MS, beatAt } from '../alerts/beats.ts';
import type { Clock } from '../time/clock.ts';

/** After a start, a pause or a sleep of the machine, no beat is passed on for this long, so that sources can bring prices. */
const GRACE_MS = 2 * 60_000;
/** Later than this, a beat comes after a sleep of the machine, or a change of its clock. */
const LATE_MS = 60_000;

/** Passes the time to the rules every ten seconds, from `start` to `stop`. */
export type Beats = {
  start(): void;
  /** No prices are requested until `resume`, so that time without them means nothing. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
};

/**
 * Time as the rules get it. It is the only time in the engine that is not of a price, and it is not logged: an alert that it raises
 * is, and a rule that time raises remembers nothing but the times of prices, so that a replay of ticks and alerts finds its place.
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
  /** The last beat, and until when none is passed on. */
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
