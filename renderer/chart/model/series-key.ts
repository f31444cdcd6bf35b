import type { Interval } from '../../../shared/domain/interval.ts';

/** Candles of which coin, in which currency and interval. */
export type SeriesKey = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: Interval;
};

/** The same in one string. */
export const keyOf = ({ coinId, vsCurrency, interval }: SeriesKey): string =>
  `${coinId} ${vsCurrency} ${interval}`;
