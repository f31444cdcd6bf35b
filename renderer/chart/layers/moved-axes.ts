import { axisLabel, timeLabelMiddle } from '../model/axis-label.ts';
import { PRICE_PANE } from '../model/chart-layout.ts';
import type { Scene, ScenePane } from '../model/scene.ts';
import { TAG_LINE, TAG_RISE } from './axis-tag.tsx';
import type { Palette } from './palette.ts';

/** As in the axes that Recharts draws; see `chart-axes.tsx`. */
const FONT_PX = 11;
const TIME_BASELINE_PX = 12;
const LABEL_GAP_PX = 8;
const LABEL_HALF = 7;
/** The distance from the middle of a line of text to its baseline, as a share of the font size. */
const BASELINE_EM = 0.35;
/** Forced colours include no fainter one for the grid. */
const FORCED_GRID_ALPHA = 0.35;

type MovedAxes = {
  readonly context: CanvasRenderingContext2D;
  readonly scene: Scene;
  readonly palette: Palette;
  readonly ratio: number;
};

/**
 * Grid, time axis and price axis while the chart is moved. They replace those of Recharts, which React would have to render whenever
 * a price leaves the axis, and whose SVG would be painted for each pixel of the movement.
 */
export function drawMovedAxes(axes: MovedAxes): void {
  const { context, scene } = axes;
  const pane = scene.panes.get(PRICE_PANE);
  if (scene.moved === null || pane === undefined) return;
  context.save();
  drawGrid(axes, scene.moved, pane);
  drawTimes(axes, scene.moved);
  drawPrices(axes, scene.moved, pane);
  context.restore();
}

type Moved = NonNullable<Scene['moved']>;

function drawGrid({ context, scene, palette, ratio }: MovedAxes, moved: Moved, pane: ScenePane): void {
  const { left, right, top, bottom } = scene.plot;
  const width = Math.max(1, Math.round(ratio));
  const place = (px: number): number => Math.round(px * ratio - width / 2);
  context.fillStyle = palette.line;
  context.globalAlpha = palette.isForced ? FORCED_GRID_ALPHA : 1;
  const xs = moved.times.map(({ at }) => scene.time.x(at)).filter((x) => x > left && x < right);
  for (const x of [left, ...xs, right]) {
    context.fillRect(place(x), top * ratio, width, (bottom - top) * ratio);
  }
  for (const y of [top, ...pane.axis.ticks.map(pane.y), bottom]) {
    context.fillRect(left * ratio, place(y), (right - left) * ratio, width);
  }
  context.globalAlpha = 1;
}

function drawTimes({ context, scene, palette, ratio }: MovedAxes, { times }: Moved): void {
  const { left, right, bottom } = scene.plot;
  const { width } = scene.inputs.layout;
  context.textAlign = 'center';
  for (const isMajor of [false, true]) {
    context.font = fontOf(palette, ratio, isMajor ? 600 : 400);
    context.fillStyle = isMajor ? palette.ink : palette.faint;
    for (const tick of times) {
      if (tick.isMajor !== isMajor) continue;
      const x = scene.time.x(tick.at);
      if (x < left || x > right) continue;
      const middle = timeLabelMiddle(x, tick.label, width);
      context.fillText(tick.label, middle * ratio, (bottom + TIME_BASELINE_PX) * ratio);
    }
  }
}

function drawPrices({ context, scene, palette, ratio }: MovedAxes, moved: Moved, pane: ScenePane): void {
  context.textAlign = 'start';
  context.font = fontOf(palette, ratio, 400);
  context.fillStyle = palette.faint;
  // Labels that the tag of the last price would partly cover are omitted.
  const tag = moved.lastPrice === null ? Number.NaN : pane.y(moved.lastPrice);
  const [tagTop, tagBottom] = [tag - TAG_RISE - LABEL_HALF, tag - TAG_RISE + 2 * TAG_LINE + 3 + LABEL_HALF];
  const isTagShown = tag >= pane.top && tag <= pane.bottom;
  for (const value of pane.axis.ticks) {
    const y = pane.y(value);
    if (isTagShown && y > tagTop && y < tagBottom) continue;
    context.fillText(
      axisLabel(value, pane.axis),
      (scene.plot.right + LABEL_GAP_PX) * ratio,
      (y + BASELINE_EM * FONT_PX) * ratio,
    );
  }
}

const fontOf = ({ font }: Palette, ratio: number, weight: number): string =>
  `${weight} ${FONT_PX * ratio}px ${font}`;
