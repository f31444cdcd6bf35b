import type { Candle } from '../../shared/domain/candle.ts';

const MINUTE_MS = 60_000;
/** Before the minute of an alert, and after it. */
const AROUND_MS = 5 * MINUTE_MS;

/** The time around an alert: its minute, and five whole minutes before and after it. */
export function momentOf(observedAt: number): { readonly from: number; readonly to: number } {
  const minute = Math.floor(observedAt / MINUTE_MS) * MINUTE_MS;
  return { from: minute - AROUND_MS, to: minute + AROUND_MS + MINUTE_MS };
}

/** A candle in a box whose sides are 0 and 1, from the left and from the top. */
export type CandleShape = {
  readonly start: number;
  readonly x: number;
  readonly width: number;
  readonly high: number;
  readonly low: number;
  /** The upper and the lower end of its body. */
  readonly top: number;
  readonly bottom: number;
  readonly isRising: boolean;
};

export type MomentShape = {
  readonly candles: readonly CandleShape[];
  /** Where the alert is. */
  readonly at: { readonly x: number; readonly y: number };
  readonly high: number;
  readonly low: number;
};

const BODY_SHARE = 0.6;

/** The one-minute candles around an alert, and its place among them; null without a candle. */
export function momentShape(
  candles: readonly Candle[],
  { observedAt, price }: { readonly observedAt: number; readonly price: number },
): MomentShape | null {
  const { from, to } = momentOf(observedAt);
  const shown = candles.filter(({ start }) => start >= from && start < to);
  if (shown.length === 0) return null;
  const low = Math.min(price, ...shown.map((candle) => candle.low));
  const high = Math.max(price, ...shown.map((candle) => candle.high));
  const x = (at: number): number => (at - from) / (to - from);
  const y = (value: number): number => (high === low ? 0.5 : (high - value) / (high - low));
  const width = x(from + MINUTE_MS) * BODY_SHARE;
  return {
    candles: shown.map((candle) => ({
      start: candle.start,
      x: x(candle.start + MINUTE_MS / 2) - width / 2,
      width,
      high: y(candle.high),
      low: y(candle.low),
      top: y(Math.max(candle.open, candle.close)),
      bottom: y(Math.min(candle.open, candle.close)),
      isRising: candle.close >= candle.open,
    })),
    at: { x: x(observedAt), y: y(price) },
    high,
    low,
  };
}
