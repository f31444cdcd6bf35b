import { memo, type ReactNode, useId } from 'react';
import { useSelected } from '../observable/use-observable.ts';
import classes from './layers/marks.module.css';
import type { ChartCore } from './model/chart-core.ts';
import type { Rect } from './model/scene.ts';

type ChartMarksProps = {
  readonly core: ChartCore;
  /** Marks that move with the chart, and are clipped at the edges of the plot. */
  readonly moving: ReactNode;
  /** Marks that do not move. */
  readonly still: ReactNode;
};

/** The layers with few marks, as SVG above the canvases. */
export const ChartMarks = memo(function ChartMarks({ core, moving, still }: ChartMarksProps) {
  const clipId = useId();
  const plot = useSelected(core.placed, (scene) => scene && outlineOf(scene.plot));
  return (
    <svg className={classes.marks} aria-hidden="true">
      {plot !== null && (
        <defs>
          <clipPath id={clipId}>
            <path d={plot} />
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

/** The outline of a rectangle, as path data. */
const outlineOf = ({ left, top, right, bottom }: Rect): string =>
  `M${left} ${top}H${right}V${bottom}H${left}Z`;
