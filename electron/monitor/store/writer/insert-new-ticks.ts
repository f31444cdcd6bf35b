import type { PoolClient } from 'pg';
import { float8Array, int4Array, timestamptzArray } from '../binary/binary-array.ts';
import type { SeriesTick } from '../series/series-ticks.ts';

const INSERT_NEW = `
  insert into series_ticks (observed_at, series_id, price, volume_24h, market_cap, amount)
  select observed_at, series_id, price, volume_24h, market_cap, amount
  from unnest(
    $1::timestamptz[], $2::integer[], $3::double precision[], $4::double precision[], $5::double precision[],
    $6::double precision[]
  ) as given (observed_at, series_id, price, volume_24h, market_cap, amount)
  on conflict (observed_at, series_id) do nothing
  returning series_id, extract(epoch from observed_at) * 1000 as observed_at_ms`;

type InsertedKey = {
  readonly series_id: number;
  /** `numeric`, which `pg` returns as text. */
  readonly observed_at_ms: string;
};

/**
 * Inserts the ticks that are not in the table yet and returns those. Slower than COPY, but accepts ticks that exist already. The
 * ticks must be sorted and distinct.
 */
export async function insertNewTicks(
  client: PoolClient,
  ticks: readonly SeriesTick[],
): Promise<SeriesTick[]> {
  const { rows } = await client.query<InsertedKey>(INSERT_NEW, [
    timestamptzArray(ticks.map(({ tick }) => tick.observedAt)),
    int4Array(ticks.map(({ series }) => series.id)),
    float8Array(ticks.map(({ tick }) => tick.price)),
    float8Array(ticks.map(({ tick }) => tick.volume24h)),
    float8Array(ticks.map(({ tick }) => tick.marketCap)),
    float8Array(ticks.map(({ tick }) => tick.amount)),
  ]);
  const inserted = new Set(rows.map((row) => keyOf(row.series_id, Number(row.observed_at_ms))));
  return ticks.filter(({ series, tick }) => inserted.has(keyOf(series.id, tick.observedAt)));
}

function keyOf(seriesId: number, observedAt: number): string {
  return `${seriesId} ${observedAt}`;
}
