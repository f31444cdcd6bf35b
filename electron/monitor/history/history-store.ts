import type { VolumeKind } from '../../../shared/domain/candle.ts';
import type { HistoryInterval } from '../../../shared/domain/interval.ts';
import type { TimeRange } from './time-ranges.ts';

/** A whole candle that a provider made. Volume is of the source's kind, null where it gives none. */
export type HistoryCandle = {
  /** Start of the bucket, in milliseconds since the epoch. */
  readonly start: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number | null;
};

/** What a source was asked for and has answered. `found` is false when it does not have the coin. */
export type AskedRange = TimeRange & {
  readonly source: string;
  readonly interval: HistoryInterval;
  readonly found: boolean;
};

/** What the database knows of a coin. The stretches are those with ticks, to the minute and to the hour. */
export type CoinCoverage = {
  readonly coinId: string;
  readonly minutes: readonly TimeRange[];
  readonly hours: readonly TimeRange[];
  readonly asked: readonly AskedRange[];
};

export type CoverageQuery = {
  readonly coins: readonly string[];
  readonly vsCurrency: string;
  /** Minutes and hours that start before these instants are not looked at. */
  readonly minutesFrom: number;
  readonly hoursFrom: number;
  /** Ticks this far apart belong to one stretch: prices are asked for now and then only. */
  readonly toleranceMs: number;
};

/** What a source answered to a request, and for which times that settles it. */
export type HistoryAnswer = {
  readonly request: {
    readonly source: string;
    readonly coinId: string;
    readonly vsCurrency: string;
    readonly interval: HistoryInterval;
  };
  readonly volumeKind: VolumeKind;
  readonly candles: readonly HistoryCandle[];
  readonly settled: readonly TimeRange[];
  /** False when the source does not have the coin. */
  readonly found: boolean;
};

/** Where history is kept. */
export type HistoryStore = {
  /** Resolves when it can be read and written; rejects with the signal's reason. */
  whenReady(signal: AbortSignal): Promise<void>;
  /** What is known of each coin, in the order of the query. */
  coverage(query: CoverageQuery): Promise<readonly CoinCoverage[]>;
  /** Writes candles and the note that they were asked for, all or nothing; a repeat changes nothing. */
  save(answer: HistoryAnswer): Promise<void>;
};
