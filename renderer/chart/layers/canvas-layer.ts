import type { Scene } from '../model/scene.ts';
import type { Palette } from './palette.ts';

/** The part of the canvas API that layers use. `svgContext` implements it, too, so that they can also draw an SVG picture. */
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

/** A canvas and the scene to be drawn on it. Layers draw in device pixels, so that edges are sharp on every screen. */
export type Drawing = {
  readonly context: DrawingContext;
  readonly scene: Scene;
  readonly palette: Palette;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
};

/**
 * One kind of marks. `closed` draws those that change only with a closed candle or when the chart is moved; `live` draws those that
 * change with each price, on a second canvas above.
 */
export type CanvasLayer = {
  readonly id: string;
  readonly closed?: (drawing: Drawing) => void;
  readonly live?: (drawing: Drawing) => void;
};
