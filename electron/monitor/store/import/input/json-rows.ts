import { StringDecoder } from 'node:string_decoder';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import type { Cell, Row, Table } from './row.ts';
import { type Lines, LONGEST_LINE } from './text-lines.ts';

/** Reads a table of one JSON object per line; its columns are those of the first object. */
export async function jsonLinesTable(lines: AsyncGenerator<Lines>): Promise<Table> {
  const objects = jsonObjects(lines);
  const ahead: ObjectRow[] = [];
  let first: Readonly<Record<string, Cell>> | null = null;
  while (first === null) {
    const { value, done } = await objects.next();
    if (done) break;
    ahead.push(...value);
    first = value.find((row) => row.object !== undefined)?.object ?? null;
  }
  const names = first === null ? null : Object.keys(first);
  const toRow = (row: ObjectRow): Row =>
    row.object === undefined
      ? { line: row.line, fault: row.fault }
      : { line: row.line, cells: (names ?? []).map((name) => row.object[name]) };
  return {
    format: 'jsonl',
    names,
    first: first === null ? null : Object.values(first),
    rows: (async function* () {
      yield ahead.map(toRow);
      for await (const batch of objects) yield batch.map(toRow);
    })(),
  };
}

type ObjectRow =
  | { readonly line: number; readonly object: Readonly<Record<string, Cell>>; readonly fault?: undefined }
  | { readonly line: number; readonly object?: undefined; readonly fault: Exclude<Row['fault'], undefined> };

async function* jsonObjects(batches: AsyncIterable<Lines>): AsyncGenerator<ObjectRow[]> {
  for await (const { first, lines } of batches) {
    const rows: ObjectRow[] = [];
    for (const [index, line] of lines.entries()) {
      if (line === null) {
        rows.push({ line: first + index, fault: message('import.line-too-long', { most: LONGEST_LINE }) });
      } else if (line.trim() !== '') rows.push(objectOf(first + index, line));
    }
    if (rows.length > 0) yield rows;
  }
}

function objectOf(line: number, text: string): ObjectRow {
  try {
    const object: unknown = JSON.parse(text);
    if (typeof object === 'object' && object !== null && !Array.isArray(object))
      return { line, object: object as Record<string, Cell> };
    return { line, fault: message('import.no-object') };
  } catch (error) {
    return { line, fault: message('import.no-json', { said: error instanceof Error ? error.message : '' }) };
  }
}

/**
 * Reads an array of arrays of numbers, `[[time, open, …], …]`, with only one row in memory at a time. Rows are counted from 1.
 */
export async function jsonArrayTable(chunks: AsyncIterable<Uint8Array>): Promise<Table> {
  const batches = arrayRows(chunks);
  const ahead = await batches.next();
  const rows = ahead.done ? [] : ahead.value;
  return {
    format: 'json-array',
    names: null,
    first: rows.find(({ cells }) => cells !== undefined)?.cells ?? null,
    rows: (async function* () {
      yield rows;
      yield* batches;
    })(),
  };
}

async function* arrayRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Row[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let count = 0;
  let state: 'before' | 'within' | 'after' = 'before';
  for await (const chunk of chunks) {
    rest += decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    const rows: Row[] = [];
    let at = 0;
    for (;;) {
      const found = /[^\s,]/.exec(rest.slice(at, at + 64));
      if (found === null) {
        if (rest.length - at <= 64) break;
        at += 64;
        continue;
      }
      at += found.index;
      if (state === 'after') throw brokenAt(count);
      if (state === 'before') {
        if (found[0] !== '[') {
          if (found[0] === '\ufeff') at += 1;
          else throw brokenAt(count);
        } else {
          state = 'within';
          at += 1;
        }
        continue;
      }
      if (found[0] === ']') {
        state = 'after';
        at += 1;
        continue;
      }
      if (found[0] !== '[') throw brokenAt(count + 1);
      const end = rest.indexOf(']', at);
      if (end === -1) {
        if (rest.length - at > LONGEST_LINE) throw brokenAt(count + 1);
        break;
      }
      count += 1;
      rows.push(arrayRow(count, rest.slice(at, end + 1)));
      at = end + 1;
    }
    rest = rest.slice(at);
    if (rows.length > 0) yield rows;
  }
  if (state !== 'after') throw brokenAt(count);
}

function arrayRow(line: number, text: string): Row {
  try {
    // Python writes these values, which are not JSON. As text they are refused like any other value that is not a number.
    const cells: unknown = JSON.parse(text.replaceAll(/\b(-?Infinity|NaN)\b/g, '"$1"'));
    if (Array.isArray(cells)) return { line, cells };
  } catch {
    // Reported below.
  }
  return { line, fault: message('import.no-array') };
}

function brokenAt(row: number): MessageError {
  return new MessageError(
    message('import.damaged', {
      format: 'json',
      reason: message('import.ends-after-row', { row }),
    }),
  );
}
