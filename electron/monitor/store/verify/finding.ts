/** A stored candle or fold that is wrong, or one that is missing. */
export type Finding<Interval extends string, Fault extends string> = {
  readonly interval: Interval;
  /** Start of the candle or fold, in milliseconds since the epoch. */
  readonly start: number;
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly source: string;
  readonly fault: Fault;
  /** The columns that differ. */
  readonly columns: readonly string[];
};
