import type { AlertMark } from '../../../shared/domain/alert-mark.ts';
import type { Candle, VolumeKind } from '../../../shared/domain/candle.ts';
import type { Interval } from '../../../shared/domain/interval.ts';
import type { SourceSince } from '../../../shared/domain/source-since.ts';
import type { Calendar } from '../../time/calendar.ts';
import type { ChartLayout } from './chart-layout.ts';
import type { ViewFrame } from './chart-view.ts';
import type { StudySeries } from './study-series.ts';

/** How the price axis is read. `percent` counts from the first candle in sight. */
export type PriceAxisMode = 'linear' | 'log' | 'percent';

export type PriceAxis = {
  readonly mode: PriceAxisMode;
  readonly isInverted: boolean;
};

/** Another coin's closes, to be drawn as a line over the candles. */
export type ComparedSeries = {
  readonly coinId: string;
  readonly color: number;
  /** Oldest first. */
  readonly starts: Float64Array;
  readonly closes: Float64Array;
};

/** Everything that a chart is drawn from, except the view and the current candle. */
export type ChartInputs = {
  /** Coin, currency and interval: the chart starts over when it changes. */
  readonly key: string;
  readonly layout: ChartLayout;
  readonly interval: Interval;
  readonly intervalMs: number;
  readonly viewFrame: ViewFrame;
  readonly calendar: Calendar;
  readonly now: number;
  /** Closed ones, oldest first. */
  readonly candles: readonly Candle[];
  readonly volumeKind: VolumeKind | null;
  /** Whose prices the candles have, the one that is not closed yet included. */
  readonly sources: readonly SourceSince[];
  readonly studies: readonly StudySeries[];
  readonly compared: readonly ComparedSeries[];
  readonly priceAxis: PriceAxis;
  readonly hasVolumeProfile: boolean;
  /** Prices that have to be in sight beside the candles. */
  readonly alerts: readonly AlertMark[];
};
