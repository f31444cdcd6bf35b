import { firstAt } from '../model/candle-range.ts';
import { PRICE_PANE } from '../model/chart-layout.ts';
import type { CanvasLayer } from './canvas-layer.ts';
import { clipToPane } from './clip-to-pane.ts';

const LINE_WIDTH = 1.75;

/** Closes of other coins as lines, scaled to begin at the same value as the chart's own coin at the left edge. */
export const comparedLayer: CanvasLayer = {
  id: 'compared',
  closed(drawing) {
    const { context, scene, palette, ratio } = drawing;
    const pane = scene.panes.get(PRICE_PANE);
    if (pane === undefined || scene.inputs.compared.length === 0) return;
    const { range, intervalMs, time, percentBase } = scene;
    context.save();
    clipToPane(drawing, pane);
    context.lineWidth = LINE_WIDTH * ratio;
    context.lineJoin = 'bevel';
    for (const { starts, closes, color } of scene.inputs.compared) {
      const first = firstAt(starts, range.from - intervalMs + 1);
      const end = firstAt(starts, range.to);
      const base = closes[first];
      if (base === undefined) continue;
      context.beginPath();
      for (let index = first; index < end; index++) {
        const x = time.x((starts[index] ?? 0) + intervalMs / 2) * ratio;
        context.lineTo(x, pane.y(((closes[index] ?? base) / base) * percentBase) * ratio);
      }
      context.strokeStyle = palette.studies[color % palette.studies.length] ?? palette.ink;
      context.stroke();
    }
    context.restore();
  },
};
