import type { PoolClient } from 'pg';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { float8Array, textArray, timestamptzArray } from './binary-array.ts';
import { seriesKey } from './fold-candles.ts';

const INSERT_NEW = `
  insert into ticks (coin_id, vs_currency, observed_at, price, volume_24h, market_cap, source, amount)
  select coin_id, vs_currency, observed_at, price, volume_24h, market_cap, source, amount
  from unnest(
    $1::text[], $2::text[], $3::timestamptz[], $4::double precision[],
    $5::double precision[], $6::double precision[], $7::text[], $8::double precision[]
  ) as given (coin_id, vs_currency, observed_at, price, volume_24h, market_cap, source, amount)
  on conflict (coin_id, vs_currency, observed_at, source) do nothing
  returning coin_id, vs_currency, source, extract(epoch from observed_at) * 1000 as observed_at_ms`;

type InsertedKey = {
  readonly coin_id: string;
  readonly vs_currency: string;
  readonly source: string;
  /** `numeric`, which `pg` gives as text. */
  readonly observed_at_ms: string;
};

/**
 * Writes the ticks that the table does not have yet and returns those: slower than COPY, but at ease with what is
 * there already. The ticks are sorted and distinct.
 */
export async function insertNewTicks(client: PoolClient, ticks: readonly Tick[]): Promise<Tick[]> {
  const { rows } = await client.query<InsertedKey>(INSERT_NEW, [
    textArray(ticks.map((tick) => tick.coinId)),
    textArray(ticks.map((tick) => tick.vsCurrency)),
    timestamptzArray(ticks.map((tick) => tick.observedAt)),
    float8Array(ticks.map((tick) => tick.price)),
    float8Array(ticks.map((tick) => tick.volume24h)),
    float8Array(ticks.map((tick) => tick.marketCap)),
    textArray(ticks.map((tick) => tick.source)),
    float8Array(ticks.map((tick) => tick.amount)),
  ]);
  const inserted = new Set(
    rows.map((row) =>
      tickKey(
        { coinId: row.coin_id, vsCurrency: row.vs_currency, source: row.source },
        Number(row.observed_at_ms),
      ),
    ),
  );
  return ticks.filter((tick) => inserted.has(tickKey(tick, tick.observedAt)));
}

function tickKey(series: Pick<Tick, 'coinId' | 'vsCurrency' | 'source'>, observedAt: number): string {
  return `${seriesKey(series)}\n${observedAt}`;
}
