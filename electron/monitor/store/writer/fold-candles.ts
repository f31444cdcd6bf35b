import type { Series } from '../series/series-ids.ts';

const HOUR_MS = 3_600_000;

/**
 * A candle of a minute or an hour to which ticks can still be added. `openAt` and `closeAt` are the times of the first and the
 * last tick that contribute prices; they make adding ticks and merging candles independent of order.
 *
 * If a source reports trades, which have an amount, only trades contribute prices: a polled price is that of the last trade,
 * which may belong to an earlier candle.
 */
export type FoldedCandle = Readonly<GrowingCandle>;

/** A candle whose values change. */
export type GrowingCandle = {
  series: Series;
  /** Start of the bucket, in milliseconds since the epoch. */
  bucket: number;
  open: number;
  openAt: number;
  high: number;
  low: number;
  close: number;
  closeAt: number;
  /** The number of all ticks, including those that contribute no prices. */
  tickCount: number;
  /** Rolling 24-hour volume at the closing tick. */
  volume24h: number | null;
  /** Sum of the traded amounts, in units of the coin; null when no tick has an amount. */
  traded: number | null;
};

/** Hour candles of minute candles, both sorted by series and time. */
export function foldHours(minutes: Iterable<FoldedCandle>): FoldedCandle[] {
  const hours = createHours();
  for (const minute of minutes) hours.add(minute);
  return hours.candles;
}

/** Hour candles of minute candles that are added one after another, both sorted by series and time. */
export function createHours(): { add(minute: FoldedCandle): void; readonly candles: FoldedCandle[] } {
  const candles: GrowingCandle[] = [];
  return {
    candles,
    add(minute) {
      const bucket = Math.floor(minute.bucket / HOUR_MS) * HOUR_MS;
      const last = candles.at(-1);
      if (last?.series === minute.series && last.bucket === bucket) add(last, minute);
      else candles.push({ ...minute, bucket });
    },
  };
}

/** Merges a candle of the same bucket whose ticks are later. */
function add(candle: GrowingCandle, later: FoldedCandle): void {
  const [isTraded, wasTraded] = [later.traded !== null, candle.traded !== null];
  const tickCount = candle.tickCount + later.tickCount;
  candle.tickCount = tickCount;
  if (wasTraded && !isTraded) return;
  if (isTraded && !wasTraded) {
    Object.assign(candle, later, { bucket: candle.bucket, tickCount });
    return;
  }
  candle.close = later.close;
  candle.closeAt = later.closeAt;
  candle.volume24h = later.volume24h;
  if (later.high > candle.high) candle.high = later.high;
  if (later.low < candle.low) candle.low = later.low;
  if (later.traded !== null) candle.traded = (candle.traded ?? 0) + later.traded;
}
