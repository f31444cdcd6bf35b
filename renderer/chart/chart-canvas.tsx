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
 * The layers with hundreds of marks, on two canvases. A new price redraws only the upper one, which is no wider than the part that
 * the price can change, because the cost of clearing and presenting a canvas depends on its area.
 */
export const ChartCanvas = memo(function ChartCanvas({ core }: { readonly core: ChartCore }) {
  const closedRef = useRef<HTMLCanvasElement>(null);
  const liveRef = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const closed = closedRef.current?.getContext('2d') ?? null;
    const live = liveRef.current?.getContext('2d') ?? null;
    if (closed === null || live === null) return;
    let palette = readPalette(closed.canvas);
    const stopPainting = core.paint((scene, extent) => {
      if (extent === 'all') {
        // While the chart is moved, the canvas draws the axes and those of Recharts are hidden.
        closed.canvas.parentElement?.toggleAttribute('data-moved', scene.moved !== null);
        drawClosed(closed, scene, palette);
      }
      drawLive(live, scene, palette);
    });
    const stopColors = onColorsChange(() => {
      palette = readPalette(closed.canvas);
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

function drawClosed(context: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  const width = Math.round(scene.inputs.layout.width * window.devicePixelRatio);
  prepare(context, { left: 0, width }, scene);
  drawMovedAxes({ context, scene, palette, ratio: window.devicePixelRatio });
  drawLayers(context, scene, palette, ({ closed }) => closed);
}

function drawLive(context: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  const column = liveColumn(scene, window.devicePixelRatio);
  const { canvas } = context;
  if (canvas.hidden !== (column === null)) canvas.hidden = column === null;
  if (column === null) return;
  prepare(context, column, scene);
  drawLayers(context, scene, palette, ({ live }) => live);
}

/** The size and position of a canvas. Zooming the page changes the ratio, but hardly the number of device pixels. */
type Covered = LiveColumn & { readonly height: number; readonly ratio: number };
const covered = new WeakMap<HTMLCanvasElement, Covered>();

/** Places the canvas over a column of the chart and clears it. Its origin is then that of the chart, in device pixels. */
function prepare(context: CanvasRenderingContext2D, { left, width }: LiveColumn, scene: Scene): void {
  const { canvas } = context;
  const ratio = window.devicePixelRatio;
  const height = Math.round(scene.inputs.layout.height * ratio);
  const before = covered.get(canvas);
  const isSameSize = before?.width === width && before.height === height && before.ratio === ratio;
  if (isSameSize) {
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
  } else {
    // Setting the size also clears the canvas.
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
