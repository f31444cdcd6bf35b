import type { Clock } from '../time/clock.ts';

/** A person sees no more than about four numbers a second. */
const LEAST_GAP_MS = 250;

/** Tells of each coin's new price at most four times a second: the first at once, the newest when its time has come. */
export type PriceThrottle = {
  changed(coinIds: Iterable<string>): void;
  stop(): void;
};

/**
 * @param clock real time: the page is looked at by people
 * @param tell is called with the coins whose newest price is to be told now
 */
export function createPriceThrottle(
  clock: Clock,
  tell: (coinIds: ReadonlySet<string>) => void,
): PriceThrottle {
  const stopping = new AbortController();
  const toldAt = new Map<string, number>();
  const waiting = new Set<string>();
  let isWaiting = false;

  const tellDue = (coinIds: Iterable<string>): void => {
    const now = clock.now();
    const due = new Set<string>();
    for (const coinId of coinIds) {
      // A clock that was set back must not silence a coin until it has caught up.
      const since = Math.abs(now - (toldAt.get(coinId) ?? Number.NEGATIVE_INFINITY));
      if (since >= LEAST_GAP_MS) {
        due.add(coinId);
        toldAt.set(coinId, now);
        waiting.delete(coinId);
      } else waiting.add(coinId);
    }
    if (due.size > 0) tell(due);
    if (waiting.size > 0 && !isWaiting) void wait();
  };

  const wait = async (): Promise<void> => {
    isWaiting = true;
    while (waiting.size > 0 && !stopping.signal.aborted) {
      const oldest = Math.min(...[...waiting].map((coinId) => toldAt.get(coinId) ?? 0));
      const left = oldest + LEAST_GAP_MS - clock.now();
      try {
        await clock.sleep(Math.min(Math.max(left, 1), LEAST_GAP_MS), stopping.signal);
      } catch {
        return; // stopped: nobody looks any more
      }
      tellDue([...waiting]);
    }
    isWaiting = false;
  };

  return {
    changed: tellDue,
    stop: () => stopping.abort(),
  };
}
