import { APIError } from '@coingecko/coingecko-typescript/error';
import { z } from 'zod';
import { type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { HistoryCandle } from '../../history/history-store.ts';
import type { Clock } from '../../time/clock.ts';
import { type CoinGeckoAccess, createCoinGeckoClient } from '../coingecko/coingecko-client.ts';
import { toFeedError } from '../coingecko/coingecko-error.ts';
import { FeedError } from '../price-source.ts';
import { candlesFromPoints, type PricePoint } from './candles-from-points.ts';
import type { HistoryQuery, HistoryReach, HistorySource } from './history-source.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * What CoinGecko offers, each in a single request. `/coins/{id}/market_chart` returns points: every 5 minutes for the
 * last day, hourly for up to 90 days, daily beyond. `/coins/{id}/ohlc` returns 4-hour candles of the last 30 days
 * (its others, of 30 minutes and 4 days, are not supported intervals). Without a paid plan, history ends after 365
 * days. There are no 1-minute candles, and 15-minute ones are derived from 5 minutes.
 *
 * Source: docs.coingecko.com, "Coin Historical Chart Data by ID" and "Coin OHLC Chart by ID".
 */
const REACH_MS: Readonly<Partial<Record<Interval, number>>> = {
  '5m': DAY_MS,
  '1h': 90 * DAY_MS,
  '4h': 30 * DAY_MS,
  '1d': 365 * DAY_MS,
};

/** The values of `days` for which `/ohlc` returns 4-hour candles. */
const OHLC_DAYS = ['7', '14', '30'] as const;

const positive = z.number().positive();
const pairsSchema = z.array(z.unknown());
const marketChartSchema = z.object({ prices: pairsSchema, total_volumes: pairsSchema });
const priceSchema = z.tuple([z.number(), positive]);
const volumeSchema = z.tuple([z.number(), z.number().nonnegative()]);
const ohlcSchema = z.array(z.tuple([z.number(), positive, positive, positive, positive]));

export type CoinGeckoHistoryOptions = {
  /** Returns the current access, called for each request. */
  readonly access: () => CoinGeckoAccess;
  /** Used to compute how many days ago a query starts. */
  readonly clock: Clock;
};

/**
 * Creates the source of CoinGecko's past prices: candles from points of the average market price, with its rolling
 * volume.
 */
export function coinGeckoHistory({ access, clock }: CoinGeckoHistoryOptions): HistorySource {
  type Client = ReturnType<typeof createCoinGeckoClient>;

  const fetchPoints = async (
    client: Client,
    query: HistoryQuery,
    signal: AbortSignal,
  ): Promise<readonly PricePoint[]> => {
    const { coinId, vsCurrency, interval, from } = query;
    const age = Math.ceil((clock.now() - from) / DAY_MS);
    // One day returns points of 5 minutes; two days or more return hourly ones. A query that was planned some time ago starts before
    // the reach: for more days, the points would be daily ones, or the request be refused.
    const days = interval === '5m' ? 1 : Math.min(Math.max(2, age), (REACH_MS[interval] ?? 0) / DAY_MS);
    const response = await client.coins.marketChart.get(
      coinId,
      {
        vs_currency: vsCurrency,
        days: String(days),
        precision: 'full',
        ...(interval === '1d' ? { interval: 'daily' as const } : {}),
      },
      { signal },
    );
    return pointsOf(marketChartSchema.parse(response));
  };

  const fetchOhlc = async (
    client: Client,
    query: HistoryQuery,
    signal: AbortSignal,
  ): Promise<readonly HistoryCandle[]> => {
    const { coinId, vsCurrency, interval, from, to } = query;
    const age = (clock.now() - from) / DAY_MS;
    const days = OHLC_DAYS.find((some) => age <= Number(some)) ?? '30';
    const request = { vs_currency: vsCurrency, days, precision: 'full' } as const;
    const rows = ohlcSchema.parse(await client.coins.ohlc.get(coinId, request, { signal }));
    const lengthMs = intervalLengthMs(interval);
    if (
      rows.some(([end], index) => index < rows.length - 1 && end - (rows[index - 1]?.[0] ?? 0) < lengthMs)
    ) {
      throw new FeedError('bad-answer', message('coingecko.short-candles', { coinId, interval }));
    }
    return rows.flatMap(([end, open, high, low, close]) => {
      const start = end - lengthMs;
      // The current candle does not end at a multiple of the interval.
      if (start % lengthMs !== 0 || start < from || end > to || high < low) return [];
      return [{ start, open, high, low, close, volume: null }];
    });
  };

  return {
    name: 'coingecko',
    volumeKind: 'rolling-24h',
    reach(interval): HistoryReach | null {
      const reachMs = REACH_MS[interval];
      return reachMs === undefined ? null : { reachMs, candlesPerRequest: Number.POSITIVE_INFINITY };
    },
    async fetchCandles(query, signal) {
      signal.throwIfAborted();
      const used = access();
      const client = createCoinGeckoClient(used);
      try {
        if (query.interval === '4h') return await fetchOhlc(client, query, signal);
        return candlesFromPoints(await fetchPoints(client, query, signal), query);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof APIError && error.status === 404) return null;
        throw toFeedError(error, used, clock.now());
      }
    },
  };
}

/** The points with a valid price. CoinGecko returns null for times without one. */
function pointsOf(chart: z.infer<typeof marketChartSchema>): readonly PricePoint[] {
  const volumes = new Map(
    chart.total_volumes.flatMap((pair) => {
      const volume = volumeSchema.safeParse(pair).data;
      return volume === undefined ? [] : [volume];
    }),
  );
  return chart.prices.flatMap((pair) => {
    const point = priceSchema.safeParse(pair).data;
    if (point === undefined) return [];
    const [at, price] = point;
    return [{ at, price, volume24h: volumes.get(at) || null }];
  });
}
