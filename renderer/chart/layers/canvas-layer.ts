import type { Scene } from '../model/scene.ts';
import type { Palette } from './palette.ts';

/** The part of the canvas API that layers use, so that they can also draw an SVG picture. */
export type DrawingContext = Pick<
  CanvasRenderingContext2D,
  | 'save'
  | 'restore'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'rect'
  | 'clip'
  | 'fill'
  | 'stroke'
  | 'fillRect'
  | 'setLineDash'
  | 'fillStyle'
  | 'strokeStyle'
  | 'globalAlpha'
  | 'lineWidth'
  | 'lineJoin'
>;

/** A canvas with what is drawn on it. Layers draw in device pixels, so that edges are sharp on every screen. */
export type Drawing = {
  readonly context: DrawingContext;
  readonly scene: Scene;
  readonly palette: Palette;
  /** Device pixels for each pixel of the page. */
  readonly ratio: number;
};

/**
 * One kind of marks. `closed` draws those that only a closed candle or a movement changes; `live` those that each price
 * changes, on a canvas of their own above.
 */
export type CanvasLayer = {
  readonly id: string;
  readonly closed?: (drawing: Drawing) => void;
  readonly live?: (drawing: Drawing) => void;
};
