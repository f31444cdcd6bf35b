import type { Interval } from '../../../shared/domain/interval.ts';

/** Identifies a series of candles. */
export type SeriesKey = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: Interval;
};

/** The key of a series as a string. */
export const keyOf = ({ coinId, vsCurrency, interval }: SeriesKey): string =>
  `${coinId} ${vsCurrency} ${interval}`;
