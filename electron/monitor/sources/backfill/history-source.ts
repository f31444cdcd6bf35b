import type { VolumeKind } from '../../../../shared/domain/candle.ts';
import type { HistoryInterval } from '../../../../shared/domain/interval.ts';
import type { HistoryCandle } from '../../history/history-store.ts';

/** Candles of one series that start at or after `from` and end at or before `to`; both are bounds of buckets. */
export type HistoryQuery = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: HistoryInterval;
  readonly from: number;
  readonly to: number;
};

/** What a source has of an interval. */
export type HistoryReach = {
  /** How far back from now its candles go. */
  readonly reachMs: number;
  /** The most candles that one request brings; `Infinity` when one brings all. */
  readonly candlesPerRequest: number;
};

/** Where candles of the past come from. A new provider is one file that returns this. */
export type HistorySource = {
  /** Goes into the database, beside each candle. */
  readonly name: string;
  readonly volumeKind: VolumeKind;
  /** Null for an interval that the source has no candles of. */
  reach(interval: HistoryInterval): HistoryReach | null;
  /**
   * The candles of a query, oldest first, as far as the source has them: one request. Null when the source does not have
   * this coin in this currency. Throws a `FeedError`, or the signal's reason when it aborts.
   */
  fetchCandles(query: HistoryQuery, signal: AbortSignal): Promise<readonly HistoryCandle[] | null>;
};
