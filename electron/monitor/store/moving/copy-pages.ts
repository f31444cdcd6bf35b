import type { PoolClient } from 'pg';
import { monthsBetween } from '../partitions/partition-month.ts';
import { makePartition, PARTITIONED_TABLES } from '../partitions/partitioned-table.ts';
import { boundsOf, nextPages, notePagesDone, type Progress } from './next-pages.ts';

export type MovedRelation = 'ticks' | 'candles_1m' | 'candles_1h';

/**
 * Creates the partitions for the next pages. Call it in a separate transaction before that of `copyPages`: a query that waits for
 * a new partition to be attached was planned without it. If the same transaction copied rows there, the query would find them
 * neither in the partition nor in the old table.
 */
export async function makePartitionsAhead(
  client: PoolClient,
  relation: MovedRelation,
  pages: number,
): Promise<void> {
  const next = await nextPages(client, relation, pages, '');
  if (next !== null) await makePartitions(client, relation, boundsOf(next));
}

/**
 * Copies the next pages of a table of an earlier version and records the progress in the same transaction, so that copying
 * resumes where it stopped after a crash. Several programs may do this at the same time.
 *
 * @param pages the number of pages of 8 kB per call
 * @returns null when there is nothing left to copy
 */
export async function copyPages(
  client: PoolClient,
  relation: MovedRelation,
  pages: number,
): Promise<Progress | null> {
  const next = await nextPages(client, relation, pages, 'for update');
  if (next === null) return null;
  const bounds = boundsOf(next);
  await client.query(SERIES[relation], bounds);
  // Another program may have copied the pages for which partitions were created.
  await makePartitions(client, relation, bounds);
  await client.query(COPY[relation], bounds);
  await notePagesDone(client, relation, next);
  return { pages: next.all, pagesDone: next.to };
}

async function makePartitions(client: PoolClient, relation: MovedRelation, bounds: string[]): Promise<void> {
  const name = relation === 'ticks' ? 'series_ticks' : 'series_candles_1m';
  const table = PARTITIONED_TABLES.find((one) => one.name === name);
  if (table === undefined || relation === 'candles_1h') return;
  const { rows } = await client.query<{ from_ms: number | null; to_ms: number | null }>(
    `select
       extract(epoch from min(${table.time}))::double precision * 1000 as from_ms,
       extract(epoch from max(${table.time}))::double precision * 1000 as to_ms
     from ${relation}_to_move where ctid >= $1::tid and ctid < $2::tid
       and ${table.time} between '2009-01-01' and now() + interval '2 months'`,
    bounds,
  );
  const [row] = rows;
  if (row === undefined || row.from_ms === null || row.to_ms === null) return;
  for (const month of monthsBetween(row.from_ms, row.to_ms)) await makePartition(client, table, month);
}

const seriesOf = (relation: MovedRelation): string => `
  insert into series (coin_id, vs_currency, source)
  select distinct coin_id, vs_currency, source
  from ${relation}_to_move as old
  where ctid >= $1::tid and ctid < $2::tid
    and not exists (
      select from series
      where series.coin_id = old.coin_id and series.vs_currency = old.vs_currency and series.source = old.source
    )
  order by 1, 2, 3
  on conflict (coin_id, vs_currency, source) do nothing`;

const SERIES: Readonly<Record<MovedRelation, string>> = {
  ticks: seriesOf('ticks'),
  candles_1m: seriesOf('candles_1m'),
  candles_1h: seriesOf('candles_1h'),
};

const candlesOf = (relation: 'candles_1m' | 'candles_1h'): string => `
  insert into series_${relation} (
    series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
  )
  select series.id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
  from ${relation}_to_move as old
  join series using (coin_id, vs_currency, source)
  where old.ctid >= $1::tid and old.ctid < $2::tid
  order by 1, 2`;

const COPY: Readonly<Record<MovedRelation, string>> = {
  // The writer may have moved some of these rows already (`pullTicks`).
  ticks: `
    insert into series_ticks (observed_at, series_id, price, volume_24h, market_cap, amount)
    select observed_at, series.id, price, volume_24h, market_cap, amount
    from ticks_to_move as old
    join series using (coin_id, vs_currency, source)
    where old.ctid >= $1::tid and old.ctid < $2::tid
    order by 1, 2
    on conflict (observed_at, series_id) do nothing`,
  candles_1m: candlesOf('candles_1m'),
  candles_1h: candlesOf('candles_1h'),
};
