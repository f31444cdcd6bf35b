import type { Candle } from '../../../shared/domain/candle.ts';
import type { Tick } from '../../../shared/domain/tick.ts';

/**
 * Prices of one coin from one source, in the order of their times. Columns instead of objects: a million prices are 16 MB,
 * and go to a worker without being copied.
 */
export type PriceSeries = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly times: Float64Array<ArrayBuffer>;
  readonly prices: Float64Array<ArrayBuffer>;
};

/** The ticks of a series, one at a time. */
export function* ticksOf(series: PriceSeries, from = 0, to = series.times.length): Generator<Tick, void> {
  for (let index = from; index < to; index++) yield tickAt(series, index);
}

/** The tick at an index of the series, which has to be there. */
export function tickAt({ coinId, vsCurrency, source, times, prices }: PriceSeries, index: number): Tick {
  return {
    coinId,
    vsCurrency,
    source,
    observedAt: times[index] ?? Number.NaN,
    price: prices[index] ?? Number.NaN,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
  };
}

/** The part of a series from an instant on. It shares the columns of the series. */
export function seriesSince(series: PriceSeries, since: number): PriceSeries {
  const found = series.times.findIndex((time) => time >= since);
  const first = found < 0 ? series.times.length : found;
  return { ...series, times: series.times.subarray(first), prices: series.prices.subarray(first) };
}

/** How a candle's four prices are spread over its time, as shares of it. The close is the last that is known before the end. */
const OPEN = 0;
const FIRST_EXTREME = 0.25;
const SECOND_EXTREME = 0.75;

/**
 * The prices of candles. What happened within a candle is not known; of one that rose the low is taken to have come before
 * the high, of one that fell the high before the low, as the shortest way through the four prices goes.
 *
 * @param candles oldest first
 * @param candleMs the length of each
 */
export function seriesOfCandles(
  key: Pick<PriceSeries, 'coinId' | 'vsCurrency' | 'source'>,
  candles: readonly Candle[],
  candleMs: number,
): PriceSeries {
  const times = new Float64Array(candles.length * 4);
  const prices = new Float64Array(candles.length * 4);
  let count = 0;
  const add = (at: number, price: number): void => {
    times[count] = at;
    prices[count] = price;
    count++;
  };
  for (const { start, open, high, low, close } of candles) {
    const [first, second] = close >= open ? [low, high] : [high, low];
    add(start + OPEN * candleMs, open);
    add(start + FIRST_EXTREME * candleMs, first);
    add(start + SECOND_EXTREME * candleMs, second);
    add(start + candleMs - 1, close);
  }
  return { ...key, times, prices };
}
