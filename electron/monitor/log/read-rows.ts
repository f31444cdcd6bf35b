import { DamagedRecord } from './damaged-record.ts';
import { checksumOf, decodeStored } from './stored-batch.ts';
import type { LogRecord, ReadLimit } from './tick-log.ts';

/** A row of the table `records`. */
export type RecordRow = Readonly<Record<string, unknown>>;

/**
 * The first items within the limit: at least one, if there is any, however many ticks it has.
 *
 * @param ticksOf the number of ticks of an item
 */
export function pageOf<T>(
  items: Iterable<T>,
  { maxRecords, maxTicks }: ReadLimit,
  ticksOf: (item: T) => number,
): readonly T[] {
  const page: T[] = [];
  let ticks = 0;
  for (const item of items) {
    ticks += ticksOf(item);
    if (page.length >= maxRecords || (page.length > 0 && ticks > maxTicks)) break;
    page.push(item);
  }
  return page;
}

export const ticksOfRow = (row: RecordRow): number => Number(row.tick_count);

/** Decodes rows in their order, without those that are damaged. */
export function readRows(
  rows: readonly RecordRow[],
  onDamaged: (row: RecordRow, error: string) => void,
): readonly LogRecord[] {
  const records: LogRecord[] = [];
  for (const row of rows) {
    try {
      records.push(recordOf(row));
    } catch (error) {
      if (!(error instanceof DamagedRecord)) throw error;
      onDamaged(row, error.message);
    }
  }
  return records;
}

/** @throws DamagedRecord when it is not what was written */
function recordOf(row: RecordRow): LogRecord {
  const text = String(row.batch);
  const packed = row.packed instanceof Uint8Array ? row.packed : null;
  // SQLite's own check covers only the structure of the pages. Records of earlier versions have no checksum.
  if (row.crc !== null && row.crc !== checksumOf({ text, packed }))
    throw new DamagedRecord('its checksum is wrong');
  return {
    offset: Number(row.log_offset),
    appendedAt: Number(row.appended_at),
    ...decodeStored({ text, packed }),
  };
}
