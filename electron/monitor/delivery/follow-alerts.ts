import { createSingleRun } from '../async/single-run.ts';
import type { LogCursor } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { Delivery } from './delivery.ts';
import type { Outbox } from './outbox.ts';

/** Most records are far smaller; reading a page takes a few milliseconds. */
const PAGE = { maxRecords: 1_000, maxTicks: 1_000 };
/** The number of records without an alert after which the position is committed: reading them again does no harm. */
const COMMIT_EVERY = 100;
const RETRY_MS = 1_000;

export type AlertFollower = {
  /** There are new records. Calls while it runs are merged into one. */
  wake(): void;
  /** Resolves when all alerts that are in the log now have been passed on. */
  stop(): Promise<void>;
};

export type AlertFollowerOptions = {
  readonly cursor: LogCursor;
  /** Receives the alerts, some of them repeatedly: after a crash, or because a broker accepted their record twice. */
  readonly onAlerts: (alerts: readonly Pick<Delivery, 'alert' | 'takenAt'>[]) => void;
  readonly outbox: Pick<Outbox, 'flush' | 'written'>;
  readonly clock: Clock;
  readonly log: Logger;
};

/**
 * Reads the log from a channel's cursor and passes its alerts on. Records are committed when the outbox has their alerts on disk.
 * Unlike other consumers it is not scheduled by better-queue, whose push waits for two timers: as long as the rest of the path
 * from the log to the line of an alert.
 */
export function followAlerts({ cursor, onAlerts, outbox, clock, log }: AlertFollowerOptions): AlertFollower {
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
      log.error({ err }, 'the cursor cannot be committed in the log');
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
      if (alerts.length > 0) onAlerts(alerts);
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
      log.error({ err }, 'alerts cannot be read from the log; retrying');
      // Moves back to the records that were read and not passed on.
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
