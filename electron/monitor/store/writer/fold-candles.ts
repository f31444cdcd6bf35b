import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Series } from '../series/series-ids.ts';
import type { SeriesTick } from '../series/series-ticks.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * A candle of a minute or an hour that can still grow. `openAt` and `closeAt` are the times of the first and last tick that its prices
 * come from: they make adding ticks and merging candles independent of order.
 *
 * Where a source reports trades, which have an amount, its prices are those of its trades alone: a price that was asked for
 * between them is that of the last trade, which may be of an earlier candle.
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
  /** Of all ticks, also those that prices do not come from. */
  tickCount: number;
  /** Rolling 24-hour volume at the closing tick. */
  volume24h: number | null;
  /** Sum of the amounts that were traded, in units of the coin; null where no tick has any. */
  traded: number | null;
};

/**
 * Minute candles of ticks that are all different and sorted by time (see `seriesTicks`), sorted by their key in the table:
 * the order in which rows get locked is one for all writers, so that two of them cannot wait for each other.
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

/** Hour candles of minute candles, both sorted by series and time. */
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

/** Adds a candle whose ticks are later than those of the first, and belong to the same bucket. */
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
