import type { Message } from '../../../../shared/messages/message.ts';
import type { RunInTransaction } from './archive-lock.ts';
import { type KnownFile, readAllFiles } from './archive-tables.ts';
import { ARCHIVED_TABLES } from './archived-table.ts';
import { faultOfFile } from './hashed-file.ts';
import type { OpenedTargets } from './targets/open-targets.ts';

export type VerifyArchiveOptions = {
  readonly run: RunInTransaction;
  readonly targets: Pick<OpenedTargets, 'open'>;
  /** Only months that begin in this range; `to` is excluded. */
  readonly from: number;
  readonly to: number;
  /** Called for each file with its fault, or null. */
  readonly onFile: (file: KnownFile, fault: Message | null) => void;
};

/** Reads all files of the archive and compares size, bytes and rows with what was written. */
export async function verifyArchive({ run, targets, from, to, onFile }: VerifyArchiveOptions): Promise<void> {
  const files = await run(readAllFiles);
  for (const file of files) {
    const table = ARCHIVED_TABLES.find(({ partitioned }) => partitioned.name === file.relation);
    if (file.written === null || table === undefined || file.month < from || file.month >= to) continue;
    onFile(
      file,
      await faultOfFile(await targets.open(file.archiveUrl), file.path, table.schema, file.written, true),
    );
  }
}
