import type { Problem } from '../../../../shared/domain/problem.ts';
import { message, text } from '../../../../shared/messages/message.ts';
import { messageOf } from '../../../../shared/messages/message-error.ts';
import type { Retention } from '../../../../shared/settings/retention.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import type { RunInTransaction } from './archive-lock.ts';
import { readDue } from './read-due.ts';
import type { RetentionRun, WorkerInput } from './retention-worker.ts';

const CHECK_EVERY_MS = 3_600_000;
const RETRY_MS = 600_000;
const MINUTE_MS = 60_000;

/** Archives due months while the program runs. */
export type RetentionSchedule = {
  /** Checks now and every hour, until the signal aborts. */
  keep(signal: AbortSignal): Promise<void>;
  /** Call when the settings have changed: checks again immediately. */
  changed(): void;
};

export type RetentionScheduleOptions = {
  readonly run: RunInTransaction;
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
  readonly retention: () => Retention;
  /** The URL of the database, with its password. */
  readonly databaseUrl: () => Promise<string>;
  /** See `openTarget`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly archive: (input: WorkerInput, run: RetentionRun) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly report: {
    /** Called with what is being archived, or why nothing is. */
    progress(problem: Problem | null): void;
    size(problem: Problem | null): void;
  };
};

function retentionOnly(settings: Retention): Retention {
  const { archiveUrl, keepTicksDays, keepMinutesDays, maxDatabaseGb, deleteWithoutArchive } = settings;
  return { archiveUrl, keepTicksDays, keepMinutesDays, maxDatabaseGb, deleteWithoutArchive };
}

/** Whether the settings never archive or delete anything, so that no check is needed. */
const keepsAll = ({ archiveUrl, deleteWithoutArchive, maxDatabaseGb }: Retention): boolean =>
  archiveUrl === null && !deleteWithoutArchive && maxDatabaseGb === null;

export function createRetentionSchedule(options: RetentionScheduleOptions): RetentionSchedule {
  const { run, whenReady, retention, clock, log, report } = options;
  let wake = new AbortController();
  /** The last logged message about missing privileges; null again when months can be archived. */
  let loggedLack: string | null = null;

  /** Reports why months cannot be archived. Returns the delay before the next try. */
  const refused = (error: unknown): number => {
    const reason = messageOf(error);
    // An administrator has to act: checking again in an hour is soon enough, and the reason is logged without a stack trace.
    const lacksRights = reason.code === 'archive.not-owner';
    const pauseMs = lacksRights ? CHECK_EVERY_MS : RETRY_MS;
    const why = message('archive.stopped', { reason, inMinutes: pauseMs / MINUTE_MS });
    if (!lacksRights) log.warn({ err: error }, 'months that are due cannot be archived; trying again later');
    else if (loggedLack !== text(why)) log.warn(text(why));
    loggedLack = lacksRights ? text(why) : null;
    report.progress({ id: 'archive', message: why });
    return pauseMs;
  };

  const check = async (signal: AbortSignal): Promise<void> => {
    if (keepsAll(retention())) {
      report.progress(null);
      report.size(null);
      return;
    }
    const { months } = await readDue(run, retention(), clock.now());
    if (months.length > 0) {
      // The environment is copied to the worker, so only what it needs is passed.
      const env = { HDFS_DELEGATION_TOKEN: options.env.HDFS_DELEGATION_TOKEN };
      const databaseUrl = await options.databaseUrl();
      const input = { databaseUrl, retention: retentionOnly(retention()), now: clock.now(), env };
      await options.archive(input, {
        signal,
        onProgress: (state) => report.progress({ id: 'archive', message: state }),
        onDone: (done) => log.info(text(done)),
      });
    }
    report.progress(null);
    const { tooLarge } = await readDue(run, retention(), clock.now());
    report.size(tooLarge === null ? null : { id: 'database-size', message: tooLarge });
  };

  return {
    async keep(signal) {
      for (;;) {
        await whenReady(signal);
        wake = new AbortController();
        let pauseMs = CHECK_EVERY_MS;
        try {
          await check(signal);
          loggedLack = null;
        } catch (error) {
          if (signal.aborted) return;
          pauseMs = refused(error);
        }
        await clock
          .sleep(pauseMs, AbortSignal.any([signal, wake.signal]))
          .catch(() => signal.throwIfAborted());
      }
    },
    changed() {
      wake.abort();
    },
  };
}
