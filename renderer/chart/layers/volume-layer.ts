import type { Candle } from '../../../shared/domain/candle.ts';
import { VOLUME_PANE } from '../model/chart-layout.ts';
import type { ScenePane } from '../model/scene.ts';
import { type CandleGeometry, emptyGeometry, measureCandles } from './candle-geometry.ts';
import type { CanvasLayer, Drawing } from './canvas-layer.ts';
import { clipToPane } from './clip-to-pane.ts';

const BAR_ALPHA = 0.45;
const closedGeometry = emptyGeometry();
const liveGeometry = emptyGeometry();

/**
 * The volume pane. Traded volume is the amount of an interval, drawn as bars from zero in the colours of the candles. A rolling
 * 24-hour volume is a level that is sampled from time to time, drawn as a line that is broken where candles are missing.
 */
export const volumeLayer: CanvasLayer = {
  id: 'volume',
  closed: (drawing) =>
    drawVolume(drawing, closedGeometry, drawing.scene.candles, drawing.scene.first, drawing.scene.end),
  live(drawing) {
    const { live, candles, inputs } = drawing.scene;
    const last = candles.at(-1);
    if (live === null) return;
    // A level continues from the candle before.
    const before = inputs.volumeKind === 'rolling-24h' && last !== undefined ? [last] : [];
    drawVolume(drawing, liveGeometry, [...before, live], 0, before.length + 1);
  },
};

function drawVolume(
  drawing: Drawing,
  geometry: CandleGeometry,
  candles: readonly Candle[],
  first: number,
  end: number,
): void {
  const pane = drawing.scene.panes.get(VOLUME_PANE);
  if (pane === undefined) return;
  drawing.context.save();
  clipToPane(drawing, pane);
  if (drawing.scene.inputs.volumeKind === 'traded') drawBars(drawing, pane, geometry, candles, first, end);
  else drawLevels(drawing, pane, candles, first, end);
  drawing.context.restore();
}

function drawBars(
  { context, scene, palette, ratio }: Drawing,
  pane: ScenePane,
  geometry: CandleGeometry,
  candles: readonly Candle[],
  first: number,
  end: number,
): void {
  measureCandles(geometry, {
    candles,
    first,
    end,
    intervalMs: scene.intervalMs,
    x: (at) => scene.time.x(at) * ratio,
    y: () => 0,
  });
  const { count, middle, volume, width, isRising } = geometry;
  const half = (width - 1) / 2;
  const base = Math.round(pane.y(0) * ratio);
  context.globalAlpha = palette.isForced ? 1 : BAR_ALPHA;
  for (const rising of [1, 0] as const) {
    context.fillStyle = rising === 1 ? palette.up : palette.down;
    for (let index = 0; index < count; index++) {
      const traded = volume[index] ?? Number.NaN;
      if (isRising[index] !== rising || !(traded > 0)) continue;
      const top = Math.min(base - 1, Math.round(pane.y(traded) * ratio));
      context.fillRect((middle[index] ?? 0) - half, top, width, base - top);
    }
  }
}

function drawLevels(
  { context, scene, palette, ratio }: Drawing,
  pane: ScenePane,
  candles: readonly Candle[],
  first: number,
  end: number,
): void {
  const { intervalMs, time } = scene;
  context.beginPath();
  let previous = Number.NEGATIVE_INFINITY;
  for (let index = first; index < end; index++) {
    const candle = candles[index];
    if (candle === undefined || candle.volume === null) continue;
    const y = pane.y(candle.volume) * ratio;
    const left = time.x(candle.start) * ratio;
    if (candle.start - previous === intervalMs) context.lineTo(left, y);
    else context.moveTo(left, y);
    context.lineTo(time.x(candle.start + intervalMs) * ratio, y);
    previous = candle.start;
  }
  context.strokeStyle = palette.faint;
  context.lineWidth = 1.25 * ratio;
  context.stroke();
}
