import type { PoolClient } from 'pg';
import { float8Array, int4Array, timestamptzArray } from '../binary/binary-array.ts';
import { setFloat8, setInt4, setTimestamptz } from '../binary/binary-format.ts';
import { copyRows } from './copy-rows.ts';
import type { FoldedCandle } from './fold-candles.ts';

const COLUMNS =
  'series_id, bucket, open, open_at, high, low, close, close_at, tick_count, volume_24h, traded';
const COLUMN_COUNT = 11;
/** With all columns. */
const BYTES_PER_ROW = 2 + 2 * 8 + 9 * 12;

const COPY = `copy series_candles_1m (${COLUMNS}) from stdin with (format binary)`;

/** Candles as rows for `copyNewCandles`. */
export type CandleRows = {
  add(candle: FoldedCandle): void;
  count(): number;
  bytes(): Buffer;
};

/** @param most the maximum number of candles that are added */
export function createCandleRows(most: number): CandleRows {
  const buffer = Buffer.allocUnsafe(most * BYTES_PER_ROW);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let length = 0;
  let count = 0;
  return {
    add(candle) {
      const at = length;
      view.setInt16(at, COLUMN_COUNT);
      setInt4(view, at + 2, candle.series.id);
      setTimestamptz(view, at + 10, candle.bucket);
      setFloat8(view, at + 22, candle.open);
      setTimestamptz(view, at + 34, candle.openAt);
      setFloat8(view, at + 46, candle.high);
      setFloat8(view, at + 58, candle.low);
      setFloat8(view, at + 70, candle.close);
      setTimestamptz(view, at + 82, candle.closeAt);
      setInt4(view, at + 94, candle.tickCount);
      length = setFloat8(view, setFloat8(view, at + 102, candle.volume24h), candle.traded);
      count++;
    },
    count: () => count,
    bytes: () => buffer.subarray(0, length),
  };
}

/** Inserts candles that are not in the table, from pieces of their rows. Fails with a unique violation when one exists. */
export function copyNewCandles(client: PoolClient, pieces: Iterable<Buffer>): Promise<void> {
  return copyRows(client, COPY, pieces);
}

/** Merges candles of new ticks into those of the table, see `mergeInto`. */
export async function upsertMinutes(client: PoolClient, candles: readonly FoldedCandle[]): Promise<void> {
  await client.query(UPSERT_MINUTES, candleArrays(candles));
}

/** The candles as parameters of `GIVEN_CANDLES`. */
export function candleArrays(candles: readonly FoldedCandle[]): Buffer[] {
  return [
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
  ];
}

/** A relation of the parameters that `candleArrays` makes. */
export const GIVEN_CANDLES = `unnest(
    $1::integer[], $2::timestamptz[],
    $3::double precision[], $4::timestamptz[], $5::double precision[], $6::double precision[],
    $7::double precision[], $8::timestamptz[], $9::integer[], $10::double precision[], $11::double precision[]
  ) as given (${COLUMNS})`;

/** If only one of the existing and the new candle is of trades, uses its value, and otherwise `merged`. */
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

/**
 * Merges candles of new ticks into those of a table. Open and close are decided by time, never by the order of writing. A candle
 * of trades takes precedence over one of polled prices, whichever is written first.
 */
export const mergeInto = (table: 'series_candles_1m' | 'series_candles_1h', given: string): string => `
  insert into ${table} as stored (${COLUMNS})
  select ${COLUMNS} from ${given}
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

const UPSERT_MINUTES = mergeInto('series_candles_1m', GIVEN_CANDLES);
