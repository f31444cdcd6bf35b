import { useLayoutEffect } from 'react';
import { formatNumber } from '../../../shared/format/number.ts';
import { priceDecimals } from '../../../shared/format/price.ts';
import { useObservable } from '../../observable/use-observable.ts';
import type { ChartCore } from '../model/chart-core.ts';
import { PRICE_PANE } from '../model/chart-layout.ts';
import type { Scene } from '../model/scene.ts';
import { AxisTag, TAG_LINE } from './axis-tag.tsx';
import classes from './marks.module.css';

type LastPriceProps = {
  readonly core: ChartCore;
  readonly vsCurrency: string;
  /** Time until the candle closes, or how old the price is. */
  readonly note: string | null;
  /** Whether no newer price is on its way. */
  readonly isStale: boolean;
};

/** A dashed line at the latest price, and on the price axis its value with the time left to the close. */
export function LastPrice({ core, vsCurrency, note, isStale }: LastPriceProps) {
  const live = useObservable(core.live);
  const scene = useObservable(core.placed);
  const pane = scene?.panes.get(PRICE_PANE);
  const y = live === null || pane === undefined ? Number.NaN : Math.floor(pane.y(live.close)) + 0.5;
  const isShown = pane !== undefined && y >= pane.top && y <= pane.bottom;
  useTicksAround(isShown ? y : null, note === null ? 1 : 2, scene);
  if (!isShown || scene === null || live === null) return null;
  const tone = isStale ? 'stale' : live.close >= live.open ? 'up' : 'down';
  const price = formatNumber(live.close, priceDecimals(live.close, vsCurrency));
  return (
    <g data-testid="last-price" data-tone={tone}>
      <line
        className={classes.lastPrice}
        data-tone={tone}
        x1={scene.plot.left}
        x2={scene.plot.right}
        y1={y}
        y2={y}
      />
      <AxisTag scene={scene} y={y} lines={note === null ? [price] : [price, note]} tone={tone} />
    </g>
  );
}

const TICK_HALF = 7;

/** Hides the labels of the price axis that the tag would cover in part. */
function useTicksAround(y: number | null, lines: number, scene: Scene | null): void {
  useLayoutEffect(() => {
    if (scene === null) return;
    for (const tick of document.querySelectorAll<SVGTextElement>('.recharts-yAxis-tick-labels text')) {
      const at = Number(tick.getAttribute('y'));
      const isCovered = y !== null && at > y - 9 - TICK_HALF && at < y - 9 + lines * TAG_LINE + 3 + TICK_HALF;
      tick.style.visibility = isCovered ? 'hidden' : '';
    }
  }, [y, lines, scene]);
}
