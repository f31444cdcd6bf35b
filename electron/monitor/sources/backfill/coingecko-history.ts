import { APIError } from '@coingecko/coingecko-typescript/error';
import { z } from 'zod';
import { type Interval, intervalLengthMs } from '../../../../shared/domain/interval.ts';
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
 * What CoinGecko has, and one request brings all of it. `/coins/{id}/market_chart` gives points: every 5 minutes for the
 * last day, hourly for up to 90 days, daily beyond. `/coins/{id}/ohlc` gives candles of 4 hours for the last 30 days (its
 * others, of 30 minutes and 4 days, are no intervals of ours). Without a paid plan the past ends after 365 days.
 * There is nothing of a minute, and of a quarter of an hour only what 5 minutes make.
 *
 * Source: docs.coingecko.com, "Coin Historical Chart Data by ID" and "Coin OHLC Chart by ID".
 */
const REACH_MS: Readonly<Partial<Record<Interval, number>>> = {
  '5m': DAY_MS,
  '1h': 90 * DAY_MS,
  '4h': 30 * DAY_MS,
  '1d': 365 * DAY_MS,
};

/** The values of `days` that `/ohlc` has candles of 4 hours for. */
const OHLC_DAYS = ['7', '14', '30'] as const;

const positive = z.number().positive();
const pairsSchema = z.array(z.unknown());
const marketChartSchema = z.object({ prices: pairsSchema, total_volumes: pairsSchema });
const priceSchema = z.tuple([z.number(), positive]);
const volumeSchema = z.tuple([z.number(), z.number().nonnegative()]);
const ohlcSchema = z.array(z.tuple([z.number(), positive, positive, positive, positive]));

export type CoinGeckoHistoryOptions = {
  /** Access as it is when a request is made. */
  readonly access: () => CoinGeckoAccess;
  /** Tells how many days ago a query begins. */
  readonly clock: Clock;
};

/** CoinGecko's past prices as candles: points of the market's average price, with its rolling volume. */
export function coinGeckoHistory({ access, clock }: CoinGeckoHistoryOptions): HistorySource {
  type Client = ReturnType<typeof createCoinGeckoClient>;

  const fetchPoints = async (
    client: Client,
    query: HistoryQuery,
    signal: AbortSignal,
  ): Promise<readonly PricePoint[]> => {
    const { coinId, vsCurrency, interval, from } = query;
    // One day has points of 5 minutes; from two days on they are hourly.
    const days = interval === '5m' ? 1 : Math.max(2, Math.ceil((clock.now() - from) / DAY_MS));
    const answer = await client.coins.marketChart.get(
      coinId,
      {
        vs_currency: vsCurrency,
        days: String(days),
        precision: 'full',
        ...(interval === '1d' ? { interval: 'daily' as const } : {}),
      },
      { signal },
    );
    return pointsOf(marketChartSchema.parse(answer));
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
      throw new FeedError('bad-answer', `CoinGecko's candles of "${coinId}" are shorter than ${interval}`);
    }
    return rows.flatMap(([end, open, high, low, close]) => {
      const start = end - lengthMs;
      // The candle in the making ends now and not at a bound.
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

/** The points that have a usable price. CoinGecko gives null for times at which it had none. */
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
