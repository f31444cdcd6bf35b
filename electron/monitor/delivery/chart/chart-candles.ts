import type { PastCandle } from '../../../../shared/domain/past-candle.ts';

const HOUR_MS = 3_600_000;
/** How much of the time before an alert is drawn. */
const SHOWN_MS = 6 * HOUR_MS;
/** More would be too thin to be visible in a message. */
const MAX_CANDLES = 72;
const BUCKET_MS = SHOWN_MS / MAX_CANDLES;

/** A candle of a chart, at its place, from 0 for the oldest. */
export type ChartCandle = {
  readonly place: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
};

export type ChartCandles = { readonly places: number; readonly candles: readonly ChartCandle[] };

/** The time range before an alert that its chart shows; `to` exclusive. */
export function chartRange(observedAt: number): { readonly from: number; readonly to: number } {
  const to = (Math.floor(observedAt / BUCKET_MS) + 1) * BUCKET_MS;
  return { from: to - SHOWN_MS, to };
}

/** Merges candles, oldest first, into those of a chart. Times without prices have none. */
export function chartCandles(candles: readonly PastCandle[], from: number): ChartCandles {
  const byPlace = new Map<number, ChartCandle>();
  for (const { start, open, high, low, close } of candles) {
    const place = Math.floor((start - from) / BUCKET_MS);
    if (place < 0 || place >= MAX_CANDLES) continue;
    const before = byPlace.get(place);
    byPlace.set(place, {
      place,
      open: before?.open ?? open,
      high: Math.max(before?.high ?? high, high),
      low: Math.min(before?.low ?? low, low),
      close,
    });
  }
  return { places: MAX_CANDLES, candles: [...byPlace.values()] };
}
