import { t } from '../../shared/messages/message.ts';
import { useSelected } from '../observable/use-observable.ts';
import classes from './chart-panel.module.css';
import type { ChartCore } from './model/chart-core.ts';
import type { Scene } from './model/scene.ts';

type EmptyRangeProps = {
  readonly core: ChartCore;
  /** The start of a candle as a date with its year. */
  readonly dateOf: (start: number) => string;
  /** True while candles of this range are loading. */
  readonly isLoading: boolean;
  readonly onGoTo: (start: number) => void;
};

/** A message if no candle is visible, such as after the last one of a coin that is no longer traded, with a button to the nearest. */
export function EmptyRange({ core, dateOf, isLoading, onGoTo }: EmptyRangeProps) {
  const live = useSelected(core.live, (candle) => candle?.start ?? null);
  const nearest = useSelected(core.throttled, (scene) =>
    scene === null ? null : nearestOutside(scene, live),
  );
  if (nearest === null || isLoading) return null;
  return (
    <div className={classes.bare} role="status">
      <p>{t('chart.no-prices-then')}</p>
      <button type="button" className={classes.backToLive} onClick={() => onGoTo(nearest)}>
        {t('chart.go-to', { date: dateOf(nearest) })}
      </button>
    </div>
  );
}

/** The start of the last candle before the range, or of the first after it; null if a candle is visible, or there are none. */
function nearestOutside(
  { candles, first, end, range, intervalMs }: Scene,
  live: number | null,
): number | null {
  if (end > first) return null;
  const isLiveShown = live !== null && live < range.to && live + intervalMs > range.from;
  if (isLiveShown) return null;
  if (live !== null && live < range.from) return live;
  return candles[first - 1]?.start ?? candles[end]?.start ?? live;
}
