import type { Clock } from '../time/clock.ts';

/** A person can read about four numbers a second. */
const MIN_GAP_MS = 250;

/** Emits each coin's price at most four times a second: the first change immediately, later ones when the interval is over. */
export type PriceThrottle = {
  changed(coinIds: Iterable<string>): void;
  stop(): void;
};

/**
 * @param clock real time, because people watch the page
 * @param emit is called with the coins whose newest price is due
 */
export function createPriceThrottle(
  clock: Clock,
  emit: (coinIds: ReadonlySet<string>) => void,
): PriceThrottle {
  const stopping = new AbortController();
  const emittedAt = new Map<string, number>();
  const waiting = new Set<string>();
  let isWaiting = false;

  const emitDue = (coinIds: Iterable<string>): void => {
    const now = clock.now();
    const due = new Set<string>();
    for (const coinId of coinIds) {
      // After the clock was set back, a coin must not wait until the clock has caught up.
      const since = Math.abs(now - (emittedAt.get(coinId) ?? Number.NEGATIVE_INFINITY));
      if (since >= MIN_GAP_MS) {
        due.add(coinId);
        emittedAt.set(coinId, now);
        waiting.delete(coinId);
      } else waiting.add(coinId);
    }
    if (due.size > 0) emit(due);
    if (waiting.size > 0 && !isWaiting) void wait();
  };

  const wait = async (): Promise<void> => {
    isWaiting = true;
    while (waiting.size > 0 && !stopping.signal.aborted) {
      const oldest = Math.min(...[...waiting].map((coinId) => emittedAt.get(coinId) ?? 0));
      const left = oldest + MIN_GAP_MS - clock.now();
      try {
        await clock.sleep(Math.min(Math.max(left, 1), MIN_GAP_MS), stopping.signal);
      } catch {
        return; // stopped
      }
      emitDue([...waiting]);
    }
    isWaiting = false;
  };

  return {
    changed: emitDue,
    stop: () => stopping.abort(),
  };
}
