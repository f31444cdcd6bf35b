import type { Interval } from '../../../../shared/domain/interval.ts';
import type { FileFormat, ImportKind } from '../../../../shared/domain/transfer.ts';
import type { Message } from '../../../../shared/messages/message.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import type { RunInDatabase } from '../work/with-provider.ts';

/** Where what is imported has its source name from, unless another one is given. */
export const IMPORT_SOURCE = 'import';

/** A file, or bytes that arrive one after the other, such as standard input. Both may be compressed with gzip or zstd. */
export type ImportInput = { readonly path: string } | { readonly stream: AsyncIterable<Uint8Array> };

/** A line that was not taken. The number is that of the row in Parquet and in an array of JSON. Both count from 1. */
export type Refusal = { readonly line: number; readonly reason: Message };

/** How far an import is. Everything is read before the first row is written. */
export type ImportProgress = {
  readonly phase: 'reading' | 'writing';
  /** Bytes of the input that were read, and how many it has; null where that is unknown. */
  readonly bytes: number;
  readonly totalBytes: number | null;
  /** Rows that were read, without header and empty lines. */
  readonly rows: number;
  /** Rows of which it is decided what becomes of them. */
  readonly accepted: number;
  readonly repeated: number;
  readonly refused: number;
  /** Rows per second of the present phase. */
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
  /** Found out from the content when it is absent. */
  readonly format?: FileFormat | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends the import between two batches. What was written stays, and the same import goes on from there. */
  readonly signal: AbortSignal;
  /** Called a few times a second. */
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Called with each row that is refused. */
  readonly onRefused?: ((refusal: Refusal) => void) | undefined;
};

export type ImportCandlesOptions = ImportOptions & {
  /** The length of the candles; found out from their times when it is absent. */
  readonly interval?: Interval | undefined;
};

/** How many refusals a summary has. */
export const FIRST_REFUSALS = 10;

/** What became of an import: each row is accepted, repeated or refused. */
export type ImportSummary = {
  readonly kind: ImportKind;
  /** What kind of file the content was taken for. */
  readonly layout: ImportLayout;
  readonly sources: readonly string[];
  /** Of candles. */
  readonly interval: Interval | null;
  /** Rows that were read, without header and empty lines. */
  readonly rows: number;
  /** Rows that are new in the database. */
  readonly accepted: number;
  /** Of the accepted ones, candles in place of others that an earlier import brought. */
  readonly replaced: number;
  /** Rows that were there already, or twice in the input. */
  readonly repeated: number;
  readonly refused: number;
  /** The first of them. */
  readonly refusals: readonly Refusal[];
  /** The times of the first and the last row that is accepted or repeated, in milliseconds since the epoch. */
  readonly from: number | null;
  readonly to: number | null;
};

/** The kinds of files that are known. `export` is one of this program; `table` any other one. */
export type ImportLayout =
  | 'export'
  | 'table'
  | 'binance-trades'
  | 'binance-agg-trades'
  | 'binance-klines'
  | 'kraken-ohlcvt'
  | 'cryptodatadownload'
  | 'freqtrade';
