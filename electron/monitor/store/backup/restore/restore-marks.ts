import { type ClientBase, escapeLiteral, type PoolClient } from 'pg';
import { t } from '../../../../../shared/messages/message.ts';
import { BACKUP_TABLES } from '../backup-tables.ts';

/** The progress that is recorded in the database during a restore. */
export type RestoreMarks = {
  /** The id of the backup. */
  readonly backup: string;
  /** The paths of the restored parts. */
  readonly done: ReadonlySet<string>;
};

/** Tables that are emptied for a restore and that other sessions cannot write to meanwhile. */
const OWN_TABLES = [...BACKUP_TABLES.map(({ name }) => name), 'archive_proofs'];

/** Null when no restore is in progress. */
export async function readMarks(client: ClientBase): Promise<RestoreMarks | null> {
  const { rows: found } = await client.query<{ there: boolean }>(
    `select to_regclass('restored_parts') is not null as there`,
  );
  if (found[0]?.there !== true) return null;
  const { rows } = await client.query<{ backup: string; path: string | null }>(
    'select backup, path from restored_parts',
  );
  const done = rows.flatMap(({ path }) => (path === null ? [] : [path]));
  return { backup: rows[0]?.backup ?? '', done: new Set(done) };
}

/**
 * Begins a restore: empties the tables, records the backup and blocks writes by other sessions. A program that is running on this
 * database keeps its prices in the log until the end.
 */
export async function beginRestore(client: PoolClient, backup: string): Promise<void> {
  await client.query('drop table if exists restored_parts');
  await client.query('create table restored_parts (backup text not null, path text unique)');
  await client.query('insert into restored_parts (backup) values ($1)', [backup]);
  await client.query(`
    create or replace function refuse_while_restoring() returns trigger language plpgsql as $$
    begin
      raise exception using
        message = ${escapeLiteral(t('restore.refuses-writing'))}, errcode = 'object_not_in_prerequisite_state';
    end $$`);
  for (const table of OWN_TABLES) {
    await client.query(`drop trigger if exists restoring on ${table}`);
    await client.query(`
      create trigger restoring before insert or update or delete or truncate on ${table}
      for each statement
      when (current_setting('${RESTORING}', true) is distinct from 'on')
      execute function refuse_while_restoring()`);
  }
  await allowWriting(client);
  await client.query(`truncate ${OWN_TABLES.join(', ')}`);
}

const RESTORING = 'crypto_price_monitor.restoring';

/** Allows this transaction to write to the tables. */
export async function allowWriting(client: PoolClient): Promise<void> {
  await client.query(`select set_config('${RESTORING}', 'on', true)`);
}

/** Records a part as restored, in the transaction that writes it. */
export async function noteRestored(client: PoolClient, backup: string, path: string): Promise<void> {
  await client.query('insert into restored_parts (backup, path) values ($1, $2)', [backup, path]);
}

/** Ends the restore and allows writes again. */
export async function endRestore(client: PoolClient): Promise<void> {
  for (const table of OWN_TABLES) await client.query(`drop trigger if exists restoring on ${table}`);
  await client.query('drop function if exists refuse_while_restoring()');
  await client.query('drop table restored_parts');
}
