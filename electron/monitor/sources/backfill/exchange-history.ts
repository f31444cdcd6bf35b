import {
  HISTORY_INTERVALS,
  type HistoryInterval,
  intervalLengthMs,
} from '../../../../shared/domain/interval.ts';
import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import { unlessAborted } from '../../async/unless-aborted.ts';
import type { ExchangeClient } from '../exchanges/exchange-client.ts';
import type { HistorySource } from './history-source.ts';

type Limits = { readonly candlesPerRequest: number; readonly intervals: readonly HistoryInterval[] };

/**
 * - Kraken returns the last 720 candles of an interval, including the current one, and nothing older.
 * - Coinbase returns 300 at a time and has no 4-hour candles; Binance returns 1,000.
 *
 * Sources: docs.kraken.com, "Get OHLC Data"; docs.cdp.coinbase.com, "Get Product Candles"; developers.binance.com,
 * "Kline/Candlestick data".
 */
const LIMITS: Readonly<Record<ExchangeId, Limits>> = {
  kraken: { candlesPerRequest: 720, intervals: HISTORY_INTERVALS },
  coinbase: { candlesPerRequest: 300, intervals: HISTORY_INTERVALS.filter((interval) => interval !== '4h') },
  binance: { candlesPerRequest: 1_000, intervals: HISTORY_INTERVALS },
};

/** More than users scroll back on a chart, and still few requests at 300 candles each. */
const MAX_CANDLES = 720;

export type ExchangeHistoryOptions = {
  readonly id: ExchangeId;
  readonly client: () => Pick<ExchangeClient, 'candles'>;
  /** The unified name of a coin's market; null if the exchange has none that is certainly this coin's. */
  readonly marketOf: (coinId: string, vsCurrency: string) => Promise<string | null>;
};

/** Creates the source of an exchange's own candles, with the traded volume in units of the coin. */
export function exchangeHistory({ id, client, marketOf }: ExchangeHistoryOptions): HistorySource {
  const { candlesPerRequest, intervals } = LIMITS[id];
  return {
    name: id,
    volumeKind: 'traded',
    reach(interval) {
      if (!intervals.includes(interval)) return null;
      return { reachMs: MAX_CANDLES * intervalLengthMs(interval), candlesPerRequest };
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
      signal.throwIfAborted();
      // The exchange's client takes no signal: after an abort its request continues, and the result is discarded.
      return unlessAborted(signal, fetched());
    },
  };
}
