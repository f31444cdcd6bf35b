import { formatAge } from '../../../shared/format/age.ts';
import { formatCompact, formatNumber } from '../../../shared/format/number.ts';
import { formatPct } from '../../../shared/format/percent.ts';
import { priceDecimals } from '../../../shared/format/price.ts';
import { t } from '../../../shared/messages/message.ts';
import { useObservable } from '../../observable/use-observable.ts';
import type { ChartCore } from '../model/chart-core.ts';
import { PRICE_PANE } from '../model/chart-layout.ts';
import type { Anchor } from '../model/drawings.ts';
import { measure } from '../model/measure.ts';
import classes from './drawing-marks.module.css';

type MeasureMarkProps = {
  readonly core: ChartCore;
  readonly vsCurrency: string;
  readonly from: Anchor;
  readonly to: Anchor;
};

const LINE = 15;
const CHARACTER_WIDTH = 6.6;

/** The measurement between two places: change, candles, time and volume. */
export function MeasureMark({ core, vsCurrency, from, to }: MeasureMarkProps) {
  const scene = useObservable(core.placed);
  const pane = scene?.panes.get(PRICE_PANE);
  if (scene === null || pane === undefined) return null;
  const { inputs, intervalMs, candles, time, plot } = scene;
  const found = measure(from, to, candles, intervalMs, inputs.volumeKind === 'traded');
  const sign = found.change < 0 ? '−' : '+';
  const change = formatNumber(Math.abs(found.change), priceDecimals(from.price, vsCurrency));
  const lines = [
    `${sign}${change} (${formatPct(found.changePct)})`,
    t('measure.candles', {
      count: found.bars,
      span: `${found.ms < 0 ? '−' : ''}${formatAge(Math.abs(found.ms))}`,
    }),
    ...(found.volume === null ? [] : [t('measure.volume', { volume: formatCompact(found.volume) })]),
  ];
  const [x1, x2] = [time.x(from.at), time.x(to.at)];
  const [y1, y2] = [pane.y(from.price), pane.y(to.price)];
  const width = Math.max(...lines.map((line) => line.length)) * CHARACTER_WIDTH + 14;
  const left = Math.min(Math.max(plot.left, (x1 + x2) / 2 - width / 2), plot.right - width);
  const height = lines.length * LINE + 8;
  const below = Math.max(y1, y2) + 8;
  const top = below + height < pane.bottom ? below : Math.max(plot.top, Math.min(y1, y2) - height - 8);
  return (
    <g data-testid="measure">
      <rect
        className={classes.measure}
        x={Math.min(x1, x2)}
        y={Math.min(y1, y2)}
        width={Math.abs(x2 - x1)}
        height={Math.abs(y2 - y1)}
      />
      <g className={classes.note}>
        <rect x={left} y={top} width={width} height={height} rx={3} />
        {lines.map((line, index) => (
          <text key={line} x={left + 7} y={top + 12 + index * LINE} dy="0.35em">
            {line}
          </text>
        ))}
      </g>
    </g>
  );
}
