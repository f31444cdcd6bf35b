import type { Candle } from '../../../shared/domain/candle.ts';

/** How one line of a study is drawn. */
export type StudyLine = {
  /** The name of its column in a CSV file, independent of the language of the page. */
  readonly label: string;
  /** The area between the first and the last line of style `band` is tinted; `bars` begin at zero. */
  readonly style: 'line' | 'band' | 'bars';
};

/** A study computed over candles: a value of each line for each candle, NaN if there is none yet. */
export type StudySeries = {
  /** The id of the study with its parameters: `sma:20`. */
  readonly id: string;
  readonly title: string;
  /** The pane that it is drawn in. */
  readonly pane: string;
  /** The number of its colour among those for studies. */
  readonly color: number;
  readonly lines: readonly StudyLine[];
  /** One array for each line, parallel to the closed candles. */
  readonly values: readonly Float64Array[];
  /** The values that the candle that is not closed yet would have if it closed now. */
  readonly preview: (live: Candle) => readonly number[];
  /** The domain of its axis, if it is fixed, such as 0 to 100. */
  readonly fixedDomain: readonly [number, number] | null;
  /** Values at which a line is drawn across the pane. */
  readonly levels: readonly number[];
};
