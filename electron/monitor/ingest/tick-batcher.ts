import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { LogBatch } from '../log/tick-log.ts';
import type { Clock } from '../time/clock.ts';

/** An append to the local log syncs the disk and a batch is a transaction: affordable once a second, not for each trade. */
const LONGEST_WAIT_MS = 1_000;
const MAX_TICKS = 500;

/**
 * Collects trades into batches. Ticks are passed on in the order in which they arrived, which is the order in which the rules are
 * stepped, now and in a replay. A crash loses at most the ticks of the longest wait.
 */
export type TickBatcher = {
  /** Alerts are passed on immediately, with all ticks before them. */
  add(ticks: readonly Tick[], alerts: readonly Alert[]): void;
  /** Passes on the waiting ticks. */
  flush(): void;
  /** Resolves when the ticks that wait now have been passed on. */
  passedOn(): Promise<void>;
};

/**
 * @param clock real time: what a crash may lose does not depend on the speed of a simulated market
 * @param longestWaitMs the maximum time that a tick waits for others; called for the first tick of each batch
 */
export function createTickBatcher(
  clock: Clock,
  keep: (fetch: LogBatch) => void,
  longestWaitMs: () => number = () => LONGEST_WAIT_MS,
): TickBatcher {
  let ticks: Tick[] = [];
  let waiting: { readonly stopWaiting: AbortController; readonly end: PromiseWithResolvers<void> } | null =
    null;

  const flush = (alerts: readonly Alert[] = []): void => {
    waiting?.stopWaiting.abort();
    endWait();
    if (ticks.length === 0 && alerts.length === 0) return;
    const batch = { ticks, alerts };
    ticks = [];
    keep(batch);
  };

  const endWait = (): void => {
    waiting?.end.resolve();
    waiting = null;
  };

  const flushLater = (): void => {
    if (waiting !== null) return;
    const stopWaiting = new AbortController();
    waiting = { stopWaiting, end: Promise.withResolvers() };
    clock.sleep(longestWaitMs(), stopWaiting.signal).then(
      () => {
        // The wait is over: there is nothing to abort, which would create an error every second.
        endWait();
        flush();
      },
      () => undefined, // flushed in the meantime
    );
  };

  return {
    add(news, alerts) {
      for (const tick of news) ticks.push(tick); // spreading a hundred thousand arguments would overflow the stack
      if (alerts.length > 0 || ticks.length >= MAX_TICKS) flush(alerts);
      else flushLater();
    },
    flush: () => flush(),
    passedOn: async () => waiting?.end.promise,
  };
}
