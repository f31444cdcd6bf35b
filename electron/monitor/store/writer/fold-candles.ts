import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Series } from '../series/series-ids.ts';
import type { SeriesTick } from '../series/series-ticks.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * A candle of a minute or an hour to which ticks can still be added. `openAt` and `closeAt` are the times of the first and the
 * last tick that contribute prices; they make adding ticks and merging candles independent of order.
 *
 * If a source reports trades, which have an amount, only trades contribute prices: a polled price is that of the last trade,
 * which may belong to an earlier candle.
 */
export type FoldedCandle = Readonly<GrowingCandle>;

type GrowingCandle = {
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

/**
 * Computes minute candles from ticks that are distinct and sorted by time (see `seriesTicks`). The candles are sorted by their
 * key in the table, so that all writers lock rows in the same order, which prevents deadlocks.
 */
export function foldCandles(ticks: Iterable<SeriesTick>): FoldedCandle[] {
  const current = new Map<number, GrowingCandle>();
  const candles: GrowingCandle[] = [];
  for (const { series, tick } of ticks) {
    const bucket = Math.floor(tick.observedAt / MINUTE_MS) * MINUTE_MS;
    const candle = current.get(series.id);
    const own = candleOfTick(series, tick, bucket);
    if (candle?.bucket === bucket) {
      add(candle, own);
    } else {
      current.set(series.id, own);
      candles.push(own);
    }
  }
  return candles.sort((a, b) => a.series.id - b.series.id || a.bucket - b.bucket);
}

/** Computes hour candles from minute candles, both sorted by series and time. */
export function foldHours(minutes: readonly FoldedCandle[]): FoldedCandle[] {
  const hours: GrowingCandle[] = [];
  for (const minute of minutes) {
    const bucket = Math.floor(minute.bucket / HOUR_MS) * HOUR_MS;
    const last = hours.at(-1);
    if (last?.series === minute.series && last.bucket === bucket) add(last, minute);
    else hours.push({ ...minute, bucket });
  }
  return hours;
}

function candleOfTick(series: Series, tick: Tick, bucket: number): GrowingCandle {
  return {
    series,
    bucket,
    open: tick.price,
    openAt: tick.observedAt,
    high: tick.price,
    low: tick.price,
    close: tick.price,
    closeAt: tick.observedAt,
    tickCount: 1,
    volume24h: tick.volume24h,
    traded: tick.amount,
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
