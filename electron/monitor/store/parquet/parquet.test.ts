import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ByteSource, openFileSource } from './byte-source.ts';
import { openParquet, type ParquetRange } from './parquet-reader.ts';
import { CANDLE_SCHEMA, type ParquetRow, type ParquetSchema, TICK_SCHEMA } from './parquet-schema.ts';
import { createParquetWriter, type ParquetFileOptions } from './parquet-writer.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const MIXED = [
  { name: 'at', type: 'timestamp' },
  { name: 'until', type: 'timestamp', nullable: true },
  { name: 'value', type: 'double' },
  { name: 'other', type: 'double', nullable: true },
  { name: 'count', type: 'integer' },
  { name: 'text', type: 'text' },
  { name: 'note', type: 'text', nullable: true },
] as const satisfies ParquetSchema;

/** A time to the microsecond, as far as a double can represent it. */
const instant = fc
  .tuple(fc.integer({ min: Date.UTC(1900, 0), max: Date.UTC(2100, 0) }), fc.integer({ min: 0, max: 999 }))
  .map(([ms, us]) => (ms * 1_000 + us) / 1_000);
const double = fc.double({ noNaN: true });
const text = fc.string({ unit: 'grapheme' });
const nullable = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const mixedRow: fc.Arbitrary<ParquetRow<typeof MIXED>> = fc.record({
  at: instant,
  until: nullable(instant),
  value: double,
  other: nullable(double),
  count: fc.integer(),
  text,
  note: nullable(text),
});

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parquet-'));
  path = join(folder, 'file.parquet');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function write<const S extends ParquetSchema>(
  options: Omit<ParquetFileOptions<S>, 'sink'>,
  rows: readonly ParquetRow<S>[],
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const file = createParquetWriter({
    ...options,
    sink: async (bytes) => void parts.push(bytes),
  });
  // In parts whose ends differ from those of row groups.
  for (let from = 0; from < rows.length; from += 7) await file.append(rows.slice(from, from + 7));
  const { rows: count, bytes } = await file.finish({ rows: String(rows.length) });
  const written = Buffer.concat(parts);
  expect({ count, bytes }).toEqual({ count: rows.length, bytes: written.length });
  return written;
}

const sourceOf = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (from, to) => bytes.subarray(from, to),
});

async function read<S extends ParquetSchema>(
  source: ByteSource,
  schema: S,
  range?: ParquetRange,
): Promise<readonly ParquetRow<S>[]> {
  const rows: ParquetRow<S>[] = [];
  for await (const group of (await openParquet(source)).rows(schema, range)) rows.push(...group);
  return rows;
}

async function queryDuckDb(sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create()).connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
  }
}

const ticks = (count: number, everyMs: number): ParquetRow<typeof TICK_SCHEMA>[] =>
  Array.from({ length: count }, (_, index) => ({
    observed_at: START + index * everyMs + (index % 3) / 1_000,
    price: 50_000 + Math.round(1e5 * Math.sin(index)) / 100,
    volume_24h: index % 5 === 0 ? null : 1e9 + index,
    market_cap: null,
    amount: index % 2 === 0 ? null : index / 1_000,
  }));

describe('a Parquet file', () => {
  it('returns the written rows, for any values and ends of row groups', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(mixedRow, { maxLength: 60 }),
        fc.integer({ min: 1, max: 25 }),
        fc.boolean(),
        async (rows, rowsPerGroup, isGrouped) => {
          const groupBy = (row: ParquetRow<typeof MIXED>): number => Math.floor(row.at / DAY_MS);
          const bytes = await write({ schema: MIXED, rowsPerGroup, ...(isGrouped && { groupBy }) }, rows);
          expect(await read(sourceOf(bytes), MIXED)).toEqual(rows);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is read exactly by DuckDB, with times in UTC and the key-value metadata', async () => {
    const rows = ticks(2_000, 61_000);
    const options = { schema: TICK_SCHEMA, metadata: { coin: 'bitcoin' } } as const;
    const file = await write({ ...options, compression: 'small' }, rows);
    expect(file.length).toBeLessThan((await write(options, rows)).length);
    writeFileSync(path, file);
    const found = await queryDuckDb(
      `select epoch_us(observed_at)::double / 1000 as observed_at, price, volume_24h, market_cap, amount from '${path}'`,
    );
    expect(found).toEqual(rows);
    const [described] = await queryDuckDb(`describe select observed_at from '${path}'`);
    expect(described).toMatchObject({ column_type: 'TIMESTAMP WITH TIME ZONE' });
    expect(
      await queryDuckDb(
        `select decode(key) as key, decode(value) as value from parquet_kv_metadata('${path}')`,
      ),
    ).toEqual([
      { key: 'coin', value: 'bitcoin' },
      { key: 'rows', value: '2000' },
      { key: 'row_groups_crc32', value: expect.stringMatching(/^\[\[0,\d+,\d+\]\]$/) },
      { key: 'footer_crc32', value: expect.stringMatching(/^[0-9a-f]{8}$/) },
    ]);
  });

  it('of DuckDB can be read, with other time units, codecs and types', async () => {
    for (const codec of ['zstd', 'snappy', 'gzip', 'brotli', 'uncompressed']) {
      await queryDuckDb(`copy (
        select
          timestamptz '2026-01-01 00:00:00+00' + interval 1 minute * i as bucket,
          timestamp_ns '2026-01-01 00:00:00.000001' as open_at,
          100 + i as open, i % 7 as tick_count, case when i % 2 = 0 then i / 8 end as traded
        from range(3000) as numbers (i)
      ) to '${path}' (format parquet, codec ${codec})`);
      const schema = CANDLE_SCHEMA.filter(({ name }) => ['bucket', 'open_at', 'traded'].includes(name));
      const rows = await read(sourceOf(readFileSync(path)), schema);
      expect(rows).toHaveLength(3_000);
      expect(rows[11]).toEqual({ bucket: START + 11 * 60_000, open_at: START + 0.001, traded: null });
      expect(rows[12]).toMatchObject({ traded: 1.5 });
    }
  });

  it('can be read by range, without row groups outside of it', async () => {
    const rows = ticks(5 * 24 * 360, 10_000);
    writeFileSync(
      path,
      await write({ schema: TICK_SCHEMA, groupBy: (row) => Math.floor(row.observed_at / DAY_MS) }, rows),
    );
    const file = await openFileSource(path);
    let bytesRead = 0;
    const counting: ByteSource = {
      size: file.size,
      read(from, to) {
        bytesRead += to - from;
        return file.read(from, to);
      },
    };
    const [from, to] = [START + 2 * DAY_MS + 90_000, START + 2 * DAY_MS + 60 * 60_000];
    const within = await read(counting, TICK_SCHEMA, { column: 'observed_at', from, to });
    expect(within).toEqual(rows.filter(({ observed_at }) => observed_at >= from && observed_at < to));
    // The footer, and a fifth of the rest.
    expect(bytesRead).toBeLessThan(file.size / 2);
    expect(await read(counting, TICK_SCHEMA, { column: 'observed_at', from: 0, to: 1 })).toEqual([]);
    await file.close();
  });

  it('with damaged values is refused', async () => {
    const intact = await write({ schema: TICK_SCHEMA }, ticks(1_000, 1_000));
    const pages = [...intact.keys()].filter(
      (at) => intact.readUInt32LE(Math.min(at, intact.length - 4)) === ZSTD_MAGIC,
    );
    expect(pages.length).toBeGreaterThanOrEqual(TICK_SCHEMA.length - 1);
    for (const page of pages) {
      const damaged = Buffer.from(intact);
      damaged[page + 8] = (damaged[page + 8] ?? 0) ^ 1;
      await expect(read(sourceOf(damaged), TICK_SCHEMA)).rejects.toThrow();
    }
  });

  it('with any changed bytes results in the written rows or an error', async () => {
    const rows = ticks(3_000, 60_000);
    const options = {
      schema: TICK_SCHEMA,
      rowsPerGroup: 700,
      groupBy: (row: (typeof rows)[number]) => Math.floor(row.observed_at / DAY_MS),
    };
    const intact = await write(options, rows);
    const random = seeded(2_026);
    let refused = 0;
    for (let round = 0; round < 300; round += 1) {
      const given = await read(sourceOf(withFlips(intact, random)), TICK_SCHEMA).catch(() => null);
      if (given === null) refused += 1;
      else expect(given, String(round)).toEqual(rows);
    }
    // Only the bytes between row groups and footer are never read.
    expect(refused).toBeGreaterThan(250);
  });

  it('of another program with any changed bytes is read completely or refused', async () => {
    const random = seeded(77);
    for (const [codec, version] of [
      ['zstd', 'v1'],
      ['snappy', 'v2'],
      ['uncompressed', 'v1'],
    ]) {
      await queryDuckDb(`copy (
        select timestamptz '2026-01-01 00:00:00+00' + interval 1 minute * i as observed_at, 100 + i % 50 as price,
          case when i % 3 = 0 then i / 8 end as amount, (i % 9)::varchar as source
        from range(4000) as numbers (i)
      ) to '${path}' (format parquet, codec ${codec}, parquet_version ${version}, row_group_size 2048)`);
      const intact = readFileSync(path);
      const schema = [
        { name: 'observed_at', type: 'timestamp' },
        { name: 'price', type: 'double' },
        { name: 'amount', type: 'double', nullable: true },
        { name: 'source', type: 'text' },
      ] as const satisfies ParquetSchema;
      expect(await read(sourceOf(intact), schema)).toHaveLength(4_000);
      let refused = 0;
      for (let round = 0; round < 150; round += 1)
        await read(sourceOf(withFlips(intact, random)), schema).catch(() => {
          refused += 1;
        });
      expect(refused, codec).toBeGreaterThan(10);
    }
  });

  it('that is truncated is refused', async () => {
    const intact = await write({ schema: TICK_SCHEMA }, ticks(100, 1_000));
    for (const length of [0, 3, 11, 200, intact.length - 9, intact.length - 1])
      await expect(read(sourceOf(intact.subarray(0, length)), TICK_SCHEMA)).rejects.toThrow();
  });
});

/** The first bytes of a frame. Source: RFC 8878, 3.1.1. */
const ZSTD_MAGIC = 0xfd2fb528;

/** Returns a copy with one to three changed bytes, half of the time near the end, where the footer is. */
function withFlips(intact: Buffer, random: () => number): Buffer {
  const damaged = Buffer.from(intact);
  const from = random() < 0.5 ? Math.floor(intact.length * 0.8) : 0;
  for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1) {
    const at = from + Math.floor(random() * (intact.length - from));
    damaged[at] = (damaged[at] ?? 0) ^ (1 + Math.floor(random() * 255));
  }
  return damaged;
}

/** A seeded generator of numbers in [0, 1). Source: mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
