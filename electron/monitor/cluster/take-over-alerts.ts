import { createSingleRun } from '../async/single-run.ts';
import type { LogBatch, LogCursor } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';

const PAGE = { maxRecords: 500, maxTicks: 5_000 };
const RETRY_MS = 1_000;

export type AlertTakeover = {
  /** There are records to read. Calls while it works are merged into one. */
  wake(): void;
  /** Takes over no more. Resolves when what is being appended is in the log, or failed. */
  stop(): Promise<void>;
};

export type AlertTakeoverOptions = {
  /** The position of the consumer group in the topic of the alerts. */
  readonly cursor: Pick<LogCursor, 'read' | 'commit' | 'rewind'>;
  /** Appends to the log of this process; see `LocalLog.appendTogether`. */
  readonly append: (batches: readonly LogBatch[]) => Promise<number>;
  /** Real time, for the delay before another attempt. */
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Logger;
};

/**
 * Copies alerts from their topic into the log of this process, which the channels follow. A record is committed when its alerts are
 * on disk here. After a failure, alerts may be appended twice; the outbox delivers each once.
 */
export function takeOverAlerts({ cursor, append, clock, log }: AlertTakeoverOptions): AlertTakeover {
  const stopping = new AbortController();

  const takeAll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const records = await cursor.read(PAGE);
      const last = records.at(-1);
      if (last === undefined) return;
      let batches: readonly LogBatch[] = records.map(({ alerts }) => ({ ticks: [], alerts }));
      while (batches.length > 0) batches = batches.slice(await append(batches));
      await cursor.commit(last.offset);
    }
  };

  const run = createSingleRun(async () => {
    try {
      await takeAll();
    } catch (err) {
      log.error({ err }, 'alerts could not be copied to the outbox; trying again');
      cursor.rewind();
      await clock.sleep(RETRY_MS, stopping.signal).catch(() => undefined); // stopped: the next start continues
      run.request();
    }
  });

  return {
    wake: run.request,
    async stop() {
      stopping.abort();
      await run.settled();
    },
  };
}
