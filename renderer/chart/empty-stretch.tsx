import type { Candle } from '../../shared/domain/candle.ts';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import type { SeriesKey } from './candle-query.ts';
import { candlesWithin, firstFrom } from './candle-range.ts';
import { candleDate } from './candle-time.ts';
import classes from './chart-panel.module.css';
import type { TimeRange } from './chart-view.ts';
import { useLiveCandle } from './use-live-candle.ts';

type EmptyStretchProps = {
  readonly series: SeriesKey;
  /** Closed ones, oldest first. */
  readonly candles: readonly Candle[];
  readonly range: TimeRange;
  /** True while candles of this stretch may still come. */
  readonly isLoading: boolean;
  readonly onGoTo: (start: number) => void;
};

/** Over a chart without a candle: that there is none, and the way to the nearest. A coin may be traded no more. */
export function EmptyStretch({ series, candles, range, isLoading, onGoTo }: EmptyStretchProps) {
  const nearest = useLiveCandle(series, (live) =>
    nearestOutside(live === null ? candles : [...candles, live], range, intervalLengthMs(series.interval)),
  );
  if (nearest === null || isLoading) return null;
  return (
    <div className={classes.bare} role="status">
      <p>No prices in this period.</p>
      <button type="button" className={classes.backToLive} onClick={() => onGoTo(nearest)}>
        Go to {candleDate(nearest, series.interval)}
      </button>
    </div>
  );
}

/** Start of the last candle before the range, or of the first after it; null when the range has candles, or nothing has. */
function nearestOutside(candles: readonly Candle[], range: TimeRange, intervalMs: number): number | null {
  if (candlesWithin(candles, range, intervalMs).length > 0) return null;
  const next = firstFrom(candles, range.to);
  return (candles[next - 1] ?? candles[next])?.start ?? null;
}
