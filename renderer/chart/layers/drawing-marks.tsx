import type { PointerEvent } from 'react';
import { formatNumber } from '../../../shared/format/number.ts';
import { priceDecimals } from '../../../shared/format/price.ts';
import { useObservable } from '../../observable/use-observable.ts';
import type { ChartCore } from '../model/chart-core.ts';
import { type DrawingShape, drawingShape } from '../model/drawing-shape.ts';
import { type Anchor, type Drawing, isOfOnePlace } from '../model/drawings.ts';
import classes from './drawing-marks.module.css';

/** The part of a drawing that is dragged. */
export type DrawingGrip = 'from' | 'to' | 'whole';

type DrawingMarksProps = {
  readonly core: ChartCore;
  readonly vsCurrency: string;
  readonly drawings: readonly Drawing[];
  readonly chosenId: number | null;
  readonly onChoose: (id: number) => void;
  /** Called while a drawing is dragged; `isOver` when the pointer is released. */
  readonly onDrag: (
    drawing: Drawing,
    grip: DrawingGrip,
    event: PointerEvent<SVGElement>,
    isOver: boolean,
  ) => void;
};

/** The drawings on the chart. The chosen one has grips. */
export function DrawingMarks(props: DrawingMarksProps) {
  const { core, vsCurrency, drawings, chosenId } = props;
  const scene = useObservable(core.placed);
  if (scene === null) return null;
  const { left, right } = scene.plot;
  const reach = right - left;
  const labelOf = (price: number): string => formatNumber(price, priceDecimals(price, vsCurrency));
  return drawings.map((drawing) => {
    // Infinite lines extend as far as the chart can be moved before it is drawn again.
    const shape = drawingShape(drawing, scene, { left: left - reach, right: right + reach }, labelOf);
    if (shape === null) return null;
    return (
      <OneDrawing
        key={drawing.id}
        {...props}
        drawing={drawing}
        shape={shape}
        isChosen={drawing.id === chosenId}
        labelX={left + 8}
      />
    );
  });
}

type OneDrawingProps = Pick<DrawingMarksProps, 'onChoose' | 'onDrag'> & {
  readonly drawing: Drawing;
  readonly shape: DrawingShape;
  readonly isChosen: boolean;
  readonly labelX: number;
};

function OneDrawing({ drawing, shape, isChosen, labelX, onChoose, onDrag }: OneDrawingProps) {
  const hold = (grip: DrawingGrip) => ({
    'data-clickable': true,
    onPointerDown: (event: PointerEvent<SVGElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      onChoose(drawing.id);
      onDrag(drawing, grip, event, false);
    },
    onPointerMove: (event: PointerEvent<SVGElement>) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) onDrag(drawing, grip, event, false);
    },
    onPointerUp: (event: PointerEvent<SVGElement>) => {
      event.currentTarget.releasePointerCapture(event.pointerId);
      onDrag(drawing, grip, event, true);
    },
  });
  const { box, segments, from, to } = shape;
  return (
    <g
      className={classes.drawing}
      data-chosen={isChosen || undefined}
      data-testid="drawing"
      data-kind={drawing.kind}
    >
      {box !== null && <rect className={classes.box} {...box} {...hold('whole')} />}
      {segments.map(({ x1, y1, x2, y2, label }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line that is dragged must remain the same element, which has captured the pointer
        <g key={index}>
          {drawing.kind !== 'text' && <line className={classes.line} x1={x1} y1={y1} x2={x2} y2={y2} />}
          <line className={classes.grab} x1={x1} y1={y1} x2={x2 + 0.01} y2={y2} {...hold('whole')} />
          {label !== '' && (
            <text
              className={classes.label}
              x={drawing.kind === 'level' ? labelX : x1}
              y={y1 - 5}
              {...hold('whole')}
            >
              {label}
            </text>
          )}
        </g>
      ))}
      {isChosen && !isOfOnePlace(drawing.kind) && (
        <>
          <circle className={classes.grip} cx={from.x} cy={from.y} r={5} {...hold('from')} />
          <circle className={classes.grip} cx={to.x} cy={to.y} r={5} {...hold('to')} />
        </>
      )}
    </g>
  );
}

/** The drawing after one of its grips was dragged from `begin` to `now`. */
export function draggedDrawing(drawing: Drawing, grip: DrawingGrip, begin: Anchor, now: Anchor): Drawing {
  if (grip !== 'whole') return { ...drawing, [grip]: now };
  const moved = ({ at, price }: Anchor): Anchor => ({
    at: at + now.at - begin.at,
    // By the same ratio, so that a drawing keeps its shape on a logarithmic axis, and its prices remain positive.
    price: price * (now.price / begin.price),
  });
  return { ...drawing, from: moved(drawing.from), to: moved(drawing.to) };
}
