import { formatNumber } from '../../../shared/format/number.ts';
import { PRICE_PANE } from './chart-layout.ts';
import type { Anchor, Drawing } from './drawings.ts';
import type { Scene } from './scene.ts';

export type Segment = {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** The text at the line: a price, or a percentage. */
  readonly label: string;
};

/** A drawing in pixels. */
export type DrawingShape = {
  readonly segments: readonly Segment[];
  readonly box: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } | null;
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
};

/** Shares of the distance from the second point back to the first. */
const RETRACEMENTS = [0, 0.236, 0.382, 0.5, 0.618, 0.786, 1] as const;

const LABEL_HEIGHT = 12;

/**
 * The shape of a drawing in a scene.
 *
 * @param left the pixel at which infinite lines are cut off, and `right` that at the other side
 * @returns null for a scene without prices
 */
export function drawingShape(
  drawing: Drawing,
  scene: Scene,
  { left, right }: { readonly left: number; readonly right: number },
  labelOf: (price: number) => string,
): DrawingShape | null {
  const pane = scene.panes.get(PRICE_PANE);
  if (pane === undefined) return null;
  const pixel = ({ at, price }: Anchor) => ({ x: scene.time.x(at), y: pane.y(price) });
  const from = pixel(drawing.from);
  const to = pixel(drawing.to);
  const across = (y: number, label: string): Segment => ({ x1: left, y1: y, x2: right, y2: y, label });
  const straight: Segment = { x1: from.x, y1: from.y, x2: to.x, y2: to.y, label: '' };
  const shape = { segments: [], box: null, from, to };
  switch (drawing.kind) {
    case 'level':
      return { ...shape, segments: [across(from.y, labelOf(drawing.from.price))] };
    case 'trend':
      return { ...shape, segments: [straight] };
    case 'ray':
      return { ...shape, segments: [endless(straight, left, right)] };
    case 'rectangle':
      return {
        ...shape,
        box: {
          x: Math.min(from.x, to.x),
          y: Math.min(from.y, to.y),
          width: Math.abs(to.x - from.x),
          height: Math.abs(to.y - from.y),
        },
      };
    case 'fibonacci':
      return {
        ...shape,
        segments: retracements(drawing, pane.y, labelOf).map(({ y, label }) => {
          return { x1: Math.min(from.x, to.x), y1: y, x2: Math.max(from.x, to.x), y2: y, label };
        }),
      };
    case 'text':
      return {
        ...shape,
        segments: [{ x1: from.x, y1: from.y, x2: from.x, y2: from.y, label: drawing.text }],
      };
  }
}

/** The lines of a Fibonacci drawing. Those without room for a label above them have none. */
function retracements(
  { from, to }: Drawing,
  yOf: (price: number) => number,
  labelOf: (price: number) => string,
): readonly { readonly y: number; readonly label: string }[] {
  let lastLabel = Number.NaN;
  return RETRACEMENTS.map((share) => {
    const price = to.price + (from.price - to.price) * share;
    const y = yOf(price);
    if (Math.abs(y - lastLabel) < LABEL_HEIGHT) return { y, label: '' };
    lastLabel = y;
    return { y, label: `${formatNumber(share * 100, 1)}%\u2002${labelOf(price)}` };
  });
}

/** Extends a line from its first point through the second to an edge; a vertical one is not extended. */
function endless(segment: Segment, left: number, right: number): Segment {
  const { x1, y1, x2, y2 } = segment;
  if (x1 === x2) return segment;
  const edge = x2 > x1 ? Math.max(right, x2) : Math.min(left, x2);
  return { ...segment, x2: edge, y2: y1 + ((edge - x1) / (x2 - x1)) * (y2 - y1) };
}
