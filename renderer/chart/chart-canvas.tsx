import { memo, useEffect, useRef } from 'react';
import type { CanvasLayer } from './layers/canvas-layer.ts';
import { CANVAS_LAYERS } from './layers/canvas-layers.ts';
import classes from './layers/marks.module.css';
import { onColorsChange } from './layers/on-colors-change.ts';
import { type Palette, readPalette } from './layers/palette.ts';
import type { ChartCore } from './model/chart-core.ts';
import type { Scene } from './model/scene.ts';

/** What has hundreds of marks, on two canvases: the upper one alone is drawn again for a new price. */
export const ChartCanvas = memo(function ChartCanvas({ core }: { readonly core: ChartCore }) {
  const closedRef = useRef<HTMLCanvasElement>(null);
  const liveRef = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const [closed, live] = [closedRef.current, liveRef.current];
    if (closed === null || live === null) return;
    let palette = readPalette(closed);
    const stopPainting = core.paint((scene, extent) => {
      if (extent === 'all') drawOn(closed, scene, palette, ({ closed: draw }) => draw);
      drawOn(live, scene, palette, ({ live: draw }) => draw);
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

type Pick = (layer: CanvasLayer) => CanvasLayer['closed'];

function drawOn(canvas: HTMLCanvasElement, scene: Scene, palette: Palette, pick: Pick): void {
  const { width, height } = scene.inputs.layout;
  const ratio = window.devicePixelRatio;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  // Setting the size clears the canvas, also to the size that it has.
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth;
    canvas.height = pixelHeight;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  } else {
    context.clearRect(0, 0, pixelWidth, pixelHeight);
  }
  const drawing = { context, scene, palette, ratio };
  for (const layer of CANVAS_LAYERS) pick(layer)?.(drawing);
}
