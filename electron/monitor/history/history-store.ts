import type { VolumeKind } from '../../../shared/domain/candle.ts';
import type { HistoryInterval } from '../../../shared/domain/interval.ts';
import type { TimeRange } from './time-ranges.ts';

/** A complete candle of a provider. The volume is of the source's kind; null when there is none. */
export type HistoryCandle = {
  /** Start of the bucket, in milliseconds since the epoch. */
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
};

/** A range that a source was covered for and responded to. `found` is false when it does not have the coin. */
export type CoveredRange = TimeRange & {
  readonly source: string;
  readonly interval: HistoryInterval;
  readonly found: boolean;
};

/** The coverage of a coin: contiguous ranges with ticks, by minutes and by hours, and the covered ranges of sources. */
export type CoinCoverage = {
  readonly coinId: string;
  readonly minutes: readonly TimeRange[];
  readonly hours: readonly TimeRange[];
  readonly covered: readonly CoveredRange[];
};

export type CoverageQuery = {
  readonly coins: readonly string[];
  readonly vsCurrency: string;
  /** Minutes and hours that start before these times are ignored. */
  readonly minutesFrom: number;
  readonly hoursFrom: number;
  /** Ticks at most this far apart belong to one contiguous range. */
  readonly toleranceMs: number;
};

/** The result of a request, and the ranges that it covers. */
export type HistoryResult = {
  readonly request: {
    readonly source: string;
    readonly coinId: string;
    readonly vsCurrency: string;
    readonly interval: HistoryInterval;
  };
  readonly volumeKind: VolumeKind;
  readonly candles: readonly HistoryCandle[];
  readonly covered: readonly TimeRange[];
  /** False when the source does not have the coin. */
  readonly found: boolean;
};

/** Stores the candles of sources and their coverage. */
export type HistoryStore = {
  /** Resolves when the store is available; rejects with the signal's reason. */
  whenReady(signal: AbortSignal): Promise<void>;
  /** Reads the coverage of each coin, in the order of the query. */
  coverage(query: CoverageQuery): Promise<readonly CoinCoverage[]>;
  /** Writes candles and their coverage in one transaction. Idempotent. */
  save(result: HistoryResult): Promise<void>;
};
