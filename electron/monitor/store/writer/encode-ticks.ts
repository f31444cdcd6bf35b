import type { Tick } from '../../../../shared/domain/tick.ts';
import { setFloat8, setInt4, setTimestamptz } from '../binary/binary-format.ts';

export const COPY_TICKS = `
  copy series_ticks (observed_at, series_id, price, volume_24h, market_cap, amount)
  from stdin with (format binary)`;
const COLUMN_COUNT = 6;
/** The size of a row without nulls. */
const BYTES_PER_ROW = 2 + 12 + 8 + 4 * 12;

/** Ticks as rows of `COPY_TICKS`, between `COPY_BEGIN` and `COPY_END`. */
export type TickRows = {
  add(seriesId: number, tick: Tick): void;
  bytes(): Buffer;
};

/** @param count the maximum number of ticks that are added */
export function createTickRows(count: number): TickRows {
  const buffer = Buffer.allocUnsafe(count * BYTES_PER_ROW);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let length = 0;
  return {
    add(seriesId, tick) {
      const at = length;
      view.setInt16(at, COLUMN_COUNT);
      setTimestamptz(view, at + 2, tick.observedAt);
      setInt4(view, at + 14, seriesId);
      let next = setFloat8(view, at + 22, tick.price);
      next = setFloat8(view, next, tick.volume24h);
      next = setFloat8(view, next, tick.marketCap);
      length = setFloat8(view, next, tick.amount);
    },
    bytes: () => buffer.subarray(0, length),
  };
}
