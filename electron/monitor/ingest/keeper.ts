import type { Alert } from '../../../shared/domain/alert.ts';
import type { Problem } from '../../../shared/domain/problem.ts';
import type { LogBatch } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import { asSentence } from '../status/as-sentence.ts';
import { nextDelayMs } from '../time/backoff.ts';
import type { Clock } from '../time/clock.ts';

const RETRY = { baseMs: 500, capMs: 30_000 };

/** What waits in memory while the local disk cannot be written: most of two days at the default interval. */
const MOST_WAITING = 5_000;

export type Keeper = {
  /** Takes a fetch over. It is accepted in turn, and its alerts are delivered when it is. Never throws. */
  keep(fetch: LogBatch): void;
  /** What was taken over and is not known to be accepted yet, in its order. */
  waiting(): readonly LogBatch[];
  /** Why fetches wait in memory, or null. */
  problem(): Problem | null;
  /** Tries what waits once more and resolves when that is over. */
  stop(): Promise<void>;
};

export type KeeperOptions = {
  readonly accept: (fetch: LogBatch) => Promise<void>;
  readonly deliver: (alerts: readonly Alert[]) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly onChange: () => void;
};

/**
 * Stands between the alert engine and the disk. An alert is delivered when the fetch that raised it is accepted, so that a
 * crash between the two cannot leave an alert that the database never hears of. When the journal cannot be written,
 * alerts are delivered all the same, and fetches wait in memory in their order.
 */
export function createKeeper({ accept, deliver, clock, random, log, onChange }: KeeperOptions): Keeper {
  type Waiting = { readonly fetch: LogBatch; delivered: boolean };
  const stopping = new AbortController();
  const waiting: Waiting[] = [];
  let error: string | null = null;
  let dropped = 0;
  let working: Promise<void> | null = null;

  const deliverOnce = (item: Waiting): void => {
    if (!item.delivered) deliver(item.fetch.alerts);
    item.delivered = true;
  };

  const fail = (cause: unknown): void => {
    error = cause instanceof Error ? cause.message : String(cause);
    log.error({ err: cause, waiting: waiting.length }, 'cannot write the local journal');
    for (const item of waiting) deliverOnce(item);
    onChange();
  };

  const work = async (): Promise<void> => {
    let delayMs = 0;
    for (let item = waiting[0]; item !== undefined; item = waiting[0]) {
      try {
        await accept(item.fetch);
      } catch (cause) {
        fail(cause);
        if (stopping.signal.aborted) return;
        delayMs = nextDelayMs(delayMs, RETRY, random());
        await clock.sleep(delayMs, stopping.signal).catch(() => undefined); // woken by stop(): one last try
        continue;
      }
      delayMs = 0;
      deliverOnce(item);
      if (waiting[0] === item) waiting.shift(); // it may have been dropped meanwhile
      if (error !== null) {
        error = null;
        onChange();
      }
    }
  };

  return {
    keep(fetch) {
      const item = { fetch, delivered: false };
      waiting.push(item);
      if (error !== null) deliverOnce(item);
      if (waiting.length > MOST_WAITING) {
        waiting.shift();
        dropped++;
      }
      working ??= work().finally(() => {
        working = null;
      });
    },
    waiting: () => waiting.map(({ fetch }) => fetch),
    problem() {
      if (error === null && dropped === 0) return null;
      const lost = dropped > 0 ? ` ${dropped} answers were dropped because too many waited.` : '';
      const now =
        error === null
          ? 'Prices could not be saved for a while.'
          : `Prices cannot be saved: ${asSentence(error)}`;
      const wait = waiting.length > 0 ? ` ${waiting.length} answers wait in memory.` : '';
      return { id: 'journal', message: `${now}${wait}${lost}` };
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
