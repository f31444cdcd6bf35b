import { createSingleRun } from '../async/single-run.ts';
import type { LogCursor } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { Delivery } from './delivery.ts';
import type { Outbox } from './outbox.ts';

/** Most records are far smaller; what is read at a time takes a few milliseconds. */
const PAGE = { maxRecords: 1_000, maxTicks: 1_000 };
/** Of records without an alert, so many are read before that is noted: reading them again does no harm. */
const COMMIT_EVERY = 100;
const RETRY_MS = 1_000;

export type AlertFollower = {
  /** There are new records. Calls that come while it works are one. */
  wake(): void;
  /** Resolves when all that is in the log now was taken over. */
  stop(): Promise<void>;
};

export type AlertFollowerOptions = {
  readonly cursor: LogCursor;
  /** Takes alerts over; those that come again after a crash, too. */
  readonly take: (alerts: readonly Pick<Delivery, 'alert' | 'takenAt'>[]) => void;
  readonly outbox: Pick<Outbox, 'flush' | 'written'>;
  readonly clock: Clock;
  readonly log: Logger;
};

/**
 * Reads the log from a channel's cursor and hands its alerts over. Records are committed when the outbox has what was taken
 * over on disk. Unlike other consumers it is not scheduled by better-queue, whose push waits for two timers: as long as the
 * rest of the way from the log to the line of an alert.
 */
export function followAlerts({ cursor, take, outbox, clock, log }: AlertFollowerOptions): AlertFollower {
  const stopping = new AbortController();
  let readUpTo: number | null = null;
  let uncommitted = 0;
  let hasAlerts = false;

  const commit = createSingleRun(async () => {
    const offset = readUpTo;
    if (offset === null) return;
    if (!hasAlerts && uncommitted < COMMIT_EVERY && !stopping.signal.aborted) return;
    if (!(await outbox.written())) return; // tried again with the next records
    try {
      await cursor.commit(offset);
    } catch (err) {
      log.error({ err }, 'the log cannot note which alerts were taken over');
      return;
    }
    if (readUpTo !== offset) return commit.request();
    readUpTo = null;
    uncommitted = 0;
    hasAlerts = false;
  });

  const readToEnd = async (): Promise<void> => {
    for (;;) {
      const records = await cursor.read(PAGE);
      const last = records.at(-1);
      if (last === undefined) return;
      const alerts = records.flatMap((record) =>
        record.alerts.map((alert) => ({ alert, takenAt: record.appendedAt })),
      );
      if (alerts.length > 0) take(alerts);
      readUpTo = last.offset;
      uncommitted += records.length;
      hasAlerts ||= alerts.length > 0;
      commit.request();
    }
  };

  const read = createSingleRun(async () => {
    try {
      await readToEnd();
    } catch (err) {
      log.error({ err }, 'alerts cannot be taken over from the log; trying again');
      // To those that were read and not taken over, too.
      cursor.rewind();
      if (stopping.signal.aborted) return;
      await clock.sleep(RETRY_MS, stopping.signal).catch(() => undefined); // woken by stop(): one last try
      read.request();
    }
  });

  return {
    wake: read.request,
    async stop() {
      stopping.abort();
      read.request();
      await read.settled();
      outbox.flush();
      commit.request();
      await commit.settled();
    },
  };
}
