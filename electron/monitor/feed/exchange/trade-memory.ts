import type { ExchangeId } from '../../../../shared/settings.ts';
import type { MappedMarket } from './map-markets.ts';
import { createTradeTicks, type TradeTicks } from './trade-ticks.ts';

/**
 * Which trades of each market are known. It outlives the streams, so that one that is made again, because a coin was added
 * or the exchange was left alone for a while, goes on where the last one ended.
 */
export type TradeMemory = {
  ticksOf(exchange: ExchangeId, market: MappedMarket, vsCurrency: string): TradeTicks;
  /** Forgets all other coins and currencies. */
  keepOnly(coins: readonly string[], vsCurrency: string): void;
};

export function createTradeMemory(): TradeMemory {
  type Known = { readonly coinId: string; readonly vsCurrency: string; readonly ticks: TradeTicks };
  const known = new Map<string, Known>();
  return {
    ticksOf(exchange, { coinId, symbol }, vsCurrency) {
      const key = `${exchange}\n${coinId}\n${symbol}`;
      const found = known.get(key);
      if (found?.vsCurrency === vsCurrency) return found.ticks;
      const ticks = createTradeTicks({ coinId, vsCurrency, source: exchange });
      known.set(key, { coinId, vsCurrency, ticks });
      return ticks;
    },
    keepOnly(coins, vsCurrency) {
      const wanted = new Set(coins);
      for (const [key, of] of known) {
        if (of.vsCurrency !== vsCurrency || !wanted.has(of.coinId)) known.delete(key);
      }
    },
  };
}
