import { formatNumber } from '../../shared/format/number.ts';
import { priceDecimals } from '../../shared/format/price.ts';
import { AxisLabel } from './axis-label.tsx';
import classes from './candle-chart.module.css';
import { useChartScales } from './use-chart-scales.ts';

type LastPriceProps = {
  readonly price: number;
  readonly vsCurrency: string;
  readonly isRising: boolean;
};

/** A dashed line at the latest price and its value on the price axis; nothing when it is off the scale. */
export function LastPrice({ price, vsCurrency, isRising }: LastPriceProps) {
  const scales = useChartScales('price');
  if (scales === null) return null;
  const { plot } = scales;
  const y = Math.floor(scales.y(price)) + 0.5;
  if (!(y >= plot.y && y <= plot.y + plot.height)) return null;
  const tone = isRising ? 'up' : 'down';
  return (
    <g>
      <line
        className={classes.lastPrice}
        data-tone={tone}
        x1={plot.x}
        x2={plot.x + plot.width}
        y1={y}
        y2={y}
      />
      <AxisLabel y={y} tone={tone} text={formatNumber(price, priceDecimals(price, vsCurrency))} />
    </g>
  );
}
