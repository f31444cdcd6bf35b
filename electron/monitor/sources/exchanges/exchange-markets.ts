import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { Clock } from '../../time/clock.ts';
import type { ExchangeClient } from './exchange-client.ts';
import { createExchangeClients, type ExchangeClientsOptions } from './exchange-clients.ts';
import { knownSymbol } from './known-coins.ts';
import { type CoinSymbol, mapMarkets } from './map-markets.ts';
import { createMarketTrust, type MarketTrust, type ReferencePrice } from './market-trust.ts';

/** The exchanges' clients, and the assignment of markets to coins. */
export type ExchangeMarkets = {
  /** The exchange's client. Created on first use. */
  client(id: ExchangeId): ExchangeClient;
  /** The trading symbol of a coin; null while it is unknown. */
  symbolOf(coinId: string): CoinSymbol | null;
  /** Reads the catalog if one of these coins is not well known. */
  learnSymbols(coins: readonly string[], signal: AbortSignal): Promise<void>;
  readonly trust: MarketTrust;
  /** The unified name of a coin's market; null if the exchange has none, or none whose price matches the coin's. */
  marketOf(id: ExchangeId, coinId: string, vsCurrency: string): Promise<string | null>;
  close(): Promise<void>;
};

export type ExchangeMarketsOptions = ExchangeClientsOptions & {
  readonly clock: Clock;
  /** The newest price of the reference source. */
  readonly reference: (coinId: string) => ReferencePrice | null;
  /** Trading symbols from a catalog, for coins that are not well known; null while it is unavailable. */
  readonly catalogSymbols: (signal: AbortSignal) => Promise<ReadonlyMap<string, string> | null>;
};

export function createExchangeMarkets(options: ExchangeMarketsOptions): ExchangeMarkets {
  const { clock, reference, catalogSymbols, ...connection } = options;
  const clients = createExchangeClients(connection);
  const client = clients.of;
  const trust = createMarketTrust(reference);
  let catalog: ReadonlyMap<string, string> | null = null;

  const symbolOf = (coinId: string): CoinSymbol | null => {
    const known = knownSymbol(coinId);
    if (known !== null) return { symbol: known, isKnown: true };
    const listed = catalog?.get(coinId);
    return listed === undefined ? null : { symbol: listed, isKnown: false };
  };

  return {
    client,
    symbolOf,
    async learnSymbols(coins, signal) {
      if (coins.every((coinId) => knownSymbol(coinId) !== null)) return;
      catalog = (await catalogSymbols(signal)) ?? catalog;
    },
    trust,
    async marketOf(id, coinId, vsCurrency) {
      const [market] = mapMarkets([coinId], vsCurrency, await client(id).markets(), symbolOf);
      if (market === undefined) return null;
      if (market.isKnown) return market.symbol;
      const { at, prices } = await client(id).lastPrices([market.symbol]);
      const price = prices.get(market.symbol);
      const isTrusted = price !== undefined && trust.connect(id).isTrusted(market, price, at ?? clock.now());
      return isTrusted ? market.symbol : null;
    },
    close: clients.close,
  };
}
