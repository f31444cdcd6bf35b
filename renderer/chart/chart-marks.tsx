import { memo, type ReactNode, useId } from 'react';
import { useObservable } from '../observable/use-observable.ts';
import classes from './layers/marks.module.css';
import type { ChartCore } from './model/chart-core.ts';
import { PRICE_PANE } from './model/chart-layout.ts';

type ChartMarksProps = {
  readonly core: ChartCore;
  /** Marks that move along with the chart, and are cut off at the edges of the prices. */
  readonly moving: ReactNode;
  /** Marks that stand still. */
  readonly still: ReactNode;
};

/** What there are few of, as SVG above the canvases. */
export const ChartMarks = memo(function ChartMarks({ core, moving, still }: ChartMarksProps) {
  const clipId = useId();
  const scene = useObservable(core.placed);
  const pane = scene?.panes.get(PRICE_PANE);
  return (
    <svg className={classes.marks} aria-hidden="true">
      {scene !== null && pane !== undefined && (
        <defs>
          <clipPath id={clipId}>
            <rect
              x={scene.plot.left}
              y={scene.plot.top}
              width={scene.plot.right - scene.plot.left}
              height={scene.plot.bottom - scene.plot.top}
            />
          </clipPath>
        </defs>
      )}
      <g clipPath={`url(#${clipId})`}>
        <g data-moves>{moving}</g>
      </g>
      {still}
    </svg>
  );
});
