import { type Message, message } from '../../../../shared/messages/message.ts';
import type { Retention } from '../../../../shared/settings/retention.ts';
import type { Clock } from '../../time/clock.ts';
import { type RunInTransaction, withArchiveLock } from './archive-lock.ts';
import { archiveMonth } from './archive-month.ts';
import { monthLabel } from './archive-path.ts';
import { readMonths } from './archive-tables.ts';
import { dropMonthUnarchived } from './drop-month.ts';
import { type DueMonth, dueMonths } from './due-months.ts';
import { readDatabaseBytes, readStoredMonths } from './stored-months.ts';
import type { OpenedTargets } from './targets/open-targets.ts';

const GB = 1e9;

export type RetentionContext = {
  readonly run: RunInTransaction;
  readonly targets: OpenedTargets;
  readonly retention: Retention;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called with what is being done, some times a second. */
  readonly onProgress: (state: Message) => void;
  /** Called with each month that is done. */
  readonly onDone: (result: Message) => void;
};

export type Due = { readonly months: readonly DueMonth[]; readonly tooLarge: Message | null };

/** What is due now. Nothing is when there is no archive, and deleting was not asked for. */
export async function readDue(run: RunInTransaction, retention: Retention, now: number): Promise<Due> {
  const { archiveUrl, deleteWithoutArchive, maxDatabaseGb } = retention;
  const found = await run(async (client) => ({
    stored: await readStoredMonths(client),
    known: await readMonths(client),
    databaseBytes: await readDatabaseBytes(client),
  }));
  const { due, isTooLarge } = dueMonths({ ...found, retention, now });
  const mayDrop = archiveUrl !== null || deleteWithoutArchive;
  const most = maxDatabaseGb ?? Number.POSITIVE_INFINITY;
  const remains = mayDrop ? isTooLarge : found.databaseBytes > most * GB;
  const gigabytes = found.databaseBytes / GB;
  return {
    months: mayDrop ? due : [],
    tooLarge: remains ? message('archive.too-large', { gigabytes, most, isArchived: mayDrop }) : null,
  };
}

/**
 * Archives the months that are due, oldest first, or deletes them when there is no archive and the user asked for that. Ends at
 * the first one that cannot be archived; nothing of it is dropped.
 *
 * @throws ArchiveError, MessageError, and what the database throws
 */
export async function runRetention(context: RetentionContext): Promise<void> {
  const { run, retention, clock } = context;
  await withArchiveLock(run, async () => {
    const { months } = await readDue(run, retention, clock.now());
    for (const due of months) {
      context.signal.throwIfAborted();
      await settle(context, due);
    }
  });
}

async function settle(context: RetentionContext, { table, month }: DueMonth): Promise<void> {
  const { run, targets, retention, clock, signal, onProgress, onDone } = context;
  const where = { relation: table.name, month: monthLabel(month) };
  if (retention.archiveUrl === null) {
    await dropMonthUnarchived(run, clock, table, month);
    return onDone(message('archive.deleted', where));
  }
  const startedAt = clock.now();
  const archived = await archiveMonth(
    {
      run,
      target: await targets.open(retention.archiveUrl),
      openTarget: targets.open,
      clock,
      signal,
      onProgress(done, total) {
        onProgress(
          message('archive.running', { ...where, percent: Math.floor((100 * done) / Math.max(1, total)) }),
        );
      },
    },
    table,
    month,
  );
  onDone(message('archive.done', { ...where, ...archived, seconds: (clock.now() - startedAt) / 1_000 }));
}
