import type { VolumeKind } from '../../../../shared/domain/candle.ts';
import type { HistoryInterval } from '../../../../shared/domain/interval.ts';
import type { HistoryCandle } from '../../history/history-store.ts';

/**
 * Candles of one series that start at or after `from` and end at or before `to`, which are both multiples of the
 * interval.
 */
export type HistoryQuery = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: HistoryInterval;
  readonly from: number;
  readonly to: number;
};

/** What a source offers for an interval. */
export type HistoryReach = {
  /** How far back its candles go. */
  readonly reachMs: number;
  /** The maximum number of candles that one request returns; `Infinity` when it returns all. */
  readonly candlesPerRequest: number;
};

/** A provider of past candles. A new provider is one file that creates this. */
export type HistorySource = {
  /** Stored in the database with each candle. */
  readonly name: string;
  readonly volumeKind: VolumeKind;
  /** Null for an interval without candles. */
  reach(interval: HistoryInterval): HistoryReach | null;
  /**
   * Fetches the candles of a query, oldest first, as far as the source has them, in one request. Null when the source
   * does not have this coin in this currency. Throws a `FeedError`, or the signal's reason when it aborts.
   */
  fetchCandles(query: HistoryQuery, signal: AbortSignal): Promise<readonly HistoryCandle[] | null>;
};
