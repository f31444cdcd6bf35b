import type { Clock } from '../time/clock.ts';

/** Reduces one trade a second to a fifth of the transactions, and is short enough for programs that read the tables. */
const DELAY_MS = 5_000;

/**
 * Decides when the next batch is written to PostgreSQL. Trades are in the log within a second; in a slow stream, those of several
 * seconds are written in one transaction. A first poll and a long queue are not delayed.
 */
export type WritePace = {
  isDue(): boolean;
  /** Delays the next batch; call it when the queue is empty. */
  delay(): void;
  /** Ends the delay, for an alert, a reader or a long queue that waits for the write. */
  endDelay(): void;
  /** Cancels the pending delay. */
  stop(): void;
  /** Calls the listener whenever a delay is over. */
  onDue(listener: () => void): void;
};

export function createWritePace(clock: Clock): WritePace {
  let pending: AbortController | null = null;
  const listeners: (() => void)[] = [];

  const due = (): void => {
    for (const listener of listeners) listener();
  };

  const cancel = (): void => {
    pending?.abort();
    pending = null;
  };

  return {
    isDue: () => pending === null,
    delay() {
      cancel();
      const own = new AbortController();
      pending = own;
      clock.sleep(DELAY_MS, own.signal).then(
        () => {
          pending = null;
          due();
        },
        () => undefined, // cancelled
      );
    },
    endDelay() {
      if (pending === null) return;
      cancel();
      due();
    },
    stop: cancel,
    onDue(listener) {
      listeners.push(listener);
    },
  };
}
