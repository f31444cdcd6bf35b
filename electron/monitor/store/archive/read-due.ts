import { type Message, message } from '../../../../shared/messages/message.ts';
import type { Retention } from '../../../../shared/settings/retention.ts';
import type { RunInTransaction } from './archive-lock.ts';
import { readMonths } from './archive-tables.ts';
import { type DueMonth, dueMonths } from './due-months.ts';
import { readDatabaseBytes, readStoredMonths } from './stored-months.ts';

const GB = 1e9;

export type Due = { readonly months: readonly DueMonth[]; readonly tooLarge: Message | null };

/** The months that are due now; none without an archive, unless deletion is enabled. */
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
