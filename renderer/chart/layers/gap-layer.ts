import { PRICE_PANE } from '../model/chart-layout.ts';
import { gapsWithin } from '../model/gaps.ts';
import type { CanvasLayer } from './canvas-layer.ts';

/** The distance between the strokes of the hatching. */
const STROKE_PX = 6;
const HATCH_ALPHA = 0.6;

/** Hatching where candles are missing between others, because there are no prices of that time. */
export const gapLayer: CanvasLayer = {
  id: 'gaps',
  closed({ context, scene, palette, ratio }) {
    const pane = scene.panes.get(PRICE_PANE);
    if (pane === undefined) return;
    for (const { from, to } of gapsWithin(scene.candles, scene.inputs.intervalMs, scene.range)) {
      const left = Math.max(scene.plot.left, scene.time.x(from)) * ratio;
      const right = Math.min(scene.plot.right, scene.time.x(to)) * ratio;
      const [top, bottom] = [scene.plot.top * ratio, pane.bottom * ratio];
      if (right - left < 1) continue;
      context.save();
      context.beginPath();
      context.rect(left, top, right - left, bottom - top);
      context.clip();
      context.beginPath();
      // The strokes are placed relative to the start of the gap, so that they move with the chart.
      const height = bottom - top;
      const origin = (scene.time.x(from) * ratio) % (STROKE_PX * ratio);
      for (
        let x = left - height - ((left - height - origin) % (STROKE_PX * ratio));
        x < right;
        x += STROKE_PX * ratio
      ) {
        context.moveTo(x, bottom);
        context.lineTo(x + height, top);
      }
      context.globalAlpha = HATCH_ALPHA;
      context.strokeStyle = palette.strong;
      context.lineWidth = ratio;
      context.stroke();
      context.restore();
    }
  },
};
