import fc from 'fast-check';
import { ByteWriter } from 'hyparquet-writer';
import { deltaBinaryPack } from 'hyparquet-writer/src/delta.js';
import { describe, expect, it } from 'vitest';
import { packDifferences } from './quick-chunk.ts';

function packedByLibrary(values: readonly number[]): Buffer {
  const writer = new ByteWriter();
  deltaBinaryPack(writer, BigInt64Array.from(values, BigInt), 'INT64');
  return Buffer.from(writer.getBytes());
}

/** Sorted times with steps from zero to years, and numbers in any order. */
const start = fc.integer({ min: -4e15, max: 4e15 });
const steps = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 2 ** 20 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 }),
  fc.integer({ min: -1e14, max: 1e14 }),
);
const times = fc.tuple(start, fc.array(steps, { maxLength: 600, size: 'max' })).map(([first, each]) => {
  let at = first;
  const following = each.map((step) => {
    at += step % 1e12;
    return at;
  });
  return [first, ...following];
});

describe('differences of times', () => {
  it('are packed to the same bytes as by hyparquet-writer, which uses BigInt', () => {
    fc.assert(
      fc.property(times, (values) => {
        const packed = packDifferences(Float64Array.from(values));
        expect(packed && Buffer.from(packed).equals(packedByLibrary(values))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('that a number cannot represent exactly are left to hyparquet-writer', () => {
    expect(packDifferences(Float64Array.of(-4e15, 4e15, -4e15))).toBeNull();
  });
});
