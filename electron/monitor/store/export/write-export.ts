import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import type { Candle } from '../../../../shared/domain/candle.ts';
import type { ParquetRow, ParquetSchema } from '../parquet/parquet-schema.ts';
import { createParquetWriter } from '../parquet/parquet-writer.ts';
import type { RunInDatabase } from '../work/with-provider.ts';
import { candlePages } from './candle-pages.ts';
import { copyOut } from './copy-out.ts';
import type { ExportFormat, ExportRequest } from './export-request.ts';
import { readBinaryCopy } from './read-binary-copy.ts';
import { STORED_ALERTS, STORED_TICKS, type StoredRows, selectAsText, selectAsValues } from './stored-rows.ts';

/**
 * Writes what is stored of a coin, oldest first, in constant memory whatever its length. The stream is not ended.
 *
 * @throws what the target fails with
 */
export async function writeExport(
  run: RunInDatabase,
  request: ExportRequest,
  target: Writable,
): Promise<void> {
  // Not `target.errored`, which standard output does not keep.
  let failure: Error | null = null;
  const onError = (error: Error): void => {
    failure = error;
  };
  target.on('error', onError);
  /** A target that fails ends the sending. It is no failure of the database, in whose transaction this runs. */
  const send = async (content: AsyncIterable<string | Uint8Array>): Promise<void> => {
    try {
      await pipeline(Readable.from(content, { objectMode: false }), target, { end: false });
    } catch (error) {
      if (failure !== error) throw error;
    }
  };
  if (request.kind === 'candles') {
    const pages = candlePages(run, request.range, request.interval);
    const isParquet = request.format === 'parquet';
    await send(isParquet ? parquetOfCandles(pages, request) : candleLines(pages, request.format));
  } else {
    const stored = request.kind === 'ticks' ? STORED_TICKS : STORED_ALERTS;
    const content = request.format === 'parquet' ? parquetOf : linesOf;
    // It may take as long as its reader does.
    await run((client) => send(content(run, client, stored, request)), 0);
  }
  target.off('error', onError);
  if (failure !== null) throw failure;
}

/** The server makes the lines itself. */
function linesOf(
  run: RunInDatabase,
  client: PoolClient,
  stored: StoredRows,
  { range, format }: ExportRequest,
): AsyncGenerator<Buffer> {
  const query = selectAsText(stored, range);
  // RFC 4180. A line of JSON has no control characters, so that with these nothing is ever put in quotes.
  return format === 'csv'
    ? copyOut(run, client, `copy (${query}) to stdout with (format csv, header)`)
    : copyOut(
        run,
        client,
        `copy (select row_to_json(exported) from (${query}) as exported)
         to stdout with (format csv, delimiter e'\\x02', quote e'\\x01')`,
      );
}

function parquetOf(
  run: RunInDatabase,
  client: PoolClient,
  stored: StoredRows,
  request: ExportRequest,
): AsyncGenerator<Uint8Array> {
  const statement = `copy (${selectAsValues(stored, request.range)}) to stdout with (format binary)`;
  return parquetFile(stored.schema, readBinaryCopy(copyOut(run, client, statement), stored.schema), request);
}

/** Fewer than by default, for the sake of memory: a file is a little larger. */
const ROWS_PER_GROUP = 16_384;

async function* parquetFile<S extends ParquetSchema>(
  schema: S,
  pages: AsyncIterable<readonly ParquetRow<S>[]>,
  { kind, range }: ExportRequest,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const file = createParquetWriter({
    schema,
    rowsPerGroup: ROWS_PER_GROUP,
    sink: async (bytes) => void ready.push(bytes),
    metadata: { content: kind, coin_id: range.coinId, vs_currency: range.vsCurrency },
  });
  for await (const page of pages) {
    await file.append(page);
    yield* ready.splice(0);
  }
  await file.finish();
  yield* ready;
}

const CANDLES = [
  { name: 'bucket', type: 'timestamp' },
  { name: 'open', type: 'double' },
  { name: 'high', type: 'double' },
  { name: 'low', type: 'double' },
  { name: 'close', type: 'double' },
  { name: 'volume', type: 'double', nullable: true },
] as const satisfies ParquetSchema;

function parquetOfCandles(
  pages: AsyncIterable<readonly Candle[]>,
  request: ExportRequest,
): AsyncGenerator<Uint8Array> {
  const rows = async function* (): AsyncGenerator<readonly ParquetRow<typeof CANDLES>[]> {
    for await (const page of pages) {
      yield page.map(({ start, open, high, low, close, volume }) => ({
        bucket: start,
        open,
        high,
        low,
        close,
        volume,
      }));
    }
  };
  return parquetFile(CANDLES, rows(), request);
}

async function* candleLines(
  pages: AsyncIterable<readonly Candle[]>,
  format: Exclude<ExportFormat, 'parquet'>,
): AsyncGenerator<string> {
  if (format === 'csv') yield `${CANDLES.map(({ name }) => name).join(',')}\n`;
  for await (const page of pages) {
    const lines = page.map(({ start, open, high, low, close, volume }) => {
      const bucket = new Date(start).toISOString();
      return format === 'csv'
        ? `${bucket},${open},${high},${low},${close},${volume ?? ''}\n`
        : `${JSON.stringify({ bucket, open, high, low, close, volume })}\n`;
    });
    yield lines.join('');
  }
}
