import type { ClientBase } from 'pg';
import { BACKUP_TABLES, DERIVABLE_TABLES } from '../backup-tables.ts';

const VIEWS = ['ticks', 'candles_1m', 'candles_1h'];
const TABLES = [...BACKUP_TABLES.map(({ name }) => name), ...Object.keys(DERIVABLE_TABLES), 'restored_parts'];

/**
 * Drops the objects that migrations of any version have created, so that those of another version can be created. Fails and
 * changes nothing when objects of others depend on them; the error names these.
 */
export async function dropTables(client: ClientBase): Promise<void> {
  await client.query(`drop ${await kindOfDays(client)} if exists ohlcv_daily`);
  await client.query(`drop view if exists ${VIEWS.join(', ')}`);
  await client.query(`drop table if exists ${TABLES.join(', ')}`);
  await client.query('drop function if exists refuse_while_restoring()');
  await client.query('drop function if exists make_partition(text, timestamptz), refresh_ohlcv_daily()');
  await client.query('drop function if exists keep_history_folds()');
  await client.query(
    'drop function if exists fold_history(text[], text[], text[], integer[], timestamptz[])',
  );
}

/** Before version 14 of the schema, the days are a materialized view. */
async function kindOfDays(client: ClientBase): Promise<'materialized view' | 'view'> {
  const { rows } = await client.query(
    `select from pg_class where oid = to_regclass('ohlcv_daily') and relkind = 'm'`,
  );
  return rows.length > 0 ? 'materialized view' : 'view';
}
