import type { VolumeKind } from '../../../../shared/domain/candle.ts';
import type { Interval } from '../../../../shared/domain/interval.ts';

export type CandleQuery = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: Interval;
  readonly limit: number;
  /** Only candles that start before this instant. */
  readonly before: number;
  /** The requested kind of volume; the more frequent one when absent. */
  readonly volumeKind?: VolumeKind | undefined;
};

export type CandleRange = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: Interval;
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
};
