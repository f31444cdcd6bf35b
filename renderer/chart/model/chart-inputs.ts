import type { AlertMark } from '../../../shared/domain/alert-mark.ts';
import type { Candle, VolumeKind } from '../../../shared/domain/candle.ts';
import type { Interval } from '../../../shared/domain/interval.ts';
import type { SourceSince } from '../../../shared/domain/source-since.ts';
import type { Calendar } from '../../time/calendar.ts';
import type { ChartLayout } from './chart-layout.ts';
import type { ViewFrame } from './chart-view.ts';
import type { StudySeries } from './study-series.ts';

/** The scale of the price axis. `percent` is the change since the first visible candle. */
export type PriceAxisMode = 'linear' | 'log' | 'percent';

export type PriceAxis = {
  readonly mode: PriceAxisMode;
  readonly isInverted: boolean;
};

/** The closes of another coin, drawn as a line over the candles. */
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
  /** The closed candles, oldest first. */
  readonly candles: readonly Candle[];
  readonly volumeKind: VolumeKind | null;
  /** The sources of the candles, including the one that is not closed yet. */
  readonly sources: readonly SourceSince[];
  readonly studies: readonly StudySeries[];
  readonly compared: readonly ComparedSeries[];
  readonly priceAxis: PriceAxis;
  readonly hasVolumeProfile: boolean;
  /** Their prices must be on the price axis, too. */
  readonly alerts: readonly AlertMark[];
};
