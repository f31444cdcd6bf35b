import type { Interval } from '../../../../shared/domain/interval.ts';
import type { FileFormat, ImportKind } from '../../../../shared/domain/transfer.ts';
import type { Message } from '../../../../shared/messages/message.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import type { RunInDatabase } from '../work/with-provider.ts';

/** The default source name of imported rows. */
export const IMPORT_SOURCE = 'import';

/** A file or a stream of bytes, such as standard input. Both may be compressed with gzip or zstd. */
export type ImportInput = { readonly path: string } | { readonly stream: AsyncIterable<Uint8Array> };

/** A refused line. In Parquet files and JSON arrays, `line` is the number of the row. Both count from 1. */
export type Refusal = { readonly line: number; readonly reason: Message };

/** The progress of an import. Everything is read before the first row is written. */
export type ImportProgress = {
  readonly phase: 'reading' | 'writing';
  /** The number of bytes read, and the size of the input; null when it is unknown. */
  readonly bytes: number;
  readonly totalBytes: number | null;
  /** Rows that were read, without header and empty lines. */
  readonly rows: number;
  /** The number of rows with each result so far. */
  readonly accepted: number;
  readonly repeated: number;
  readonly refused: number;
  /** Rows per second in the current phase. */
  readonly rowsPerSecond: number;
};

export type ImportOptions = {
  readonly run: RunInDatabase;
  readonly input: ImportInput;
  readonly coinId: string;
  readonly vsCurrency: string;
  /**
   * The name under which rows are stored, `import` by default. It cannot be that of one of the program's own sources. Without it,
   * an exported file of ticks keeps the sources that it names.
   */
  readonly source?: string | undefined;
  /** Detected from the content when absent. */
  readonly format?: FileFormat | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends the import between two batches. Written rows are kept; repeating the import writes the rest. */
  readonly signal: AbortSignal;
  /** Called a few times a second. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Called with each refused row. */
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
};

export type ImportCandlesOptions = ImportOptions & {
  /** The length of the candles; detected from their times when absent. */
  readonly interval?: Interval | undefined;
};

/** The maximum number of refusals in a summary. */
export const FIRST_REFUSALS = 10;

/** The result of an import: each row is accepted, repeated or refused. */
export type ImportSummary = {
  readonly kind: ImportKind;
  /** The detected kind of file. */
  readonly layout: ImportLayout;
  readonly sources: readonly string[];
  /** The length of imported candles; null for ticks. */
  readonly interval: Interval | null;
  /** Rows that were read, without header and empty lines. */
  readonly rows: number;
  /** The number of rows that are new in the database. */
  readonly accepted: number;
  /** How many of the accepted rows are candles that replace those of an earlier import. */
  readonly replaced: number;
  /** The number of rows that were in the database already or occur more than once in the input. */
  readonly repeated: number;
  readonly refused: number;
  /** The first refusals. */
  readonly refusals: readonly Refusal[];
  /** The times of the first and the last row that is accepted or repeated, in milliseconds since the epoch. */
  readonly from: number | null;
  readonly to: number | null;
};

/** The supported kinds of files. `export` was written by this program; `table` is any other file. */
export type ImportLayout =
  | 'export'
  | 'table'
  | 'binance-trades'
  | 'binance-agg-trades'
  | 'binance-klines'
  | 'kraken-ohlcvt'
  | 'cryptodatadownload'
  | 'freqtrade';
