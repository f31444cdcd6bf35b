import type { Candle, VolumeKind } from '../../shared/domain/candle.ts';
import { niceStep } from './price-scale.ts';

/** From a time or a value to a pixel. */
export type Scale = (value: number) => number;

export type CandlePaths = { readonly wicks: string; readonly rising: string; readonly falling: string };

/** Part of a candle's room that its body fills; the rest is the space to its neighbours. */
const BODY_SHARE = 0.7;

/** A line is sharp when it runs through the middle of a pixel. */
const crisp = (pixel: number): number => Math.floor(pixel) + 0.5;

/** Width of bodies for candles this far apart: odd, so that the wick is exactly in the middle, and never nothing. */
export function bodyWidth(pitchPx: number): number {
  return Math.max(1, 2 * Math.floor((pitchPx * BODY_SHARE - 1) / 2) + 1);
}

/**
 * All candles as three SVG paths: a thousand candles are three elements. A candle stands in the middle of its bucket.
 * A close equal to the open counts as rising.
 */
export function candlePaths(candles: readonly Candle[], intervalMs: number, x: Scale, y: Scale): CandlePaths {
  const width = bodyWidth(x(intervalMs) - x(0));
  const half = (width - 1) / 2;
  let wicks = '';
  let rising = '';
  let falling = '';
  for (const candle of candles) {
    const middle = crisp(x(candle.start + intervalMs / 2));
    const openY = crisp(y(candle.open));
    const closeY = crisp(y(candle.close));
    const top = Math.min(openY, closeY);
    const bottom = Math.max(openY, closeY);
    const highY = crisp(y(candle.high));
    const lowY = crisp(y(candle.low));
    if (highY < top) wicks += `M${middle} ${highY}V${top}`;
    if (lowY > bottom) wicks += `M${middle} ${bottom}V${lowY}`;
    // Closed on itself, a body of no height is still a line.
    const body = `M${middle - half} ${top}h${width - 1}V${bottom}h${1 - width}Z`;
    if (candle.close >= candle.open) rising += body;
    else falling += body;
  }
  return { wicks, rising, falling };
}

/**
 * The volume pane as one path. Traded volume belongs to its interval and is drawn as bars from zero. A rolling 24-hour
 * volume is a level that is read off now and then, and is drawn as a line, broken where candles are missing.
 */
export function volumePath(
  candles: readonly Candle[],
  kind: VolumeKind,
  intervalMs: number,
  x: Scale,
  y: Scale,
): string {
  return kind === 'traded' ? bars(candles, intervalMs, x, y) : line(candles, intervalMs, x, y);
}

function bars(candles: readonly Candle[], intervalMs: number, x: Scale, y: Scale): string {
  const width = bodyWidth(x(intervalMs) - x(0));
  const base = Math.round(y(0));
  let path = '';
  for (const { start, volume } of candles) {
    if (volume === null || volume === 0) continue;
    const left = Math.floor(x(start + intervalMs / 2)) - (width - 1) / 2;
    path += `M${left} ${base}V${Math.min(base - 1, Math.round(y(volume)))}h${width}V${base}Z`;
  }
  return path;
}

function line(candles: readonly Candle[], intervalMs: number, x: Scale, y: Scale): string {
  let path = '';
  let previousStart = Number.NEGATIVE_INFINITY;
  for (const { start, volume } of candles) {
    if (volume === null) continue;
    const left = x(start).toFixed(1);
    const right = x(start + intervalMs).toFixed(1);
    const level = y(volume).toFixed(1);
    path +=
      start - previousStart === intervalMs ? `L${left} ${level}H${right}` : `M${left} ${level}H${right}`;
    previousStart = start;
  }
  return path;
}

/**
 * The axis of the volume pane: from zero for traded volume, around the level for a rolling one. The upper end of traded
 * volume is rounded, so that a bar that grows beyond the others seldom moves the axis.
 */
export function volumeDomain(candles: readonly Candle[], kind: VolumeKind): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const { volume } of candles) {
    if (volume === null) continue;
    low = Math.min(low, volume);
    high = Math.max(high, volume);
  }
  if (high === 0) return [0, 1];
  if (kind === 'traded') {
    const step = niceStep(high / 20);
    return [0, Math.ceil((high * 1.05) / step) * step];
  }
  const air = Math.max((high - low) * 0.25, high * 1e-3);
  return [Math.max(0, low - air), high + air];
}
