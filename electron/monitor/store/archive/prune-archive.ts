import type { Clock } from '../../time/clock.ts';
import { monthOf } from '../partitions/partition-month.ts';
import type { RunInTransaction } from './archive-lock.ts';
import {
  forgetFile,
  type KnownFile,
  noteMonth,
  noteUnfinished,
  readAllFiles,
  readMonths,
} from './archive-tables.ts';
import { ARCHIVED_TABLES, type ArchivedTable } from './archived-table.ts';
import type { OpenedTargets } from './targets/open-targets.ts';

/** A month with its files. */
export type PrunableMonth = {
  readonly table: ArchivedTable;
  readonly month: number;
  readonly files: readonly KnownFile[];
};

/** The archived months that ended before an instant, oldest first. */
export async function readPrunable(run: RunInTransaction, before: number): Promise<readonly PrunableMonth[]> {
  const files = await run(readAllFiles);
  return ARCHIVED_TABLES.flatMap((table) => {
    const own = files.filter(
      ({ relation, month }) => relation === table.partitioned.name && monthOf(month).to <= before,
    );
    return [...Map.groupBy(own, ({ month }) => month)].map(([month, each]) => ({
      table,
      month,
      files: each,
    }));
  });
}

/**
 * Deletes the files of a month permanently. They are no longer read from the start of the deletion; after a crash the next call
 * or the next run of retention continues.
 */
export async function pruneMonth(
  run: RunInTransaction,
  targets: Pick<OpenedTargets, 'open'>,
  clock: Clock,
  { table, month, files }: PrunableMonth,
): Promise<void> {
  const whole = monthOf(month);
  await run(async (client) => {
    for (const file of files) await noteUnfinished(client, table, whole, file);
    const known = (await readMonths(client)).find(
      (one) => one.relation === table.partitioned.name && one.month === month,
    );
    // A restored month has its rows in the table, and needs no files.
    if (known?.state === 'archived') await noteMonth(client, table, whole, 'deleted', clock.now());
  });
  for (const file of files) {
    await (await targets.open(file.archiveUrl)).remove(file.path);
    await run((client) => forgetFile(client, table, whole, file));
  }
}
