import type { Tick } from '../../../../shared/domain/tick.ts';
import type { Series } from '../series/series-ids.ts';
import type { SeriesTick } from '../series/series-ticks.ts';
import type { FoldedCandle, GrowingCandle } from './fold-candles.ts';

const MINUTE_MS = 60_000;

/** Minute candles to which ticks are added one after another, in any order; each tick is added once. */
export type Fold = {
  add(series: Series, tick: Tick): void;
  /**
   * The candles, sorted by their key in the table, so that all writers lock rows in the same order and cannot deadlock. The same
   * object is reused for all candles of a series, so the caller must copy what it keeps.
   */
  candles(): Iterable<FoldedCandle>;
  /** The series that have ticks, sorted by id. */
  series(): Series[];
};

/**
 * The values of a candle, in this order. An object per candle would cost more than everything else when each tick begins a new
 * minute.
 */
const [BUCKET, OPEN, OPEN_AT, HIGH, LOW, CLOSE, CLOSE_AT, TICK_COUNT, VOLUME, TRADED, WIDTH] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
];
const FIRST_ROOM = 1_000;

const NO_VALUES = {
  bucket: 0,
  open: 0,
  openAt: 0,
  high: 0,
  low: 0,
  close: 0,
  closeAt: 0,
  tickCount: 0,
  volume24h: null,
  traded: null,
};

/** The candles of one series, each as the index at which its values begin. */
type SeriesFold = {
  readonly series: Series;
  /** In the order of their first ticks. */
  readonly candles: number[];
  newest: number;
  newestBucket: number;
  /** The candles by bucket. Created when a tick arrives that is older than the newest candle. */
  byBucket: Map<number, number> | null;
};

export function createFold(): Fold {
  const folds = new Map<number, SeriesFold>();
  let values = new Float64Array(FIRST_ROOM * WIDTH);
  let end = 0;
  /** The value at an index that is in use. */
  const value = (index: number): number => values[index] as number;

  /** NaN stands for null. */
  const setAll = (at: number, { observedAt, price, volume24h, amount }: Tick): void => {
    values[at + OPEN] = price;
    values[at + OPEN_AT] = observedAt;
    values[at + HIGH] = price;
    values[at + LOW] = price;
    values[at + CLOSE] = price;
    values[at + CLOSE_AT] = observedAt;
    values[at + VOLUME] = volume24h ?? Number.NaN;
    values[at + TRADED] = amount ?? Number.NaN;
  };

  const begin = (bucket: number, tick: Tick): number => {
    if (end === values.length) {
      const grown = new Float64Array(values.length * 2);
      grown.set(values);
      values = grown;
    }
    const at = end;
    end += WIDTH;
    values[at + BUCKET] = bucket;
    values[at + TICK_COUNT] = 1;
    setAll(at, tick);
    return at;
  };

  const add = (at: number, tick: Tick): void => {
    values[at + TICK_COUNT] = value(at + TICK_COUNT) + 1;
    const traded = value(at + TRADED);
    const wasTraded = !Number.isNaN(traded);
    if (wasTraded !== (tick.amount !== null)) {
      // Only trades contribute prices, and this is the first one.
      if (!wasTraded) setAll(at, tick);
      return;
    }
    const { observedAt, price } = tick;
    if (observedAt < value(at + OPEN_AT)) {
      values[at + OPEN] = price;
      values[at + OPEN_AT] = observedAt;
    }
    if (observedAt > value(at + CLOSE_AT)) {
      values[at + CLOSE] = price;
      values[at + CLOSE_AT] = observedAt;
      values[at + VOLUME] = tick.volume24h ?? Number.NaN;
    }
    if (price > value(at + HIGH)) values[at + HIGH] = price;
    if (price < value(at + LOW)) values[at + LOW] = price;
    if (tick.amount !== null) values[at + TRADED] = traded + tick.amount;
  };

  const addLate = (fold: SeriesFold, bucket: number, tick: Tick): void => {
    fold.byBucket ??= new Map(fold.candles.map((at) => [value(at + BUCKET), at]));
    const known = fold.byBucket.get(bucket);
    if (known !== undefined) {
      add(known, tick);
      return;
    }
    const at = begin(bucket, tick);
    fold.candles.push(at);
    fold.byBucket.set(bucket, at);
  };

  const read = (candle: GrowingCandle, at: number): void => {
    candle.bucket = value(at + BUCKET);
    candle.open = value(at + OPEN);
    candle.openAt = value(at + OPEN_AT);
    candle.high = value(at + HIGH);
    candle.low = value(at + LOW);
    candle.close = value(at + CLOSE);
    candle.closeAt = value(at + CLOSE_AT);
    candle.tickCount = value(at + TICK_COUNT);
    candle.volume24h = orNull(value(at + VOLUME));
    candle.traded = orNull(value(at + TRADED));
  };

  const sorted = (): SeriesFold[] => [...folds.values()].sort((a, b) => a.series.id - b.series.id);

  return {
    add(series, tick) {
      const bucket = Math.floor(tick.observedAt / MINUTE_MS) * MINUTE_MS;
      const fold = folds.get(series.id);
      if (fold === undefined) {
        const newest = begin(bucket, tick);
        folds.set(series.id, { series, candles: [newest], newest, newestBucket: bucket, byBucket: null });
      } else if (bucket === fold.newestBucket) {
        add(fold.newest, tick);
      } else if (bucket > fold.newestBucket) {
        const at = begin(bucket, tick);
        fold.candles.push(at);
        fold.byBucket?.set(bucket, at);
        fold.newest = at;
        fold.newestBucket = bucket;
      } else {
        addLate(fold, bucket, tick);
      }
    },
    *candles() {
      for (const { series, candles, byBucket } of sorted()) {
        if (byBucket !== null) candles.sort((a, b) => value(a + BUCKET) - value(b + BUCKET));
        const candle: GrowingCandle = { ...NO_VALUES, series };
        for (const at of candles) {
          read(candle, at);
          yield candle;
        }
      }
    },
    series: () => sorted().map(({ series }) => series),
  };
}

/** Minute candles of distinct ticks, sorted as those of `createFold`. */
export function foldCandles(ticks: Iterable<SeriesTick>): FoldedCandle[] {
  const fold = createFold();
  for (const { series, tick } of ticks) fold.add(series, tick);
  const candles: FoldedCandle[] = [];
  for (const candle of fold.candles()) candles.push({ ...candle });
  return candles;
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
