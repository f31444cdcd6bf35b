import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import type { Candle } from '../../../../shared/domain/candle.ts';
import type { FileFormat } from '../../../../shared/domain/transfer.ts';
import { lockLocations, waitLong } from '../archive/archive-lock.ts';
import { readFilesBetween } from '../archive/archive-tables.ts';
import { ARCHIVED_CANDLES } from '../archive/archived-table.ts';
import type { OpenedTargets } from '../archive/targets/open-targets.ts';
import type { ParquetRow, ParquetSchema } from '../parquet/parquet-schema.ts';
import { createParquetWriter, type ParquetFileWriter } from '../parquet/parquet-writer.ts';
import { isOfMinutes } from '../reads/candle-table.ts';
import type { RunInDatabase } from '../work/with-provider.ts';
import { type ArchivedStretches, archivedTicks, type ExportedTick, readStretches } from './archived-ticks.ts';
import { candlePages } from './candle-pages.ts';
import { copyOut } from './copy-out.ts';
import type { ExportRange, ExportRequest } from './export-request.ts';
import { addBinaryCopy } from './read-binary-copy.ts';
import { csvField, doubleText, instantText } from './server-text.ts';
import { STORED_ALERTS, STORED_TICKS, type StoredRows, selectAsText, selectAsValues } from './stored-rows.ts';

/** Adds rows to a Parquet file, and yields whenever it may have written. */
type Fill<S extends ParquetSchema = ParquetSchema> = (file: ParquetFileWriter<S>) => AsyncGenerator<void>;

/** What an export needs besides the database. */
export type ExportTools = {
  /** Opens archives of months that are not in the database. */
  readonly targets: OpenedTargets;
  /** Called when rows come from archives, with the number of archived months. */
  readonly onArchived: (months: number, archives: readonly string[]) => void;
  /** Ends the export with its reason. */
  readonly signal?: AbortSignal;
};

/**
 * Exports the stored rows of a coin, oldest first, from the database and the archive, in constant memory. Does not end the
 * stream.
 *
 * @throws the error of the stream; ArchiveError when an archive cannot be read; the reason of the signal
 */
export async function writeExport(
  run: RunInDatabase,
  request: ExportRequest,
  target: Writable,
  tools: ExportTools,
): Promise<void> {
  // Not `target.errored`, which standard output does not keep.
  let failure: Error | null = null;
  const onError = (error: Error): void => {
    failure = error;
  };
  target.on('error', onError);
  /** An error of the target ends the export. It is not an error of the database, in whose transaction this runs. */
  const send = async (content: AsyncIterable<string | Uint8Array>): Promise<void> => {
    try {
      await pipeline(Readable.from(content, { objectMode: false }), target, {
        end: false,
        ...(tools.signal && { signal: tools.signal }),
      });
    } catch (error) {
      tools.signal?.throwIfAborted();
      if (failure !== error) throw error;
    }
  };
  if (request.kind === 'candles') {
    await reportArchivedMinutes(run, request, tools);
    const pages = candlePages(run, request.range, request.interval, tools.targets);
    const isParquet = request.format === 'parquet';
    await send(isParquet ? parquetOfCandles(pages, request) : candleLines(pages, request.format));
  } else {
    // The transaction lasts as long as the reader takes.
    await run(async (client) => {
      await waitLong(client);
      const source = { run, client, request, tools };
      await send(request.kind === 'ticks' ? await ticksOf(source) : storedOf(source, STORED_ALERTS));
    }, 0);
  }
  target.off('error', onError);
  if (failure !== null) throw failure;
}

type Source = {
  readonly run: RunInDatabase;
  readonly client: PoolClient;
  readonly request: ExportRequest;
  readonly tools: ExportTools;
};

/** Rows that are only in a table. */
function storedOf(source: Source, stored: StoredRows): AsyncGenerator<string | Uint8Array> {
  const { request } = source;
  return request.format === 'parquet'
    ? parquetFile(stored.schema, storedRows(source, stored, request.range), request)
    : withHeader(stored, request.format, storedLines(source, stored, request.format, request.range));
}

/** Ticks of the table and, for archived months, of the archive. */
async function ticksOf(source: Source): Promise<AsyncGenerator<string | Uint8Array>> {
  const { client, request, tools } = source;
  await lockLocations(client);
  const found = await readStretches(client, request.range);
  const months = found.stretches.filter(({ isArchived }) => isArchived).length;
  if (months === 0) return storedOf(source, STORED_TICKS);
  tools.onArchived(months, found.archives);
  const { format } = request;
  return format === 'parquet'
    ? parquetFile(STORED_TICKS.schema, rowsOfStretches(source, found), request)
    : withHeader(STORED_TICKS, format, linesOfStretches(source, found, format));
}

async function* linesOfStretches(
  source: Source,
  { stretches, seriesIds }: ArchivedStretches,
  format: TextFormat,
): AsyncGenerator<string | Uint8Array> {
  const { run, client, request, tools } = source;
  for (const stretch of stretches) {
    if (!stretch.isArchived) {
      yield* storedLines(source, STORED_TICKS, format, { ...request.range, ...stretch });
      continue;
    }
    const lineOf = format === 'csv' ? csvLine : jsonLine;
    for await (const ticks of archivedTicks(run, client, tools.targets, seriesIds, stretch))
      yield ticks.map(lineOf).join('');
  }
}

function rowsOfStretches(source: Source, { stretches, seriesIds }: ArchivedStretches): Fill {
  const { run, client, request, tools } = source;
  return async function* (file) {
    for (const stretch of stretches) {
      if (!stretch.isArchived) {
        yield* storedRows(source, STORED_TICKS, { ...request.range, ...stretch })(file);
        continue;
      }
      for await (const ticks of archivedTicks(run, client, tools.targets, seriesIds, stretch)) {
        const rows = ticks.map(({ micros, ...tick }) => ({ observed_at: micros / 1_000, ...tick }));
        // The rows may contain nulls, which the type of a generic schema does not express.
        await file.append(rows as unknown as ParquetRow<ParquetSchema>[]);
        yield;
      }
    }
  };
}

/** In the same format as the server's. */
function csvLine({ micros, price, volume, volume_24h, market_cap, source }: ExportedTick): string {
  const numbers = [price, volume, volume_24h, market_cap].map((value) =>
    value === null ? '' : doubleText(value),
  );
  return `${[instantText(micros), ...numbers, csvField(source)].join(',')}\n`;
}

function jsonLine({ micros, price, volume, volume_24h, market_cap, source }: ExportedTick): string {
  const values = Object.entries({ price, volume, volume_24h, market_cap }).map(
    ([name, value]) => `"${name}":${value === null ? 'null' : doubleText(value)}`,
  );
  return `{"observed_at":"${instantText(micros)}",${values.join(',')},"source":${JSON.stringify(source)}}\n`;
}

/** Reports how many archived months candles are computed from. */
async function reportArchivedMinutes(
  run: RunInDatabase,
  { range, interval }: ExportRequest,
  { onArchived }: ExportTools,
): Promise<void> {
  if (!isOfMinutes(interval)) return;
  const { coinId, vsCurrency, from, to } = range;
  const files = await run(async (client) => {
    const { rows } = await client.query<{ id: number }>(
      'select id from series where coin_id = $1 and vs_currency = $2',
      [coinId, vsCurrency],
    );
    const seriesIds = rows.map(({ id }) => id);
    return readFilesBetween(client, ARCHIVED_CANDLES, seriesIds, from, to);
  });
  if (files.length === 0) return;
  const archives = new Set(files.map(({ archiveUrl }) => archiveUrl));
  onArchived(new Set(files.map(({ month }) => month)).size, [...archives]);
}

type TextFormat = Exclude<FileFormat, 'parquet'>;

async function* withHeader(
  { schema }: StoredRows,
  format: TextFormat,
  lines: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<string | Uint8Array> {
  if (format === 'csv') yield `${schema.map(({ name }) => name).join(',')}\n`;
  yield* lines;
}

/** The server formats the lines. */
function storedLines(
  { run, client }: Source,
  stored: StoredRows,
  format: TextFormat,
  range: ExportRange,
): AsyncGenerator<Buffer> {
  const query = selectAsText(stored, range);
  // RFC 4180. JSON lines contain no control characters, so with these settings nothing is ever quoted.
  return format === 'csv'
    ? copyOut(run, client, `copy (${query}) to stdout with (format csv)`)
    : copyOut(
        run,
        client,
        `copy (select row_to_json(exported) from (${query}) as exported)
         to stdout with (format csv, delimiter e'\\x02', quote e'\\x01')`,
      );
}

function storedRows({ run, client }: Source, stored: StoredRows, range: ExportRange): Fill {
  const statement = `copy (${selectAsValues(stored, range)}) to stdout with (format binary)`;
  return (file) => addBinaryCopy(file, stored.schema, copyOut(run, client, statement));
}

/** Smaller than the default to save memory; the file is slightly larger. */
const ROWS_PER_GROUP = 16_384;

async function* parquetFile<S extends ParquetSchema>(
  schema: S,
  fill: Fill<S>,
  { kind, range }: ExportRequest,
): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const file = createParquetWriter({
    schema,
    rowsPerGroup: ROWS_PER_GROUP,
    sink: async (bytes) => void ready.push(bytes),
    metadata: { content: kind, coin_id: range.coinId, vs_currency: range.vsCurrency },
  });
  for await (const _ of fill(file)) yield* ready.splice(0);
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
  const fill: Fill<typeof CANDLES> = async function* (file) {
    for await (const page of pages) {
      const rows = page.map(({ start, open, high, low, close, volume }) => ({
        bucket: start,
        open,
        high,
        low,
        close,
        volume,
      }));
      await file.append(rows);
      yield;
    }
  };
  return parquetFile(CANDLES, fill, request);
}

async function* candleLines(
  pages: AsyncIterable<readonly Candle[]>,
  format: TextFormat,
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
