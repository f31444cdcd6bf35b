import type { Clock } from '../time/clock.ts';

/** Long enough that a trade a second costs PostgreSQL a fifth of the transactions, and short enough for who reads along. */
const REST_MS = 5_000;

/**
 * When the next batch is written. While trades trickle in, they are on disk in the log every second, and PostgreSQL
 * gets those of some seconds in one transaction. Whoever does not trickle is not held up: a first fetch, a long queue.
 */
export type WritePace = {
  isDue(): boolean;
  /** All that waited is written: what comes next has time. */
  rest(): void;
  /** Ends a rest: somebody waits for what was accepted. */
  hurry(): void;
  /** Cancels the pending delay. */
  stop(): void;
  /** Calls the listener whenever a rest is over. */
  onDue(listener: () => void): void;
};

export function createWritePace(clock: Clock): WritePace {
  let resting: AbortController | null = null;
  const listeners: (() => void)[] = [];

  const due = (): void => {
    for (const listener of listeners) listener();
  };

  const end = (): void => {
    resting?.abort();
    resting = null;
  };

  return {
    isDue: () => resting === null,
    rest() {
      end();
      const own = new AbortController();
      resting = own;
      clock.sleep(REST_MS, own.signal).then(
        () => {
          resting = null;
          due();
        },
        () => undefined, // it was ended before
      );
    },
    hurry() {
      if (resting === null) return;
      end();
      due();
    },
    stop: end,
    onDue(listener) {
      listeners.push(listener);
    },
  };
}
