import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { keepWhereabouts, waitLong } from '../archive/archive-lock.ts';
import type { RunInDatabase } from '../work/with-provider.ts';

/** Any number will do that no other program takes for its own lock on the same database. */
const IMPORT_LOCK_KEY = 7_206_341_125;

/**
 * Runs work while no other program imports into this database, and no month goes to the archive or comes back: what is there
 * already is looked up before it is written.
 *
 * @throws MessageError when another program imports, or the tables of an earlier version are still being copied
 */
export async function withImportLock<T>(run: RunInDatabase, work: () => Promise<T>): Promise<T> {
  return run(async (client) => {
    await waitLong(client);
    const { rows } = await client.query<{ taken: boolean; copying: boolean }>(
      `select
         pg_try_advisory_xact_lock($1) as taken,
         to_regclass('ticks_to_move') is not null as copying`,
      [IMPORT_LOCK_KEY],
    );
    if (rows[0]?.taken !== true) throw new MessageError(message('import.other-program'));
    if (rows[0].copying) throw new MessageError(message('verify.copying'));
    await keepWhereabouts(client);
    return work();
  }, 0);
}
