import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Series } from '../series/series-ids.ts';
import type { SeriesTick } from '../series/series-ticks.ts';

const MINUTE_MS = 60_000;

/**
 * A candle of a minute that can still grow. `openAt` and `closeAt` are the times of the first and last tick that its prices
 * come from: they make adding ticks and merging candles independent of order.
 *
 * Where a source reports trades, which have an amount, its prices are those of its trades alone: a price that was asked for
 * between them is that of the last trade, which may be of an earlier candle.
 */
export type MinuteCandle = Readonly<GrowingCandle>;

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
export function foldCandles(ticks: Iterable<SeriesTick>): MinuteCandle[] {
  const current = new Map<number, GrowingCandle>();
  const candles: GrowingCandle[] = [];
  for (const { series, tick } of ticks) {
    const bucket = Math.floor(tick.observedAt / MINUTE_MS) * MINUTE_MS;
    const candle = current.get(series.id);
    if (candle?.bucket === bucket) {
      addTick(candle, tick);
    } else {
      const first = candleOfTick(series, tick, bucket);
      current.set(series.id, first);
      candles.push(first);
    }
  }
  return candles.sort((a, b) => a.series.id - b.series.id || a.bucket - b.bucket);
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

/** The tick is later than those that the candle has. */
function addTick(candle: GrowingCandle, tick: Tick): void {
  candle.tickCount += 1;
  const [isTrade, hasTrades] = [tick.amount !== null, candle.traded !== null];
  if (hasTrades && !isTrade) return;
  if (isTrade && !hasTrades) {
    Object.assign(candle, candleOfTick(candle.series, tick, candle.bucket), { tickCount: candle.tickCount });
    return;
  }
  candle.close = tick.price;
  candle.closeAt = tick.observedAt;
  candle.volume24h = tick.volume24h;
  if (tick.price > candle.high) candle.high = tick.price;
  if (tick.price < candle.low) candle.low = tick.price;
  if (tick.amount !== null) candle.traded = (candle.traded ?? 0) + tick.amount;
}
