import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FileFormat } from '../../../../../shared/domain/transfer.ts';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import { unlessAborted } from '../../../async/unless-aborted.ts';
import { fileError } from '../../../files/file-error.ts';
import type { ImportInput } from '../import-options.ts';
import { csvTable } from './csv-rows.ts';
import { decompress } from './decompress.ts';
import { jsonArrayTable, jsonLinesTable } from './json-rows.ts';
import { keptInFile, parquetTable } from './parquet-table.ts';
import type { Table } from './row.ts';
import { signatureOf } from './signature.ts';
import { textLines } from './text-lines.ts';

const HEAD_BYTES = 1_024;

/** An open input with its format. */
export type OpenedInput = {
  readonly table: Table;
  /** The number of bytes of the (compressed) input that were read so far. */
  bytesRead(): number;
  /** Null when it is unknown. */
  readonly totalBytes: number | null;
  close(): Promise<void>;
};

/**
 * Opens an input, detects its format, and reads its header.
 *
 * @throws MessageError when it cannot be read or imported
 */
export async function openInput(
  input: ImportInput,
  format: FileFormat | undefined,
  signal: AbortSignal,
): Promise<OpenedInput> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  let bytesRead = 0;
  try {
    const { chunks, totalBytes } = await openBytes(input, closing);
    const counted = (async function* () {
      const iterator = chunks[Symbol.asyncIterator]();
      for (;;) {
        // Standard input may be silent for a long time.
        const { value, done } = await unlessAborted(signal, iterator.next());
        if (done) return;
        bytesRead += value.length;
        yield value;
      }
    })();
    closing.push(async () => void (await counted.return()));
    const table = await tableOf(input, counted, format, closing);
    return { table, totalBytes, bytesRead: () => bytesRead, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openBytes(
  input: ImportInput,
  closing: (() => Promise<void>)[],
): Promise<{ readonly chunks: AsyncIterable<Uint8Array>; readonly totalBytes: number | null }> {
  if ('stream' in input) return { chunks: input.stream, totalBytes: null };
  const { path } = input;
  const unreadable = (cause: unknown): never => {
    throw fileError('read', path, cause);
  };
  const found = await stat(path).catch(unreadable);
  const stream = createReadStream(path, { highWaterMark: 256 * 1_024 });
  closing.push(async () => void stream.destroy());
  await once(stream, 'open').catch(unreadable);
  const chunks = (async function* () {
    try {
      for await (const chunk of stream) yield chunk as Uint8Array;
    } catch (cause) {
      unreadable(cause);
    }
  })();
  return { chunks, totalBytes: found.isFile() ? found.size : null };
}

async function tableOf(
  input: ImportInput,
  given: AsyncIterable<Uint8Array>,
  format: FileFormat | undefined,
  closing: (() => Promise<void>)[],
): Promise<Table> {
  let { head, chunks } = await withHead(given);
  let signature = signatureOf(head);
  const isCompressed = signature === 'gzip' || signature === 'zstd';
  if (signature === 'gzip' || signature === 'zstd') {
    ({ head, chunks } = await withHead(decompress(chunks, signature)));
    signature = signatureOf(head);
    // Close only once.
    if (signature === 'gzip' || signature === 'zstd') throw new MessageError(message('import.binary'));
  }
  if (signature === 'parquet') {
    checkFormat(format, 'parquet');
    const isAtHand = 'path' in input && !isCompressed;
    return parquetTable(isAtHand ? input.path : await keptInFile(chunks, closing), closing);
  }
  const start = head
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (start === '') throw new MessageError(message('import.empty'));
  const found = start.startsWith('{') || start.startsWith('[') ? 'jsonl' : 'csv';
  checkFormat(format, found);
  if (start.startsWith('[')) return jsonArrayTable(chunks);
  const lines = textLines(chunks);
  return found === 'jsonl' ? jsonLinesTable(lines) : csvTable(lines);
}

function checkFormat(given: FileFormat | undefined, found: FileFormat): void {
  if (given !== undefined && given !== found)
    throw new MessageError(message('import.other-format', { given, found }));
}

/** Returns the first bytes of an input, and the whole input. */
async function withHead(
  given: AsyncIterable<Uint8Array>,
): Promise<{ head: Buffer; chunks: AsyncGenerator<Uint8Array> }> {
  const iterator = given[Symbol.asyncIterator]();
  const ahead: Uint8Array[] = [];
  let length = 0;
  let isOver = false;
  while (length < HEAD_BYTES && !isOver) {
    const { value, done } = await iterator.next();
    isOver = done === true;
    if (done) break;
    ahead.push(value);
    length += value.length;
  }
  const chunks = (async function* () {
    try {
      yield* ahead;
      while (!isOver) {
        const { value, done } = await iterator.next();
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  })();
  return { head: Buffer.concat(ahead).subarray(0, HEAD_BYTES), chunks };
}
