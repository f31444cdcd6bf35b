import { bucketStart } from '../../../../shared/domain/interval.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';

/**
 * A candle that can still grow. `openAt` and `closeAt` are the times of the first and last tick that its prices come from:
 * they make adding ticks and merging candles independent of order.
 *
 * Where a source tells trades, which have an amount, its prices are those of its trades alone: a price that was asked for
 * between them is that of the last trade, which may be of an earlier candle.
 */
export type StoredCandle = Readonly<GrowingCandle>;

type GrowingCandle = {
  coinId: string;
  vsCurrency: string;
  source: string;
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
  /** Sum of the amounts that were traded, in units of the coin; null where no tick told any. */
  traded: number | null;
};

/** The intervals whose candles are stored; the coarser ones are computed from them. */
export type StoredInterval = '1m' | '1h';

/**
 * Candles of ticks that are all different (see `sortedDistinctTicks`), sorted by their key in the table.
 * Any order of the ticks gives the same candles, but for the last bits of `traded`, which is a sum. The order of the result
 * is the order in which rows get locked: one for all writers, so that two of them cannot wait for each other.
 */
export function foldCandles(ticks: Iterable<Tick>, interval: StoredInterval): StoredCandle[] {
  const bySeries = new Map<string, Map<number, GrowingCandle>>();
  const candles: GrowingCandle[] = [];
  for (const tick of ticks) {
    const series = seriesKey(tick);
    let buckets = bySeries.get(series);
    if (buckets === undefined) {
      buckets = new Map();
      bySeries.set(series, buckets);
    }
    const bucket = bucketStart(tick.observedAt, interval);
    const candle = buckets.get(bucket);
    if (candle === undefined) {
      const first = candleOfTick(tick, bucket);
      buckets.set(bucket, first);
      candles.push(first);
    } else {
      addTick(candle, tick);
    }
  }
  return candles.sort(byKey);
}

/** Names the series that a tick belongs to. Ids hold no control characters, so parts cannot run into each other. */
export function seriesKey(tick: Pick<Tick, 'coinId' | 'vsCurrency' | 'source'>): string {
  return `${tick.coinId}\n${tick.vsCurrency}\n${tick.source}`;
}

function candleOfTick(tick: Tick, bucket: number): GrowingCandle {
  return {
    coinId: tick.coinId,
    vsCurrency: tick.vsCurrency,
    source: tick.source,
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

function addTick(candle: GrowingCandle, tick: Tick): void {
  candle.tickCount += 1;
  const [isTrade, hasTrades] = [tick.amount !== null, candle.traded !== null];
  if (hasTrades && !isTrade) return;
  if (isTrade && !hasTrades) {
    Object.assign(candle, candleOfTick(tick, candle.bucket), { tickCount: candle.tickCount });
    return;
  }
  if (tick.observedAt < candle.openAt) {
    candle.open = tick.price;
    candle.openAt = tick.observedAt;
  }
  if (tick.observedAt > candle.closeAt) {
    candle.close = tick.price;
    candle.closeAt = tick.observedAt;
    candle.volume24h = tick.volume24h;
  }
  if (tick.price > candle.high) candle.high = tick.price;
  if (tick.price < candle.low) candle.low = tick.price;
  if (tick.amount !== null) candle.traded = (candle.traded ?? 0) + tick.amount;
}

function byKey(a: StoredCandle, b: StoredCandle): number {
  return (
    compare(a.coinId, b.coinId) ||
    compare(a.vsCurrency, b.vsCurrency) ||
    a.bucket - b.bucket ||
    compare(a.source, b.source)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
