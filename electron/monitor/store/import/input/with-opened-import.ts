import { message } from '../../../../../shared/messages/message.ts';
import { lockLocations, withWorkLock } from '../../archive/archive-lock.ts';
import type { RunInDatabase } from '../../work/with-provider.ts';
import type { ImportOptions, ImportSummary } from '../import-options.ts';
import { type OpenedInput, openInput } from './open-table.ts';

/** An arbitrary number that no other program is likely to use for a lock on the same database. */
const IMPORT_LOCK_KEY = 7_206_341_125;

/**
 * Runs work while no other program imports into this database and no month is archived or restored: an import looks up existing
 * rows before it writes.
 *
 * @throws MessageError when another program imports, or tables of an earlier version are still being copied
 */
async function withImportLock<T>(run: RunInDatabase, work: () => Promise<T>): Promise<T> {
  const lock = {
    key: IMPORT_LOCK_KEY,
    other: message('import.other-program'),
    copying: message('verify.copying'),
  };
  return withWorkLock(run, lock, async (client) => {
    await lockLocations(client);
    return work();
  });
}

/**
 * Runs an import, while no other one is running, with its input and a temporary file for its rows; both are closed afterwards.
 *
 * @throws MessageError when another import is running, or the input cannot be read or parsed
 */
export async function withOpenedImport<Staged extends { close(): void }>(
  { run, input: given, format, signal }: ImportOptions,
  createStaged: () => Staged,
  work: (input: OpenedInput, staged: Staged) => Promise<ImportSummary>,
): Promise<ImportSummary> {
  return withImportLock(run, async () => {
    const input = await openInput(given, format, signal);
    const staged = createStaged();
    try {
      return await work(input, staged);
    } finally {
      staged.close();
      await input.close();
    }
  });
}
