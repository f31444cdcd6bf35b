import { type PastCandle, pricesOfCandle } from '../../../shared/domain/past-candle.ts';
import type { Tick } from '../../../shared/domain/tick.ts';

/**
 * Prices of one coin, mostly from one source, ordered by time. Columns instead of objects: a million prices take 24 MB, and are
 * transferred to a worker without being copied.
 */
export type PriceSeries = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly source: string;
  /** For prices from several sources: the sources, and for each price the index of its source. */
  readonly sources?: { readonly names: readonly string[]; readonly of: Uint8Array };
  /** Milliseconds since the epoch. */
  readonly times: Float64Array<ArrayBuffer>;
  readonly prices: Float64Array<ArrayBuffer>;
  /** The traded amount in units of the coin; NaN if the price is not a trade. */
  readonly amounts: Float64Array<ArrayBuffer>;
  /** The number of prices at the beginning that only fill the windows of rules. They raise nothing. */
  readonly warmUp: number;
};

/** The buffers of a series, which are transferred to a worker. */
export const buffersOf = ({ times, prices, amounts }: PriceSeries): ArrayBuffer[] => [
  times.buffer,
  prices.buffer,
  amounts.buffer,
];

/** The first index whose time is at or after an instant. */
export function firstIndexFrom({ times }: Pick<PriceSeries, 'times'>, instant: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Times and prices without the warm-up. They share the columns of the series. */
export function withoutWarmUp({ times, prices, warmUp }: PriceSeries): Pick<PriceSeries, 'times' | 'prices'> {
  return { times: times.subarray(warmUp), prices: prices.subarray(warmUp) };
}

/**
 * Calls back with each tick of a series from an index on. The same object is reused: allocating one for each of a million ticks
 * would be wasteful.
 */
export function eachTick(
  { coinId, vsCurrency, source, sources, times, prices, amounts }: PriceSeries,
  onTick: (tick: Tick, index: number) => void,
  from = 0,
  to = times.length,
): void {
  const tick: { -readonly [K in keyof Tick]: Tick[K] } = {
    coinId,
    vsCurrency,
    source,
    observedAt: 0,
    price: 0,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
  };
  for (let index = from; index < to; index++) {
    const amount = amounts[index] ?? Number.NaN;
    if (sources !== undefined) tick.source = sources.names[sources.of[index] ?? 0] ?? source;
    tick.observedAt = times[index] ?? Number.NaN;
    tick.price = prices[index] ?? Number.NaN;
    tick.amount = Number.isNaN(amount) ? null : amount;
    onTick(tick, index);
  }
}

/** Merges columns of several sources into one, ordered by time; at equal times, the source that is named first comes first. */
export function mergedColumns(all: readonly Columns[]): Columns & Required<Pick<PriceSeries, 'sources'>> {
  const length = all.reduce((sum, { times }) => sum + times.length, 0);
  const [times, prices, amounts] = [
    new Float64Array(length),
    new Float64Array(length),
    new Float64Array(length),
  ];
  const of = new Uint8Array(length);
  /** For each source, the number of its prices that are merged already. */
  const merged = new Int32Array(all.length);
  for (let index = 0; index < length; index++) {
    const source = earliest(all, merged);
    const place = merged[source] ?? 0;
    times[index] = all[source]?.times[place] ?? Number.NaN;
    prices[index] = all[source]?.prices[place] ?? Number.NaN;
    amounts[index] = all[source]?.amounts[place] ?? Number.NaN;
    of[index] = source;
    merged[source] = place + 1;
  }
  const names = all.map(({ source }) => source);
  return { source: names.join(', '), sources: { names, of }, times, prices, amounts };
}

/** The index of the source whose next price is the earliest. */
function earliest(all: readonly Columns[], merged: Int32Array): number {
  let [found, foundAt] = [0, Number.POSITIVE_INFINITY];
  for (let source = 0; source < all.length; source++) {
    const at = all[source]?.times[merged[source] ?? 0] ?? Number.POSITIVE_INFINITY;
    if (at < foundAt) [found, foundAt] = [source, at];
  }
  return found;
}

type Columns = Pick<PriceSeries, 'source' | 'times' | 'prices' | 'amounts'>;

/**
 * The prices of candles, four each: see `pricesOfCandle`. The traded volume is assigned to the close.
 *
 * @param candles oldest first
 * @param from those before it only fill windows
 */
export function seriesOfCandles(
  key: Pick<PriceSeries, 'coinId' | 'vsCurrency' | 'source'>,
  candles: readonly PastCandle[],
  from = Number.NEGATIVE_INFINITY,
): PriceSeries {
  const times = new Float64Array(candles.length * 4);
  const prices = new Float64Array(candles.length * 4);
  const amounts = new Float64Array(candles.length * 4).fill(Number.NaN);
  let count = 0;
  for (const candle of candles) {
    for (const [at, price] of pricesOfCandle(candle)) {
      times[count] = at;
      prices[count] = price;
      count++;
    }
    amounts[count - 1] = candle.volume ?? Number.NaN;
  }
  return { ...key, times, prices, amounts, warmUp: firstIndexFrom({ times }, from) };
}
