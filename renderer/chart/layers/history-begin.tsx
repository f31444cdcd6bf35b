import { t } from '../../../shared/messages/message.ts';
import { useObservable } from '../../observable/use-observable.ts';
import type { ChartCore } from '../model/chart-core.ts';
import classes from './drawing-marks.module.css';

const TEXT_WIDTH = 130;

/** A line at the start of the first existing candle, so that the empty space before it does not look like a failure. */
export function HistoryBegin({ core }: { readonly core: ChartCore }) {
  const scene = useObservable(core.placed);
  const first = scene?.candles[0];
  if (scene === null || first === undefined || scene.inputs.viewFrame.earliest === null) return null;
  const x = Math.round(scene.time.x(first.start)) - 3.5;
  // Near the left edge, there is no room for the text to the left of the line.
  const isAtEdge = x - scene.plot.left < TEXT_WIDTH;
  return (
    <g className={classes.begin} data-testid="history-begin">
      <line x1={x} x2={x} y1={scene.plot.top} y2={scene.plot.bottom} />
      <text x={x + (isAtEdge ? 6 : -6)} y={scene.plot.top + 14} textAnchor={isAtEdge ? 'start' : 'end'}>
        {t('chart.history-begins')}
      </text>
    </g>
  );
}
