import type { Candle } from '../../../shared/domain/candle.ts';

/** How one line of a study is drawn. */
export type StudyLine = {
  /** Names its column in a CSV file, whatever the language of the page. */
  readonly label: string;
  /** `band` lines have the ground between the first and the last of them tinted; `bars` stand on zero. */
  readonly style: 'line' | 'band' | 'bars';
};

/** A study computed over candles: a value of each line for each candle, NaN where there is none yet. */
export type StudySeries = {
  /** Of the study with its parameters: `sma:20`. */
  readonly id: string;
  readonly title: string;
  /** The pane that it is drawn in. */
  readonly pane: string;
  /** Which of the chart's colours for studies it has. */
  readonly color: number;
  readonly lines: readonly StudyLine[];
  /** One array for each line, parallel to the closed candles. */
  readonly values: readonly Float64Array[];
  /** The values that the candle that is not closed yet would have if it closed now. */
  readonly preview: (live: Candle) => readonly number[];
  /** Ends of the axis where the study has fixed ones, such as 0 and 100. */
  readonly fixedDomain: readonly [number, number] | null;
  /** Values that are marked by a line across the pane. */
  readonly levels: readonly number[];
};
