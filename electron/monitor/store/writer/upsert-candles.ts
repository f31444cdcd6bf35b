import type { PoolClient } from 'pg';
import { float8Array, int4Array, textArray, timestamptzArray } from './binary-array.ts';
import type { StoredCandle, StoredInterval } from './fold-candles.ts';

/**
 * Merges candles of new ticks into those of the table. Times decide about open and close, never the order of writing; and a
 * candle of trades counts in place of one of prices that were asked for, whichever comes first.
 */
export async function upsertCandles(
  client: PoolClient,
  interval: StoredInterval,
  candles: readonly StoredCandle[],
): Promise<void> {
  await client.query(UPSERT[interval], [
    textArray(candles.map((candle) => candle.coinId)),
    textArray(candles.map((candle) => candle.vsCurrency)),
    textArray(candles.map((candle) => candle.source)),
    timestamptzArray(candles.map((candle) => candle.bucket)),
    float8Array(candles.map((candle) => candle.open)),
    timestamptzArray(candles.map((candle) => candle.openAt)),
    float8Array(candles.map((candle) => candle.high)),
    float8Array(candles.map((candle) => candle.low)),
    float8Array(candles.map((candle) => candle.close)),
    timestamptzArray(candles.map((candle) => candle.closeAt)),
    int4Array(candles.map((candle) => candle.tickCount)),
    float8Array(candles.map((candle) => candle.volume24h)),
    float8Array(candles.map((candle) => candle.traded)),
  ]);
}

const UPSERT: Readonly<Record<StoredInterval, string>> = {
  '1m': upsertInto('candles_1m'),
  '1h': upsertInto('candles_1h'),
};

/** Of the candle that is there and the new one, only one is made of trades: its value counts. Otherwise `merged` does. */
function ofTrades(column: string, merged: string): string {
  return `${column} = case
        when stored.traded is not null and excluded.traded is null then stored.${column}
        when stored.traded is null and excluded.traded is not null then excluded.${column}
        else ${merged}
      end`;
}

function ofFirst(column: string): string {
  return ofTrades(
    column,
    `case when excluded.open_at < stored.open_at then excluded.${column} else stored.${column} end`,
  );
}

function ofLast(column: string): string {
  return ofTrades(
    column,
    `case when excluded.close_at > stored.close_at then excluded.${column} else stored.${column} end`,
  );
}

function upsertInto(table: 'candles_1m' | 'candles_1h'): string {
  return `
    insert into ${table} as stored (
      coin_id, vs_currency, source, bucket,
      open, open_at, high, low, close, close_at, tick_count, volume_24h, traded
    )
    select * from unnest(
      $1::text[], $2::text[], $3::text[], $4::timestamptz[],
      $5::double precision[], $6::timestamptz[], $7::double precision[], $8::double precision[],
      $9::double precision[], $10::timestamptz[], $11::integer[], $12::double precision[],
      $13::double precision[]
    )
    on conflict (coin_id, vs_currency, bucket, source) do update set
      ${ofFirst('open')},
      ${ofFirst('open_at')},
      ${ofTrades('high', 'greatest(stored.high, excluded.high)')},
      ${ofTrades('low', 'least(stored.low, excluded.low)')},
      ${ofLast('close')},
      ${ofLast('volume_24h')},
      ${ofLast('close_at')},
      tick_count = stored.tick_count + excluded.tick_count,
      traded = case
        when excluded.traded is null then stored.traded
        else coalesce(stored.traded, 0) + excluded.traded
      end`;
}
