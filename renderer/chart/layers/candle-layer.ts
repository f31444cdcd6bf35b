import { edgeAbove, PRICE_PANE } from '../model/chart-layout.ts';
import { type CandleGeometry, emptyGeometry, measureCandles } from './candle-geometry.ts';
import type { CanvasLayer, Drawing, DrawingContext } from './canvas-layer.ts';
import { clipToPane } from './clip-to-pane.ts';
import { faded } from './faded.ts';

/** Rising bodies of at least this width are hollow. */
const MIN_HOLLOW = 3;

const closedGeometry = emptyGeometry();
const liveGeometry = emptyGeometry();

/**
 * Candles: rising bodies are hollow and falling ones filled, so that colour is not the only sign. History is lighter, with a
 * hairline where measured prices begin. The candle that is not closed yet has a bar below it.
 */
export const candleLayer: CanvasLayer = {
  id: 'candles',
  closed(drawing) {
    const { scene } = drawing;
    drawCandles(drawing, closedGeometry, scene.candles, scene.first, scene.end);
    drawBeginnings(drawing);
  },
  live(drawing) {
    const { live } = drawing.scene;
    if (live === null) return;
    drawCandles(drawing, liveGeometry, [live], 0, 1);
    if (drawing.scene.isLiveOpen) markLive(drawing, liveGeometry);
  },
};

function drawCandles(
  drawing: Drawing,
  geometry: CandleGeometry,
  candles: Drawing['scene']['candles'],
  first: number,
  end: number,
): void {
  const { context, scene, palette, ratio } = drawing;
  const pane = scene.panes.get(PRICE_PANE);
  if (pane === undefined || first >= end) return;
  measureCandles(geometry, {
    candles,
    first,
    end,
    intervalMs: scene.intervalMs,
    x: (at) => scene.time.x(at) * ratio,
    y: (price) => pane.y(price) * ratio,
  });
  context.save();
  clipToPane(drawing, pane);
  const isHistory = geometry.isHistory.subarray(0, geometry.count);
  for (const history of [1, 0] as const) {
    if (!isHistory.includes(history)) continue;
    const color = (of: string): string => (history === 1 ? faded(of, palette.panel) : of);
    drawWicks(context, geometry, history, color(palette.wick));
    drawBodies(context, geometry, history, 1, color(palette.up), palette.panel, ratio);
    drawBodies(context, geometry, history, 0, color(palette.down), null, ratio);
  }
  context.restore();
}

function drawWicks(context: DrawingContext, geometry: CandleGeometry, history: number, color: string): void {
  const { count, middle, high, low, isHistory } = geometry;
  context.fillStyle = color;
  for (let index = 0; index < count; index++) {
    if (isHistory[index] !== history) continue;
    const top = Math.min(high[index] ?? 0, low[index] ?? 0);
    const bottom = Math.max(high[index] ?? 0, low[index] ?? 0);
    context.fillRect(middle[index] ?? 0, top, 1, Math.max(1, bottom - top + 1));
  }
}

function drawBodies(
  context: DrawingContext,
  geometry: CandleGeometry,
  history: number,
  rising: number,
  color: string,
  ground: string | null,
  ratio: number,
): void {
  const { count, middle, open, close, width, isRising, isHistory } = geometry;
  const half = (width - 1) / 2;
  const edge = Math.max(1, Math.round(ratio));
  const isHollow = ground !== null && width >= MIN_HOLLOW * edge;
  context.fillStyle = color;
  for (let index = 0; index < count; index++) {
    if (isRising[index] !== rising || isHistory[index] !== history) continue;
    const top = Math.min(open[index] ?? 0, close[index] ?? 0);
    const height = Math.abs((open[index] ?? 0) - (close[index] ?? 0)) + 1;
    context.fillRect((middle[index] ?? 0) - half, top, width, height);
  }
  if (!isHollow) return;
  context.fillStyle = ground;
  for (let index = 0; index < count; index++) {
    if (isRising[index] !== rising || isHistory[index] !== history) continue;
    const top = Math.min(open[index] ?? 0, close[index] ?? 0);
    const height = Math.abs((open[index] ?? 0) - (close[index] ?? 0)) + 1;
    if (height > 2 * edge) {
      context.fillRect((middle[index] ?? 0) - half + edge, top + edge, width - 2 * edge, height - 2 * edge);
    }
  }
}

/** A hairline at the left edge of each measured candle that follows a historical one. */
function drawBeginnings({ context, scene, palette, ratio }: Drawing): void {
  const { candles, first, end } = scene;
  context.fillStyle = palette.faint;
  for (let index = Math.max(first, 1); index < end; index++) {
    const candle = candles[index];
    if (candle === undefined || candle.tickCount === 0 || candles[index - 1]?.tickCount !== 0) continue;
    const x = Math.round(scene.time.x(candle.start) * ratio);
    context.fillRect(x, scene.plot.top * ratio, 1, (scene.plot.bottom - scene.plot.top) * ratio);
  }
}

/** A bar on the line below the prices marks the candle that is not closed yet. */
function markLive({ context, scene, palette, ratio }: Drawing, geometry: CandleGeometry): void {
  const pane = scene.panes.get(PRICE_PANE);
  if (pane === undefined) return;
  const width = Math.max(geometry.width, 3);
  const height = Math.max(1, Math.round(2 * ratio));
  const [, below] = scene.inputs.layout.panes;
  const line = below === undefined ? pane.bottom : edgeAbove(below) - 0.5;
  context.fillStyle = palette.faint;
  context.fillRect(
    (geometry.middle[0] ?? 0) - (width - 1) / 2,
    Math.round(line * ratio) - height,
    width,
    height,
  );
}
