import { memo } from 'react';
import type { Candle, VolumeKind } from '../../shared/domain/candle.ts';
import classes from './candle-chart.module.css';
import { volumePath } from './candle-paths.ts';
import { useChartScales } from './use-chart-scales.ts';

type VolumeMarksProps = {
  readonly candles: readonly Candle[];
  readonly kind: VolumeKind;
  readonly intervalMs: number;
  readonly clipId: string;
};

/** The volumes of these candles, as bars or as a line, in the lower pane. */
export const VolumeMarks = memo(function VolumeMarks(props: VolumeMarksProps) {
  const { candles, kind, intervalMs, clipId } = props;
  const scales = useChartScales('volume');
  if (scales === null) return null;
  return (
    <path
      className={kind === 'traded' ? classes.volumeBars : classes.volumeLine}
      clipPath={`url(#${clipId})`}
      d={volumePath(candles, kind, intervalMs, scales.x, scales.y)}
    />
  );
});
