import { t } from '../../shared/messages/message.ts';
import { useSelected } from '../observable/use-observable.ts';
import classes from './chart-panel.module.css';
import type { ChartCore } from './model/chart-core.ts';
import type { Scene } from './model/scene.ts';

type EmptyStretchProps = {
  readonly core: ChartCore;
  /** When a candle began, with its year. */
  readonly dateOf: (start: number) => string;
  /** True while candles of this stretch may still come. */
  readonly isLoading: boolean;
  readonly onGoTo: (start: number) => void;
};

/** Shown on a chart without a candle, with a button to the nearest one: the coin may no longer be traded. */
export function EmptyStretch({ core, dateOf, isLoading, onGoTo }: EmptyStretchProps) {
  const live = useSelected(core.live, (candle) => candle?.start ?? null);
  const nearest = useSelected(core.sight, (scene) => (scene === null ? null : nearestOutside(scene, live)));
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

/** Start of the last candle before the range, or of the first after it; null when the range has candles, or nothing has. */
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
