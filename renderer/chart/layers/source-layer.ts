import { visibleSourceChanges } from '../model/sources.ts';
import type { CanvasLayer } from './canvas-layer.ts';

const DASH_PX = 3;

/** A dotted hairline where the source of the candles changes. */
export const sourceLayer: CanvasLayer = {
  id: 'sources',
  closed({ context, scene, palette, ratio }) {
    const changes = visibleSourceChanges(scene);
    if (changes.length === 0) return;
    const { top, bottom } = scene.plot;
    context.beginPath();
    for (const { since } of changes) {
      const x = Math.round(scene.time.x(since) * ratio) + 0.5;
      context.moveTo(x, top * ratio);
      context.lineTo(x, bottom * ratio);
    }
    context.strokeStyle = palette.strong;
    context.lineWidth = 1;
    context.setLineDash([DASH_PX * ratio, DASH_PX * ratio]);
    context.stroke();
    context.setLineDash([]);
  },
};
