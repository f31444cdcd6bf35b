import type { VolumeKind } from '../../../shared/domain/candle.ts';
import type { CandleSeries } from '../../../shared/domain/candle-series.ts';
import type { Interval } from '../../../shared/domain/interval.ts';
import { bucketStart } from '../../../shared/domain/interval.ts';
import type { CandleRangeKey, LatestStore } from './latest-store.ts';

/** How the store reads candles. */
type Query = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly interval: Interval;
  readonly limit: number;
  /** Only candles that start before this instant. */
  readonly before: number;
  readonly volumeKind?: VolumeKind | undefined;
};

export type CachedCandlesOptions = {
  readonly store: Pick<LatestStore, 'candles' | 'keepCandles'>;
  readonly read: (query: Query) => Promise<CandleSeries>;
  /** The time of the newest stored tick of a coin; null if there is none. */
  readonly newestStored: (coin: Pick<Query, 'coinId' | 'vsCurrency'>) => Promise<number | null>;
  /** The time of the newest tick of a coin that this process has seen; null if there is none. */
  readonly newestSeen: (coinId: string) => number | null;
};

/**
 * Reads candles through the cache of recently read ones, of this process or another. Cached candles include every tick that this
 * process has seen; if one is missing, because it is newer or not in the database yet, they are read from the database.
 * Concurrent requests for the same candles share one result.
 */
export function cacheCandles(options: CachedCandlesOptions): (query: Query) => Promise<CandleSeries> {
  const { store, read, newestStored, newestSeen } = options;
  const reading = new Map<string, Promise<CandleSeries>>();

  const readAndKeep = async (query: Query, key: CandleRangeKey, needed: number): Promise<CandleSeries> => {
    const kept = await store.candles(key);
    if (kept !== null && kept.asOf >= needed) return kept.series;
    // Read before the candles, which then include at least what was stored by that time.
    const asOf = await newestStored(query);
    const series = await read(query);
    if (asOf !== null && asOf >= needed) await store.keepCandles(key, { asOf, series });
    return series;
  };

  return (query) => {
    const { coinId, vsCurrency, interval, limit, before, volumeKind = null } = query;
    const lastStart = bucketStart(before - 1, interval);
    const key = { coinId, vsCurrency, interval, limit, lastStart, volumeKind };
    const needed = Math.min(before, newestSeen(coinId) ?? Number.POSITIVE_INFINITY);
    const name = JSON.stringify([key, needed]);
    const started = reading.get(name) ?? readAndKeep(query, key, needed);
    reading.set(name, started);
    started.finally(() => reading.delete(name)).catch(() => undefined); // the callers get the error
    return started;
  };
}
