import { DatabaseError, type PoolClient } from 'pg';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import type { Clock } from '../../time/clock.ts';
import type { Month } from '../partitions/partition-month.ts';
import { partitionName } from '../partitions/partitioned-table.ts';
import { type RunInTransaction, tryLockLocationsForMove } from './archive-lock.ts';
import { monthLabel } from './archive-path.ts';
import {
  fingerprints,
  forgetProofs,
  noteArchivedFiles,
  noteMonth,
  type Proof,
  readProofs,
} from './archive-tables.ts';
import type { ArchivedTable } from './archived-table.ts';

const ATTEMPTS = 10;
const RETRY_MS = 1_000;

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: lock not available, deadlock detected. */
const IN_USE: ReadonlySet<unknown> = new Set(['55P03', '40P01']);

/** Detaching waits for all readers and writers of the table, and later ones queue behind it. */
const LOCK_TIMEOUT = '500ms';

/**
 * Drops the partition of a month if its rows are exactly those verified in the archive, and records in the same transaction where
 * the rows are. Writes to the partition wait meanwhile.
 *
 * @returns false when the rows differ
 */
export async function dropProvenMonth(
  run: RunInTransaction,
  clock: Clock,
  table: ArchivedTable,
  month: Month,
): Promise<boolean> {
  return whenFree(clock, table, month, () =>
    run(async (client) => {
      const partition = partitionName(table.partitioned, month);
      await lockPartition(client, partition);
      const stored = await fingerprints(client, partition);
      if (!isProven(stored, await readProofs(client, table, month))) return false;
      await dropPartition(client, table, month);
      await noteArchivedFiles(client, table, month);
      await noteMonth(client, table, month, 'archived', clock.now());
      await forgetProofs(client, table, month);
      return true;
    }, 0),
  );
}

/** Drops the partition of a month that is in no archive, as the user has requested. */
export async function dropMonthUnarchived(
  run: RunInTransaction,
  clock: Clock,
  table: ArchivedTable,
  month: Month,
): Promise<void> {
  await whenFree(clock, table, month, () =>
    run(async (client) => {
      await lockPartition(client, partitionName(table.partitioned, month));
      await dropPartition(client, table, month);
      await noteMonth(client, table, month, 'deleted', clock.now());
    }, 0),
  );
}

async function lockPartition(client: PoolClient, partition: string): Promise<void> {
  await client.query(`select set_config('lock_timeout', '${LOCK_TIMEOUT}', true)`);
  await client.query(`lock table ${partition} in share row exclusive mode`);
}

async function dropPartition(client: PoolClient, table: ArchivedTable, month: Month): Promise<void> {
  const partition = partitionName(table.partitioned, month);
  if (!(await tryLockLocationsForMove(client))) throw new InUse();
  await client.query(`alter table ${table.partitioned.name} detach partition ${partition}`);
  await client.query(`drop table ${partition}`);
}

/** Another session reads the partition that is to be dropped. */
class InUse extends Error {}

/** Retries until no session uses the partition. */
async function whenFree<T>(
  clock: Clock,
  table: ArchivedTable,
  month: Month,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const isInUse = error instanceof InUse || (error instanceof DatabaseError && IN_USE.has(error.code));
      if (!isInUse) throw error;
      const where = { relation: table.name, month: monthLabel(month) };
      if (attempt === ATTEMPTS) throw new MessageError(message('archive.locked', where), { cause: error });
      await clock.sleep(RETRY_MS);
    }
  }
}

/** Whether the rows of each series are those that were verified. */
function isProven(stored: readonly Proof[], proofs: readonly Proof[]): boolean {
  return unproven(stored, proofs).length === 0;
}

/** The series whose rows differ from those that were verified. */
export function unproven(stored: readonly Proof[], proofs: readonly Proof[]): readonly Proof[] {
  const proven = new Map(proofs.map((proof) => [proof.seriesId, proof]));
  return stored.filter(({ seriesId, rows, fingerprint }) => {
    const proof = proven.get(seriesId);
    return proof === undefined || proof.rows !== rows || proof.fingerprint !== fingerprint;
  });
}
