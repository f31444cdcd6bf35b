import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { ExchangeClient } from './exchange-client.ts';
import { type CoinSymbol, type MappedMarket, mapMarkets } from './map-markets.ts';

/** Which coins an exchange gives prices for. */
export type Lane = { readonly exchange: ExchangeId; readonly markets: readonly MappedMarket[] };

export type Assignment = {
  readonly lanes: readonly Lane[];
  /** Exchanges that could not be asked. */
  readonly failures: readonly { readonly exchange: ExchangeId; readonly error: unknown }[];
};

/**
 * Gives each coin to the first exchange that lists it in the quote currency. An exchange is asked only when coins are
 * left: one that is not needed is not even loaded. The coins of an exchange that fails go to the next.
 */
export async function assignCoins(request: {
  readonly coins: readonly string[];
  readonly vsCurrency: string;
  readonly clients: readonly Pick<ExchangeClient, 'id' | 'markets'>[];
  readonly symbolOf: (coinId: string) => CoinSymbol | null;
  readonly signal: AbortSignal;
}): Promise<Assignment> {
  const { vsCurrency, clients, symbolOf, signal } = request;
  // A coin without a symbol is on no exchange as far as we can tell.
  let left = request.coins.filter((coinId) => symbolOf(coinId) !== null);
  const lanes: Lane[] = [];
  const failures: { exchange: ExchangeId; error: unknown }[] = [];
  for (const client of clients) {
    if (left.length === 0) break;
    try {
      const markets = mapMarkets(left, vsCurrency, await client.markets(), symbolOf);
      signal.throwIfAborted();
      if (markets.length > 0) lanes.push({ exchange: client.id, markets });
      const listed = new Set(markets.map(({ coinId }) => coinId));
      left = left.filter((coinId) => !listed.has(coinId));
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ exchange: client.id, error });
    }
  }
  return { lanes, failures };
}
