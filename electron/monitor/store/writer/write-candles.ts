import type { PoolClient } from 'pg';
import { float8Array, int4Array, timestamptzArray } from '../binary/binary-array.ts';
import { createBinaryFormat } from '../binary/binary-format.ts';
import { beginCopy, copyRows, endCopy } from './copy-rows.ts';
import type { FoldedCandle } from './fold-candles.ts';

const COLUMNS =
  'series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded';
const COLUMN_COUNT = 11;
const BYTES_PER_ROW = 2 + 2 * 8 + 9 * 12;

const COPY = `copy series_candles_1m (${COLUMNS}) from stdin with (format binary)`;

/** Encodes candles as the input of `copyNewCandles`. */
export function encodeCandles(candles: readonly FoldedCandle[]): Buffer {
  const format = createBinaryFormat(32 + candles.length * BYTES_PER_ROW);
  beginCopy(format);
  for (const candle of candles) {
    format.int16(COLUMN_COUNT);
    format.int4Field(candle.series.id);
    format.timestamptzField(candle.bucket);
    format.float8Field(candle.open);
    format.timestamptzField(candle.openAt);
    format.float8Field(candle.high);
    format.float8Field(candle.low);
    format.float8Field(candle.close);
    format.timestamptzField(candle.closeAt);
    format.int4Field(candle.tickCount);
    format.float8Field(candle.volume24h);
    format.float8Field(candle.traded);
  }
  endCopy(format);
  return format.bytes();
}

/** Inserts candles that are not in the table. Fails with a unique violation when one exists. */
export function copyNewCandles(client: PoolClient, encoded: Buffer): Promise<void> {
  return copyRows(client, COPY, encoded);
}

export type MergedTable = 'series_candles_1m' | 'series_candles_1h';

/**
 * Merges candles of new ticks into those of the table. Open and close are decided by time, never by the order of writing, and a
 * candle of trades replaces one of polled prices, whichever is written first.
 */
export async function upsertCandles(
  client: PoolClient,
  table: MergedTable,
  candles: readonly FoldedCandle[],
): Promise<void> {
  await client.query(UPSERT[table], [
    int4Array(candles.map(({ series }) => series.id)),
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

/** If only one of the existing and the new candle consists of trades, its value; otherwise `merged`. */
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

const upsertInto = (table: MergedTable): string => `
  insert into ${table} as stored (${COLUMNS})
  select * from unnest(
    $1::integer[], $2::timestamptz[],
    $3::double precision[], $4::timestamptz[], $5::double precision[], $6::double precision[],
    $7::double precision[], $8::timestamptz[], $9::integer[], $10::double precision[], $11::double precision[]
  )
  on conflict (series_id, bucket) do update set
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

const UPSERT: Readonly<Record<MergedTable, string>> = {
  series_candles_1m: upsertInto('series_candles_1m'),
  series_candles_1h: upsertInto('series_candles_1h'),
};
