import {
  HISTORY_INTERVALS,
  type HistoryInterval,
  intervalLengthMs,
} from '../../../../shared/domain/interval.ts';
import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { ExchangeClient } from '../exchanges/exchange-client.ts';
import type { HistorySource } from './history-source.ts';

type Limits = { readonly candlesPerRequest: number; readonly intervals: readonly HistoryInterval[] };

/**
 * - Kraken gives the last 720 candles of an interval, the one in the making included, and nothing older.
 * - Coinbase gives 300 at a time and has no 4 hours, Binance 1,000.
 *
 * Sources: docs.kraken.com, "Get OHLC Data"; docs.cdp.coinbase.com, "Get Product Candles"; developers.binance.com,
 * "Kline/Candlestick data".
 */
const LIMITS: Readonly<Record<ExchangeId, Limits>> = {
  kraken: { candlesPerRequest: 720, intervals: HISTORY_INTERVALS },
  coinbase: { candlesPerRequest: 300, intervals: HISTORY_INTERVALS.filter((interval) => interval !== '4h') },
  binance: { candlesPerRequest: 1_000, intervals: HISTORY_INTERVALS },
};

/** More than the screens of a chart that people go back, and few calls also where one brings 300. */
const MOST_CANDLES = 720;

export type ExchangeHistoryOptions = {
  readonly id: ExchangeId;
  readonly client: () => Pick<ExchangeClient, 'candles'>;
  /** The market of a coin by the exchange's name; null when it has none that is certainly this coin's. */
  readonly marketOf: (coinId: string, vsCurrency: string) => Promise<string | null>;
};

/** An exchange's own candles, with the volume that was traded in them in units of the coin. */
export function exchangeHistory({ id, client, marketOf }: ExchangeHistoryOptions): HistorySource {
  const { candlesPerRequest, intervals } = LIMITS[id];
  return {
    name: id,
    volumeKind: 'traded',
    reach(interval) {
      if (!intervals.includes(interval)) return null;
      return { reachMs: MOST_CANDLES * intervalLengthMs(interval), candlesPerRequest };
    },
    async fetchCandles({ coinId, vsCurrency, interval, from, to }, signal) {
      const lengthMs = intervalLengthMs(interval);
      const fetched = async () => {
        const symbol = await marketOf(coinId, vsCurrency);
        if (symbol === null) return null;
        const candles = await client().candles(symbol, interval, from, (to - from) / lengthMs);
        return candles.filter(
          ({ start, high, low }) =>
            start % lengthMs === 0 && start >= from && start + lengthMs <= to && high >= low,
        );
      };
      return unlessAborted(fetched(), signal);
    },
  };
}

/** The exchange's client takes no signal: when it aborts, what is under way goes on, and nobody waits for it. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Whoever lost the race may still fail, and nobody listens any more.
    work.catch(() => undefined);
  }
}
