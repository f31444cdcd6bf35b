import type { ScenePane } from '../model/scene.ts';
import type { StudySeries } from '../model/study-series.ts';
import type { CanvasLayer, Drawing, DrawingContext } from './canvas-layer.ts';
import { clipToPane } from './clip-to-pane.ts';

const BAND_ALPHA = 0.08;
const LINE_WIDTH = 1.25;
/** Distinguish the lines of one study without colours. */
const DASHES = [[], [5, 3], [2, 3], [8, 3, 2, 3]] as const;

/** Studies as lines, bands and bars, each in its pane, with a line at each of its levels. */
export const studyLayer: CanvasLayer = {
  id: 'studies',
  closed: (drawing) => eachStudy(drawing, drawClosed),
  live: (drawing) => eachStudy(drawing, drawLive),
};

function eachStudy(
  drawing: Drawing,
  draw: (drawing: Drawing, study: StudySeries, pane: ScenePane) => void,
): void {
  const { context, scene } = drawing;
  for (const pane of scene.panes.values()) {
    const studies = scene.inputs.studies.filter((study) => study.pane === pane.id);
    if (studies.length === 0) continue;
    context.save();
    clipToPane(drawing, pane);
    for (const study of studies) draw(drawing, study, pane);
    context.restore();
  }
}

const colorOf = ({ palette }: Drawing, study: StudySeries): string =>
  palette.studies[study.color % palette.studies.length] ?? palette.ink;

function drawClosed(drawing: Drawing, study: StudySeries, pane: ScenePane): void {
  const { context, scene, palette, ratio } = drawing;
  const color = colorOf(drawing, study);
  context.fillStyle = palette.line;
  for (const level of study.levels) {
    context.fillRect(
      scene.plot.left * ratio,
      Math.round(pane.y(level) * ratio),
      (scene.plot.right - scene.plot.left) * ratio,
      1,
    );
  }
  const band = bandOf(study, study.values);
  if (band !== null && !palette.isForced) {
    context.fillStyle = color;
    context.globalAlpha = BAND_ALPHA;
    fillBetween(drawing, pane, band.upper, band.lower);
    context.globalAlpha = 1;
  }
  for (const [line, values] of study.values.entries()) {
    if (study.lines[line]?.style === 'bars') drawBars(drawing, pane, values, color);
    else strokeValues(drawing, pane, values, color, line);
  }
}

/** The items of the first and the last line with the style `band`; null if there are not two. */
function bandOf<T>(
  { lines }: StudySeries,
  ofLines: readonly T[],
): { readonly upper: T; readonly lower: T } | null {
  const bands = ofLines.filter((_, line) => lines[line]?.style === 'band');
  const [upper, lower] = [bands[0], bands.at(-1)];
  return upper === undefined || lower === undefined || bands.length < 2 ? null : { upper, lower };
}

/** The visible candles and one more on each side, so that lines continue to the edges. */
const around = ({ scene }: Drawing): readonly [number, number] => [
  Math.max(0, scene.first - 1),
  Math.min(scene.candles.length, scene.end + 1),
];

function strokeValues(
  drawing: Drawing,
  pane: ScenePane,
  values: Float64Array,
  color: string,
  line: number,
): void {
  const { context, scene, palette, ratio } = drawing;
  const { candles, intervalMs, time } = scene;
  const [first, end] = around(drawing);
  context.beginPath();
  let isDrawing = false;
  let column = Number.NaN;
  for (let index = first; index < end; index++) {
    const value = values[index];
    const candle = candles[index];
    if (value === undefined || Number.isNaN(value) || candle === undefined) {
      isDrawing = false;
      continue;
    }
    const x = time.x(candle.start + intervalMs / 2) * ratio;
    // Only the first point of a pixel column is drawn.
    if (isDrawing && Math.floor(x) === column) continue;
    column = Math.floor(x);
    if (isDrawing) context.lineTo(x, pane.y(value) * ratio);
    else context.moveTo(x, pane.y(value) * ratio);
    isDrawing = true;
  }
  stroke(context, color, line, ratio, palette.isForced);
}

function stroke(
  context: DrawingContext,
  color: string,
  line: number,
  ratio: number,
  isForced: boolean,
): void {
  context.strokeStyle = color;
  context.lineWidth = LINE_WIDTH * ratio;
  context.lineJoin = 'bevel';
  const dashes = isForced || line > 0 ? (DASHES[line % DASHES.length] ?? []) : [];
  if (dashes.length > 0) context.setLineDash(dashes.map((dash) => dash * ratio));
  context.stroke();
  if (dashes.length > 0) context.setLineDash([]);
}

function fillBetween(drawing: Drawing, pane: ScenePane, upper: Float64Array, lower: Float64Array): void {
  const { context, scene, ratio } = drawing;
  const { candles, intervalMs, time } = scene;
  const [first, end] = around(drawing);
  const xOf = (index: number): number => time.x((candles[index]?.start ?? 0) + intervalMs / 2) * ratio;
  const isKnown = (index: number): boolean =>
    !Number.isNaN(upper[index] ?? Number.NaN) && !Number.isNaN(lower[index] ?? Number.NaN);
  let until = first;
  while (until < end) {
    let from = until;
    while (from < end && !isKnown(from)) from += 1;
    until = from;
    while (until < end && isKnown(until)) until += 1;
    if (from === until) return;
    context.beginPath();
    for (let index = from; index < until; index++)
      context.lineTo(xOf(index), pane.y(upper[index] ?? 0) * ratio);
    for (let index = until - 1; index >= from; index--) {
      context.lineTo(xOf(index), pane.y(lower[index] ?? 0) * ratio);
    }
    context.fill();
  }
}

function drawBars(drawing: Drawing, pane: ScenePane, values: Float64Array, color: string): void {
  const { context, scene, ratio } = drawing;
  const { candles, intervalMs, time } = scene;
  const width = Math.max(1, Math.round(intervalMs * time.pxPerMs * ratio * 0.6));
  const base = Math.round(pane.y(0) * ratio);
  context.fillStyle = color;
  context.globalAlpha = 0.5;
  for (let index = scene.first; index < scene.end; index++) {
    const value = values[index];
    const candle = candles[index];
    if (value === undefined || Number.isNaN(value) || candle === undefined) continue;
    const middle = Math.floor(time.x(candle.start + intervalMs / 2) * ratio);
    const y = Math.round(pane.y(value) * ratio);
    context.fillRect(middle - (width >> 1), Math.min(y, base), width, Math.max(1, Math.abs(base - y)));
  }
  context.globalAlpha = 1;
}

/** The part from the last closed candle to the one that is not closed yet. */
function drawLive(drawing: Drawing, study: StudySeries, pane: ScenePane): void {
  const { context, scene, palette, ratio } = drawing;
  const { live, candles, intervalMs, time } = scene;
  if (live === null) return;
  const last = candles.length - 1;
  const previous = candles[last];
  const x = time.x(live.start + intervalMs / 2) * ratio;
  const values = study.preview(live);
  tintToLive(drawing, study, pane, values);
  for (const [line, value] of values.entries()) {
    const before = study.values[line]?.[last];
    if (Number.isNaN(value)) continue;
    if (study.lines[line]?.style === 'bars') {
      const base = Math.round(pane.y(0) * ratio);
      const y = Math.round(pane.y(value) * ratio);
      const width = Math.max(1, Math.round(intervalMs * time.pxPerMs * ratio * 0.6));
      context.fillStyle = colorOf(drawing, study);
      context.fillRect(
        Math.floor(x) - (width >> 1),
        Math.min(y, base),
        width,
        Math.max(1, Math.abs(base - y)),
      );
      continue;
    }
    if (previous === undefined || before === undefined || Number.isNaN(before)) continue;
    context.beginPath();
    context.moveTo(time.x(previous.start + intervalMs / 2) * ratio, pane.y(before) * ratio);
    context.lineTo(x, pane.y(value) * ratio);
    stroke(context, colorOf(drawing, study), line, ratio, palette.isForced);
  }
}

/** The background of a band from the last closed candle to the one that is not closed yet. */
function tintToLive(drawing: Drawing, study: StudySeries, pane: ScenePane, values: readonly number[]): void {
  const { context, scene, palette, ratio } = drawing;
  const { live, candles, intervalMs, time } = scene;
  const last = candles.length - 1;
  const begin = bandOf(
    study,
    study.values.map((line) => line[last] ?? Number.NaN),
  );
  const end = bandOf(study, values);
  if (live === null || begin === null || end === null || palette.isForced) return;
  const corners = [begin.upper, end.upper, end.lower, begin.lower];
  if (corners.some(Number.isNaN)) return;
  const [left = 0, right = 0] = [candles[last]?.start ?? live.start, live.start].map(
    (start) => time.x(start + intervalMs / 2) * ratio,
  );
  context.beginPath();
  for (const [corner, x] of [left, right, right, left].entries()) {
    context.lineTo(x, pane.y(corners[corner] ?? 0) * ratio);
  }
  context.fillStyle = colorOf(drawing, study);
  context.globalAlpha = BAND_ALPHA;
  context.fill();
  context.globalAlpha = 1;
}
