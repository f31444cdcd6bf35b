import { memo, type RefObject, useLayoutEffect, useRef } from 'react';
import { useSelected } from '../../observable/use-observable.ts';
import { priceOnAxis } from '../model/axis-label.ts';
import type { ChartCore } from '../model/chart-core.ts';
import { PRICE_PANE } from '../model/chart-layout.ts';
import { TAG_LINE, TAG_PADDING, TAG_RISE, tagBox } from './axis-tag.tsx';
import { coveredLabels } from './covered-labels.ts';
import classes from './marks.module.css';
import { writeText } from './write-text.ts';

type LastPriceProps = {
  readonly core: ChartCore;
  readonly vsCurrency: string;
  /** The time until the candle closes, or the time of an old price. */
  readonly note: string | null;
  /** Whether no newer price is expected. */
  readonly isStale: boolean;
};

/** A dashed line at the latest price, and on the price axis a tag with its value and the time until the close. */
export const LastPrice = memo(function LastPrice(props: LastPriceProps) {
  const { placed } = props.core;
  // Selected one by one, because they are the same in most scenes.
  const plotLeft = useSelected(placed, (scene) => scene?.plot.left ?? null);
  const plotRight = useSelected(placed, (scene) => scene?.plot.right ?? null);
  const chartWidth = useSelected(placed, (scene) => scene?.inputs.layout.width ?? null);
  if (plotLeft === null || plotRight === null || chartWidth === null) return null;
  return <PriceLine {...props} {...{ plotLeft, plotRight, chartWidth }} />;
});

type PriceLineProps = LastPriceProps & {
  readonly plotLeft: number;
  readonly plotRight: number;
  readonly chartWidth: number;
};

function PriceLine(props: PriceLineProps) {
  const { core, vsCurrency, note, isStale, plotLeft, plotRight, chartWidth } = props;
  const lineCount = note === null ? 1 : 2;
  const ref = usePriceOnAxis({ core, vsCurrency, isStale, lineCount });
  const { left, width, height } = tagBox(plotRight, chartWidth, lineCount);
  return (
    <g ref={ref} data-testid="last-price">
      <line className={classes.lastPrice} x1={plotLeft} x2={plotRight} />
      <g className={classes.axisLabel}>
        <rect x={left} y={-TAG_RISE} width={width} height={height} rx={2} />
        {/* Written by `usePriceOnAxis` for each price, without React. */}
        <text x={left + TAG_PADDING} dy="0.35em" data-price />
        {note !== null && (
          <text x={left + TAG_PADDING} y={TAG_LINE} dy="0.35em">
            {note}
          </text>
        )}
      </g>
    </g>
  );
}

type PriceOnAxis = Pick<LastPriceProps, 'core' | 'vsCurrency' | 'isStale'> & { readonly lineCount: number };

/** Moves the line and its tag to the latest price, and updates their text and tone, without rendering for a new price. */
function usePriceOnAxis(given: PriceOnAxis): RefObject<SVGGElement | null> {
  const { core, vsCurrency, isStale, lineCount } = given;
  const ref = useRef<SVGGElement>(null);
  useLayoutEffect(() => {
    const group = ref.current;
    const text = group?.querySelector('[data-price]') ?? null;
    if (group === null || text === null) return;
    const labels = coveredLabels(() => group.ownerSVGElement?.parentElement ?? null);
    const attributes = changedOnly(group);
    const stopPainting = core.paint((scene) => {
      const live = core.live.get();
      const pane = scene.panes.get(PRICE_PANE);
      const y = live === null || pane === undefined ? Number.NaN : Math.floor(pane.y(live.close)) + 0.5;
      const isShown = live !== null && pane !== undefined && y >= pane.top && y <= pane.bottom;
      attributes.set('visibility', isShown ? 'visible' : 'hidden');
      if (scene.moved === null) labels.cover(isShown ? y : null, lineCount, core.scales.get());
      if (!isShown) return;
      attributes.set('transform', `translate(0 ${y})`);
      attributes.set('data-tone', isStale ? 'stale' : live.close >= live.open ? 'up' : 'down');
      writeText(text, priceOnAxis(live.close, pane.axis, vsCurrency));
    });
    return () => {
      stopPainting();
      labels.cover(null, lineCount, core.scales.get());
    };
  }, [core, vsCurrency, isStale, lineCount]);
  return ref;
}

/** Sets attributes of an element only if their values have changed, because each write causes a style recalculation. */
function changedOnly(element: Element): { set(name: string, value: string): void } {
  const known = new Map<string, string>();
  return {
    set(name, value) {
      if (known.get(name) === value) return;
      known.set(name, value);
      element.setAttribute(name, value);
    },
  };
}
