import { memo } from 'react';
import type { Candle } from '../../shared/domain/candle.ts';
import classes from './candle-chart.module.css';
import { candlePaths } from './candle-paths.ts';
import { useChartScales } from './use-chart-scales.ts';

type CandleLayerProps = {
  readonly candles: readonly Candle[];
  readonly intervalMs: number;
  readonly clipId: string;
};

/** Candles as three paths, however many there are. */
export const CandleLayer = memo(function CandleLayer({ candles, intervalMs, clipId }: CandleLayerProps) {
  const scales = useChartScales('price');
  if (scales === null) return null;
  const { wicks, rising, falling } = candlePaths(candles, intervalMs, scales.x, scales.y);
  return (
    <g clipPath={`url(#${clipId})`}>
      <path className={classes.wicks} d={wicks} />
      <path className={classes.rising} d={rising} />
      <path className={classes.falling} d={falling} />
    </g>
  );
});
