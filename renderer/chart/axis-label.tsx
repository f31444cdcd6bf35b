import { DefaultZIndexes, useChartWidth, usePlotArea, ZIndexLayer } from 'recharts';
import classes from './candle-chart.module.css';

type AxisLabelProps = {
  readonly y: number;
  readonly text: string;
  readonly tone: 'up' | 'down' | 'neutral';
};

/** A value on the price axis, on a ground of its own that covers the axis' own labels. */
export function AxisLabel({ y, text, tone }: AxisLabelProps) {
  const plot = usePlotArea();
  const chartWidth = useChartWidth();
  if (plot === undefined || chartWidth === undefined) return null;
  const left = plot.x + plot.width + 1;
  return (
    <ZIndexLayer zIndex={DefaultZIndexes.label}>
      <g className={classes.axisLabel} data-tone={tone}>
        <rect x={left} y={y - 9} width={chartWidth - left - 4} height={18} rx={2} />
        <text x={left + 7} y={y} dy="0.35em">
          {text}
        </text>
      </g>
    </ZIndexLayer>
  );
}
