import { PRICE_PANE } from '../model/chart-layout.ts';
import { type RuleFiring, ruleFirings } from '../model/rule-firings.ts';
import type { Scene } from '../model/scene.ts';
import type { StudySeries } from '../model/study-series.ts';
import type { CanvasLayer } from './canvas-layer.ts';
import { clipToPane } from './clip-to-pane.ts';

const SIZE = 5;
const DISTANCE = 6;

/** Computed once for each study, not for each frame. */
const known = new WeakMap<StudySeries, readonly RuleFiring[]>();

function firingsOf(study: StudySeries, { candles }: Scene): readonly RuleFiring[] {
  const found = known.get(study);
  if (found !== undefined) return found;
  const [upper, , lower] = study.values;
  const firings = upper === undefined || lower === undefined ? [] : ruleFirings(candles, upper, lower);
  known.set(study, firings);
  return firings;
}

/** Hollow triangles where the rule of the band would have fired; filled ones are alerts that were raised. */
export const ruleFiringLayer: CanvasLayer = {
  id: 'rule-firings',
  closed(drawing) {
    const { context, scene, palette, ratio } = drawing;
    const pane = scene.panes.get(PRICE_PANE);
    if (pane === undefined) return;
    context.save();
    clipToPane(drawing, pane);
    context.strokeStyle = palette.warn;
    context.lineWidth = 1.5 * ratio;
    for (const study of scene.inputs.studies) {
      if (!study.id.startsWith('rule')) continue;
      for (const { index, direction } of firingsOf(study, scene)) {
        const candle = scene.candles[index];
        if (candle === undefined || index < scene.first || index >= scene.end) continue;
        const x = scene.time.x(candle.start + scene.intervalMs / 2) * ratio;
        const sign = direction === 'up' ? 1 : -1;
        const tip = pane.y(direction === 'up' ? candle.low : candle.high) * ratio + sign * DISTANCE * ratio;
        context.beginPath();
        context.moveTo(x, tip);
        context.lineTo(x - SIZE * ratio, tip + sign * SIZE * 1.6 * ratio);
        context.lineTo(x + SIZE * ratio, tip + sign * SIZE * 1.6 * ratio);
        context.lineTo(x, tip);
        context.stroke();
      }
    }
    context.restore();
  },
};
