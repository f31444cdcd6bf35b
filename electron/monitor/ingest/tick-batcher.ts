import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { LogBatch } from '../log/tick-log.ts';
import type { Clock } from '../time/clock.ts';

/** Accepting costs a sync of the disk and writing a transaction: one a second is no burden, one for each trade would be. */
const LONGEST_WAIT_MS = 1_000;
const MOST_TICKS = 500;

/**
 * Gathers trades into fetches. Ticks leave in the order in which they came, which is the order in which the alert rules
 * saw them and will see them again after a restart. A crash loses at most what a second brought.
 */
export type TickBatcher = {
  /** Alerts do not wait: they leave at once, with all that came before them. */
  add(ticks: readonly Tick[], alerts: readonly Alert[]): void;
  /** Hands on what waits. */
  flush(): void;
};

/** @param clock real time: how long a crash may cost does not depend on how fast the market runs */
export function createTickBatcher(clock: Clock, keep: (fetch: LogBatch) => void): TickBatcher {
  let ticks: Tick[] = [];
  let waiting: AbortController | null = null;

  const flush = (alerts: readonly Alert[] = []): void => {
    waiting?.abort();
    waiting = null;
    if (ticks.length === 0 && alerts.length === 0) return;
    const batch = { ticks, alerts };
    ticks = [];
    keep(batch);
  };

  const flushLater = (): void => {
    if (waiting !== null) return;
    waiting = new AbortController();
    clock.sleep(LONGEST_WAIT_MS, waiting.signal).then(
      () => flush(),
      () => undefined, // it was flushed before
    );
  };

  return {
    add(news, alerts) {
      for (const tick of news) ticks.push(tick); // as arguments, a hundred thousand would be too many
      if (alerts.length > 0 || ticks.length >= MOST_TICKS) flush(alerts);
      else flushLater();
    },
    flush: () => flush(),
  };
}
