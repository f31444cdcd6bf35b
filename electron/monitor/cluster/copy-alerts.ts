import { createSingleRun } from '../async/single-run.ts';
import type { LogBatch, LogCursor } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';

const PAGE = { maxRecords: 500, maxTicks: 5_000 };
const RETRY_MS = 1_000;

export type AlertCopier = {
  /** There are records to read. Calls while it works are merged into one. */
  wake(): void;
  /** Copies no more. Resolves when the alerts that are being appended are in the log, or could not be appended. */
  stop(): Promise<void>;
};

export type AlertCopierOptions = {
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
export function copyAlerts({ cursor, append, clock, log }: AlertCopierOptions): AlertCopier {
  const stopping = new AbortController();

  const copyAll = async (): Promise<void> => {
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
      await copyAll();
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
