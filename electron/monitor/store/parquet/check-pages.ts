import { type CompactStruct, readCompactStruct } from './compact-struct.ts';
import { damaged } from './damaged-parquet.ts';

/** Field ids of PageHeader and its parts. Source: parquet-format, parquet.thrift. */
const [TYPE, UNCOMPRESSED, COMPRESSED, DATA_PAGE, DICTIONARY_PAGE, DATA_PAGE_V2] = [1, 2, 3, 5, 7, 8];
const [VALUES, NULLS, LEVELS, REPETITIONS] = [1, 2, 5, 6];
const DATA = 0;
const DICTIONARY = 2;
const DATA_V2 = 3;

/** Real pages have a few megabytes. */
const MAX_PAGE_BYTES = 512 * 1024 * 1024;

/**
 * Validates the page headers of a column. Throws when pages extend beyond the column or their number of values differs from that
 * of the column, because a reader could loop forever or use up all memory.
 *
 * @param bytes all pages of the column
 * @param values the number of values of the column; null for lists, whose number of values is not limited
 */
export function checkPages(bytes: Uint8Array, values: number | null): void {
  let found = 0;
  for (let at = 0; at < bytes.length; ) {
    const { fields, end } = readCompactStruct(bytes, at);
    const compressed = numberIn(fields, COMPRESSED);
    const uncompressed = numberIn(fields, UNCOMPRESSED);
    if (!(compressed >= 0 && compressed <= bytes.length - end)) throw damaged('parquet.page-beyond-column');
    if (!(uncompressed >= 0 && uncompressed <= MAX_PAGE_BYTES)) throw damaged('parquet.page-too-long');
    found += valuesOf(fields, compressed, uncompressed);
    at = end + compressed;
  }
  if (values !== null && found !== values) throw damaged('parquet.values-of-pages');
}

function valuesOf(fields: CompactStruct, compressed: number, uncompressed: number): number {
  switch (numberIn(fields, TYPE)) {
    case DATA:
      return countIn(structIn(fields, DATA_PAGE), VALUES, Number.MAX_SAFE_INTEGER);
    case DATA_V2: {
      const page = structIn(fields, DATA_PAGE_V2);
      const count = countIn(page, VALUES, Number.MAX_SAFE_INTEGER);
      countIn(page, NULLS, count);
      const most = Math.min(compressed, uncompressed);
      const levels = countIn(page, LEVELS, most) + countIn(page, REPETITIONS, most);
      if (levels > most) throw damaged('parquet.levels-of-page');
      return count;
    }
    case DICTIONARY:
      // In the plain encoding, an empty string takes four bytes.
      countIn(structIn(fields, DICTIONARY_PAGE), VALUES, Math.max(0, uncompressed) * 8);
      return 0;
    default:
      return 0; // an index page, which is not read
  }
}

function countIn(fields: CompactStruct, id: number, most: number): number {
  const count = numberIn(fields, id);
  if (!(count >= 0 && count <= most)) throw damaged('parquet.values-of-page');
  return count;
}

function numberIn(fields: CompactStruct, id: number): number {
  const value = fields.get(id);
  return typeof value === 'number' ? value : 0;
}

function structIn(fields: CompactStruct, id: number): CompactStruct {
  const value = fields.get(id);
  if (value === undefined || typeof value === 'number') throw damaged('parquet.page-header');
  return value;
}
