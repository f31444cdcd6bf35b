import { createBinaryFormat } from '../binary/binary-format.ts';
import type { SeriesTick } from '../series/series-ticks.ts';
import { beginCopy, endCopy } from './copy-rows.ts';

export const COPY_TICKS = `
  copy series_ticks (observed_at, series_id, price, volume_24h, market_cap, amount)
  from stdin with (format binary)`;
const COLUMN_COUNT = 6;
/** The size of a row without nulls. */
const BYTES_PER_ROW = 2 + 12 + 8 + 4 * 12;

/** Encodes ticks as the input of `COPY_TICKS`. */
export function encodeTicks(ticks: readonly SeriesTick[]): Buffer {
  const format = createBinaryFormat(32 + ticks.length * BYTES_PER_ROW);
  beginCopy(format);
  for (const { series, tick } of ticks) {
    format.int16(COLUMN_COUNT);
    format.timestamptzField(tick.observedAt);
    format.int4Field(series.id);
    format.float8Field(tick.price);
    format.float8Field(tick.volume24h);
    format.float8Field(tick.marketCap);
    format.float8Field(tick.amount);
  }
  endCopy(format);
  return format.bytes();
}
