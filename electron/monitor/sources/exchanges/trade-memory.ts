import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { MappedMarket } from './map-markets.ts';
import { createTradeTicks, type TradeTicks } from './trade-ticks.ts';

/** What is known about a market's trades. */
export type KnownTrades = {
  readonly ticks: TradeTicks;
  /** Until when the market was last streamed, in ms of the market's time; null before the first connection. */
  followedUntil: number | null;
};

/**
 * The known trades of each market. It outlives the streams, so that a stream that is created again, because a coin
 * was added or an exchange's cooldown ended, resumes where the last one ended.
 */
export type TradeMemory = {
  of(exchange: ExchangeId, market: Pick<MappedMarket, 'coinId' | 'symbol'>, vsCurrency: string): KnownTrades;
  /** Drops all other coins and currencies. */
  keepOnly(coins: readonly string[], vsCurrency: string): void;
};

export function createTradeMemory(): TradeMemory {
  type Entry = { readonly coinId: string; readonly vsCurrency: string; readonly trades: KnownTrades };
  const known = new Map<string, Entry>();
  return {
    of(exchange, { coinId, symbol }, vsCurrency) {
      const key = `${exchange}\n${coinId}\n${symbol}`;
      const found = known.get(key);
      if (found?.vsCurrency === vsCurrency) return found.trades;
      const ticks = createTradeTicks({ coinId, vsCurrency, source: exchange });
      const trades = { ticks, followedUntil: null };
      known.set(key, { coinId, vsCurrency, trades });
      return trades;
    },
    keepOnly(coins, vsCurrency) {
      const wanted = new Set(coins);
      for (const [key, entry] of known) {
        if (entry.vsCurrency !== vsCurrency || !wanted.has(entry.coinId)) known.delete(key);
      }
    },
  };
}
