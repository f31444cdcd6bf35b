import { type Message, message } from '../../../../shared/messages/message.ts';
import type { Retention } from '../../../../shared/settings/retention.ts';
import type { Clock } from '../../time/clock.ts';
import { type RunInTransaction, withArchiveAsOwner } from './archive-lock.ts';
import { archiveMonth } from './archive-month.ts';
import { monthLabel } from './archive-path.ts';
import { dropMonthUnarchived } from './drop-month.ts';
import type { DueMonth } from './due-months.ts';
import { readDue } from './read-due.ts';
import type { OpenedTargets } from './targets/open-targets.ts';

export type RetentionContext = {
  readonly run: RunInTransaction;
  readonly targets: OpenedTargets;
  readonly retention: Retention;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called with the current state, several times a second. */
  readonly onProgress: (state: Message) => void;
  /** Called for each completed month. */
  readonly onDone: (result: Message) => void;
};

/**
 * Archives the months that are due, oldest first, or deletes them when there is no archive and the user has enabled deletion.
 * Ends at the first month that cannot be archived; nothing of it is dropped.
 *
 * @throws ArchiveError, MessageError, and the errors of the database
 */
export async function runRetention(context: RetentionContext): Promise<void> {
  const { run, retention, clock } = context;
  await withArchiveAsOwner(run, async () => {
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
  const { rows, files, bytes, adopted, others } = archived;
  const seconds = (clock.now() - startedAt) / 1_000;
  onDone(message('archive.done', { ...where, rows, files, bytes, seconds }));
  if (adopted > 0) onDone(message('archive.adopted', { ...where, files: adopted }));
  for (const path of others) onDone(message('archive.other-file', { path }));
}
