import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBinaryFormat } from './binary-format.ts';

const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

describe('the binary format', () => {
  it('writes times as microseconds since 2000, also before it and beyond what a double holds exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.64e15, max: 8.64e15 }), (ms) => {
        const format = createBinaryFormat(0);
        format.timestamptzField(ms);
        expect(format.bytes().readInt32BE(0)).toBe(8);
        expect(format.bytes().readBigInt64BE(4)).toBe(BigInt(ms - POSTGRES_EPOCH_MS) * 1_000n);
      }),
    );
  });

  it('writes text as UTF-8 preceded by its length in bytes, after any other output', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
        const format = createBinaryFormat(0);
        for (const text of texts) format.textField(text);
        let rest = format.bytes();
        for (const text of texts) {
          const length = rest.readInt32BE(0);
          expect(rest.toString('utf8', 4, 4 + length)).toBe(text);
          rest = rest.subarray(4 + length);
        }
        expect(rest.length).toBe(0);
      }),
    );
  });

  it('writes null as the length -1 and no bytes', () => {
    const format = createBinaryFormat(0);
    format.textField(null);
    format.float8Field(null);
    format.int4Field(null);
    format.timestamptzField(null);
    expect(format.bytes()).toEqual(Buffer.alloc(16, 0xff));
  });
});
