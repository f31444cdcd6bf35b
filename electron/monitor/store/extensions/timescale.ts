import { type ClientBase, escapeIdentifier } from 'pg';
import type { Session } from '../connection/session.ts';
import type { Transact } from '../connection/transaction.ts';

type BeforeReady = (transact: Transact, session: Session, signal: AbortSignal) => Promise<void>;

/** Runs the given preparation and then lets TimescaleDB partition the ticks, if possible. */
export function thenUseTimescale(before: BeforeReady): BeforeReady {
  return async (transact, session, signal) => {
    await before(transact, session, signal);
    await transact(session.begin(), async (client) => {
      const schema = await readTimescaleSchema(client);
      if (schema !== null) await divideByTimescale(client, schema);
    });
  };
}

/**
 * The schema of the extension's functions if ticks can become a hypertable: the extension is installed, the user owns the table,
 * and it is empty, so that nothing has to be copied. Otherwise null.
 */
async function readTimescaleSchema(client: ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ schema: string }>(`
    select extnamespace::regnamespace::text as schema
    from pg_extension
    join pg_class on pg_class.oid = to_regclass('series_ticks')
    where extname = 'timescaledb' and relkind = 'p' and pg_has_role(relowner, 'usage')
      and to_regclass('ticks_to_move') is null`);
  const schema = rows[0]?.schema;
  if (schema === undefined) return null;
  // A separate query, which only reads the table if the extension is installed: otherwise, a user without the privilege to read
  // it would get an error here.
  const { rowCount } = await client.query('select from series_ticks limit 1');
  return rowCount === 0 ? schema : null;
}

/**
 * Makes `series_ticks` a hypertable with weekly chunks, compressed after a week. `make_partition` then does nothing for it.
 * Candles keep their partitions: they are updated and few. Source:
 * https://docs.timescale.com/api/latest/hypertable/create_hypertable and /compression.
 */
async function divideByTimescale(client: ClientBase, schema: string): Promise<void> {
  const place = escapeIdentifier(schema);
  await client.query(`
    alter table series_ticks rename to series_ticks_by_month;
    alter index series_ticks_pkey rename to series_ticks_by_month_pkey;
    create table series_ticks (
      like series_ticks_by_month including defaults including comments,
      primary key (observed_at, series_id)
    );
    select ${place}.create_hypertable(
      'series_ticks', 'observed_at', chunk_time_interval => interval '7 days', create_default_indexes => false
    );
    alter table series_ticks set (
      timescaledb.compress, timescaledb.compress_segmentby = 'series_id', timescaledb.compress_orderby = 'observed_at'
    );
    select ${place}.add_compression_policy('series_ticks', interval '7 days');
    create or replace view ticks as
    select coin_id, vs_currency, observed_at, price, volume_24h, market_cap, amount, source
    from series_ticks
    join series on series.id = series_ticks.series_id;
    drop table series_ticks_by_month`);
}
