import type { Message } from '../../../../../shared/messages/message.ts';

/** A value of the input: text in CSV, or a value of JSON or Parquet. */
export type Cell = string | number | bigint | null | undefined;

/** A row of the input, or the reason why it is invalid. */
export type Row =
  | { readonly line: number; readonly cells: readonly Cell[]; readonly fault?: undefined }
  | { readonly line: number; readonly cells?: undefined; readonly fault: Message };

/** An input as a table. */
export type Table = {
  readonly format: 'csv' | 'jsonl' | 'json-array' | 'parquet';
  /** The names of the columns as in the input; null when it has none. */
  readonly names: readonly string[] | null;
  /** The first row with cells; null when there is none. */
  readonly first: readonly Cell[] | null;
  readonly rows: AsyncIterable<readonly Row[]>;
};
