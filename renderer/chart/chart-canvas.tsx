import { memo, useEffect, useRef } from 'react';
import type { CanvasLayer } from './layers/canvas-layer.ts';
import { CANVAS_LAYERS } from './layers/canvas-layers.ts';
import { type LiveColumn, liveColumn } from './layers/live-column.ts';
import classes from './layers/marks.module.css';
import { drawMovedAxes } from './layers/moved-axes.ts';
import { onColorsChange } from './layers/on-colors-change.ts';
import { type Palette, readPalette } from './layers/palette.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { Scene } from './model/scene.ts';

/**
 * The layers with hundreds of marks, on two canvases. Only the upper one is drawn again for a new price: it is no wider than what
 * the price can change, because clearing and presenting a canvas costs by its area.
 */
export const ChartCanvas = memo(function ChartCanvas({ core }: { readonly core: ChartCore }) {
  const closedRef = useRef<HTMLCanvasElement>(null);
  const liveRef = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const [closed, live] = [closedRef.current, liveRef.current];
    if (closed === null || live === null) return;
    let palette = readPalette(closed);
    const stopPainting = core.paint((scene, extent) => {
      if (extent === 'all') {
        // One of the two draws the axes.
        closed.parentElement?.toggleAttribute('data-moved', scene.moved !== null);
        drawClosed(closed, scene, palette);
      }
      drawLive(live, scene, palette);
    });
    const stopColors = onColorsChange(() => {
      palette = readPalette(closed);
      core.redraw();
    });
    return () => {
      stopPainting();
      stopColors();
    };
  }, [core]);

  return (
    <>
      <canvas ref={closedRef} className={classes.canvas} />
      <canvas ref={liveRef} className={classes.canvas} data-testid="live-canvas" />
    </>
  );
});

function drawClosed(canvas: HTMLCanvasElement, scene: Scene, palette: Palette): void {
  const width = Math.round(scene.inputs.layout.width * window.devicePixelRatio);
  const context = prepared(canvas, { left: 0, width }, scene);
  if (context === null) return;
  drawMovedAxes({ context, scene, palette, ratio: window.devicePixelRatio });
  drawLayers(context, scene, palette, ({ closed }) => closed);
}

function drawLive(canvas: HTMLCanvasElement, scene: Scene, palette: Palette): void {
  const column = liveColumn(scene, window.devicePixelRatio);
  if (canvas.hidden !== (column === null)) canvas.hidden = column === null;
  const context = column === null ? null : prepared(canvas, column, scene);
  if (context !== null) drawLayers(context, scene, palette, ({ live }) => live);
}

/** What a canvas covers at present. Zooming the page changes the ratio, but hardly the number of device pixels. */
type Covered = LiveColumn & { readonly height: number; readonly ratio: number };
const covered = new WeakMap<HTMLCanvasElement, Covered>();

/** Puts the canvas over a column of the chart, empty. Draws in the chart's pixels then. */
function prepared(
  canvas: HTMLCanvasElement,
  { left, width }: LiveColumn,
  scene: Scene,
): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio;
  const context = canvas.getContext('2d');
  if (context === null) return null;
  const height = Math.round(scene.inputs.layout.height * ratio);
  const before = covered.get(canvas);
  const isSameSize = before?.width === width && before.height === height && before.ratio === ratio;
  if (isSameSize) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
  } else {
    // Clears the canvas as well.
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${width / ratio}px`;
    canvas.style.height = `${height / ratio}px`;
  }
  if (!isSameSize || before.left !== left) {
    canvas.style.left = `${left / ratio}px`;
    covered.set(canvas, { left, width, height, ratio });
  }
  context.setTransform(1, 0, 0, 1, -left, 0);
  return context;
}

function drawLayers(
  context: CanvasRenderingContext2D,
  scene: Scene,
  palette: Palette,
  pick: (layer: CanvasLayer) => CanvasLayer['closed'],
): void {
  const drawing = { context, scene, palette, ratio: window.devicePixelRatio };
  for (const layer of CANVAS_LAYERS) pick(layer)?.(drawing);
}
