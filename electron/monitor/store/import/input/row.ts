import type { Message } from '../../../../../shared/messages/message.ts';

/** A value as it stands in the input: text of CSV, or what JSON and Parquet have. */
export type Cell = string | number | bigint | null | undefined;

/** A row of the input, or what is wrong with it. */
export type Row =
  | { readonly line: number; readonly cells: readonly Cell[]; readonly fault?: undefined }
  | { readonly line: number; readonly cells?: undefined; readonly fault: Message };

/** The rows of an input. */
export type Table = {
  readonly format: 'csv' | 'jsonl' | 'json-array' | 'parquet';
  /** The names of the columns as they stand in the input; null when it has none. */
  readonly names: readonly string[] | null;
  /** The first row that has cells; null when there is none. */
  readonly first: readonly Cell[] | null;
  readonly rows: AsyncIterable<readonly Row[]>;
};
