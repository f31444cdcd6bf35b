import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { FileFormat } from '../../../../../shared/domain/transfer.ts';
import { text } from '../../../../../shared/messages/message.ts';
import { openInput } from './open-table.ts';
import type { Cell } from './row.ts';
import { textLines } from './text-lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'open-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LONGEST = 10_000_000;

type Read = {
  readonly names: readonly string[] | null;
  readonly rows: readonly (readonly [number, readonly Cell[] | string])[];
};

/** Reads a content in chunks of this many bytes. */
async function read(content: string | Buffer, chunkBytes = 65_536, format?: FileFormat): Promise<Read> {
  const bytes = Buffer.from(content);
  const chunks = function* (): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
  const opened = await openInput({ stream: Readable.from(chunks()) }, format, new AbortController().signal);
  try {
    const rows: [number, readonly Cell[] | string][] = [];
    for await (const batch of opened.table.rows)
      for (const row of batch) rows.push([row.line, row.cells ?? text(row.fault)]);
    expect(opened.bytesRead()).toBe(bytes.length);
    return { names: opened.table.names, rows };
  } finally {
    await opened.close();
  }
}

describe('opening an import', () => {
  it('reads lines unchanged for any division into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/[\r\n\ufeff]/g, ''))),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('\n', '\r\n'),
        async (lines, chunkBytes, end) => {
          const bytes = Buffer.from(lines.map((line) => line + end).join(''));
          const chunks = (async function* () {
            for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
          })();
          const found: (string | null)[] = [];
          for await (const { first, lines: some } of textLines(chunks)) {
            expect(first).toBe(found.length + 1);
            found.push(...some);
          }
          expect(found).toEqual(lines);
        },
      ),
    );
  });

  it('reads CSV with or without header, byte order mark, quotes, empty lines, comments and a final line end', async () => {
    for (const chunkBytes of [1, 7, 65_536]) {
      expect(
        await read('\ufeff# a comment\r\ntime,"price ""usd""",volume\r\n\r\n1,"2,5",3\r\n"4",5,', chunkBytes),
      ).toEqual({
        names: ['time', 'price "usd"', 'volume'],
        rows: [
          [4, ['1', '2,5', '3']],
          [5, ['4', '5', '']],
        ],
      });
      expect(await read('1704067200,1.5\n1704067201,1.6\n', chunkBytes)).toEqual({
        names: null,
        rows: [
          [1, ['1704067200', '1.5']],
          [2, ['1704067201', '1.6']],
        ],
      });
      // A name with a line break, which RFC 4180 allows.
      expect(await read('time,source\n1,"a\nb"\n2,c\n', chunkBytes)).toEqual({
        names: ['time', 'source'],
        rows: [
          [2, ['1', 'a\nb']],
          [4, ['2', 'c']],
        ],
      });
    }
  });

  it('refuses invalid rows with their line number', async () => {
    expect((await read('time,price\n1\n1,2,3\n1,a"b\n1,2\n')).rows).toEqual([
      [2, 'it has 1 columns instead of 2'],
      [3, 'it has 3 columns instead of 2'],
      [4, 'its quotes do not match'],
      [5, ['1', '2']],
    ]);
    const long = await read(`time,price\n1,2\n${'9'.repeat(LONGEST)}\n3,4\n`);
    expect(long.rows).toEqual([
      [2, ['1', '2']],
      [3, 'it has more than 65,536 characters'],
      [4, ['3', '4']],
    ]);
    // An unclosed quote affects only the lines near it.
    const open = await read(`time,price\n1,2\n3,"4\n${'5,6\n'.repeat(2_000)}`);
    expect(open.rows[1]).toEqual([3, 'its quotes do not match']);
    expect(open.rows.length).toBeGreaterThan(1_700);
    expect(open.rows.at(-1)).toEqual([2_003, ['5', '6']]);
  });

  it('reads JSON lines and arrays', async () => {
    for (const chunkBytes of [1, 13, 65_536]) {
      expect(
        await read('{"time": 1, "price": "2"}\n\n{"price": 3.5, "time": 4}\n[1]\nno\n', chunkBytes),
      ).toEqual({
        names: ['time', 'price'],
        rows: [
          [1, [1, '2']],
          [3, [4, 3.5]],
          [4, 'it is not a JSON object'],
          [5, expect.stringContaining('invalid JSON: ')],
        ],
      });
      expect(await read('[[1, 2.5],\n [3, NaN], [4, null]\n]\n', chunkBytes)).toEqual({
        names: null,
        rows: [
          [1, [1, 2.5]],
          [2, [3, 'NaN']],
          [3, [4, null]],
        ],
      });
    }
    await expect(read('[[1, 2], [3,')).rejects.toThrow('it ends, or is no array, after row 1');
    await expect(read('[{"time": 1}]')).rejects.toThrow('after row 1');
  });

  it('reads gzip and zstd, and reports truncated input and input that expands without end', async () => {
    const csv = `time,price\n${Array.from({ length: 5_000 }, (_, row) => `${row},${Math.sin(row)}`).join('\n')}\n`;
    const plain = await read(csv);
    for (const packed of [zlib.gzipSync(csv), zlib.zstdCompressSync(csv)]) {
      expect(await read(packed, 1_000)).toEqual(plain);
      await expect(read(packed.subarray(0, packed.length - 5_000))).rejects.toThrow(
        /damaged or cut off, as (gzip|zstd)/,
      );
      await expect(read(zlib.gzipSync(packed))).rejects.toThrow('neither text nor Parquet');
    }
    const bomb = zlib.gzipSync(Buffer.alloc(100_000_000, '9'));
    await expect(read(bomb)).rejects.toThrow('expands to more than 400 times its size');
  });

  it.each([
    ['nothing', '', 'The input is empty.'],
    ['blanks', '\ufeff \n\n', 'The input is empty.'],
    ['a program', Buffer.from('7f454c46020101000000000000000000', 'hex'), 'neither text nor Parquet'],
    ['a ZIP archive', Buffer.from('PK\u0003\u0004 …'), 'unzip -p'],
    ['a Feather file', Buffer.from('ARROW1\0\0'), 'freqtrade convert-data'],
    ['an old Feather file', Buffer.from('FEA1\0\0'), 'Feather'],
    ['UTF-16', Buffer.from('\ufefftime,price\n1,2\n', 'utf16le'), 'iconv -f utf-16'],
    ['UTF-16 without a mark', Buffer.from('time,price\n1,2\n', 'utf16le'), 'iconv -f utf-16'],
    [
      'a damaged Parquet file',
      Buffer.from('PAR1 and then nothing that is of it'),
      'damaged or cut off, as Parquet',
    ],
  ])('says what to do about %s', async (_, content, errorText) => {
    await expect(read(content)).rejects.toThrow(errorText);
  });

  it('reports a file that has another format than the given one, or cannot be read', async () => {
    await expect(read('time,price\n1,2\n', 9, 'parquet')).rejects.toThrow('The input is CSV, not Parquet.');
    await expect(read('{"time":1}\n', 9, 'csv')).rejects.toThrow('The input is JSON, not CSV.');
    const { signal } = new AbortController();
    await expect(openInput({ path: join(folder, 'none.csv') }, undefined, signal)).rejects.toThrow(
      'it does not exist',
    );
    await expect(openInput({ path: folder }, undefined, signal)).rejects.toThrow('this is a folder');
    const path = join(folder, 'there.csv');
    writeFileSync(path, '1704067200,2\n');
    const opened = await openInput({ path }, undefined, signal);
    expect(opened.totalBytes).toBe(13);
    await opened.close();
  });

  it('does not wait for more input when it is aborted', async () => {
    const stopping = new AbortController();
    const endless = new Readable({ read: () => undefined });
    const opening = openInput({ stream: endless }, undefined, stopping.signal);
    stopping.abort(new Error('stopped'));
    await expect(opening).rejects.toThrow('stopped');
    endless.destroy();
  });
});
