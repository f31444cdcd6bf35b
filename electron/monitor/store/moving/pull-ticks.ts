import type { PoolClient } from 'pg';
import { textArray, timestamptzArray } from '../binary/binary-array.ts';
import type { SeriesTick } from '../series/series-ticks.ts';

/**
 * Moves those ticks that are still in the table of an earlier version into the new table, whose key then detects them as
 * repeated. A page that is copied at the same time may contain them too, which is harmless.
 */
export async function pullTicks(client: PoolClient, ticks: readonly SeriesTick[]): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>(
    `select to_regclass('ticks_to_move') is not null as there`,
  );
  if (rows[0]?.there !== true) return;
  await client.query(PULL, [
    textArray(ticks.map(({ tick }) => tick.coinId)),
    textArray(ticks.map(({ tick }) => tick.vsCurrency)),
    textArray(ticks.map(({ tick }) => tick.source)),
    timestamptzArray(ticks.map(({ tick }) => tick.observedAt)),
  ]);
}

const PULL = `
  with pulled as (
    delete from ticks_to_move as old
    using unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
      as given (coin_id, vs_currency, source, observed_at)
    where old.coin_id = given.coin_id and old.vs_currency = given.vs_currency
      and old.observed_at = given.observed_at and old.source = given.source
    returning old.coin_id, old.vs_currency, old.source, old.observed_at, old.price, old.volume_24h, old.market_cap, old.amount
  )
  insert into series_ticks (observed_at, series_id, price, volume_24h, market_cap, amount)
  select observed_at, series.id, price, volume_24h, market_cap, amount
  from pulled
  join series using (coin_id, vs_currency, source)
  order by 1, 2
  on conflict (observed_at, series_id) do nothing`;
