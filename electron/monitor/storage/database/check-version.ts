import type { PoolClient } from 'pg';
import { RefusedDatabase } from './migrate.ts';

/** `date_bin`, which candles are computed with, came with PostgreSQL 14. */
const OLDEST_SERVER = 14;

/** Throws `RefusedDatabase` when the server is too old. */
export async function checkVersion(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ version: number; text: string }>(
    `select current_setting('server_version_num')::integer / 10000 as version, current_setting('server_version') as text`,
  );
  const found = rows[0];
  if (found !== undefined && found.version < OLDEST_SERVER) {
    throw new RefusedDatabase(
      `The database is PostgreSQL ${found.text}; the program needs version ${OLDEST_SERVER} or newer.`,
    );
  }
}
