import type { ExchangeId } from '../../../../shared/settings/settings.ts';
import type { ExchangeClient } from './exchange-client.ts';
import { type CoinSymbol, type MappedMarket, mapMarkets } from './map-markets.ts';

/** The markets that one exchange provides prices for. */
export type ExchangeAssignment = { readonly exchange: ExchangeId; readonly markets: readonly MappedMarket[] };

export type Assignments = {
  readonly assignments: readonly ExchangeAssignment[];
  /** Exchanges whose list of markets could not be fetched. */
  readonly failures: readonly { readonly exchange: ExchangeId; readonly error: unknown }[];
};

/**
 * Assigns each coin to the first exchange that lists it in the quote currency. Later exchanges are queried, and their
 * classes loaded, only while coins remain unassigned. If an exchange fails, its coins go to the next one.
 */
export async function assignCoins(request: {
  readonly coins: readonly string[];
  readonly vsCurrency: string;
  readonly clients: readonly Pick<ExchangeClient, 'id' | 'markets'>[];
  readonly symbolOf: (coinId: string) => CoinSymbol | null;
  readonly signal: AbortSignal;
}): Promise<Assignments> {
  const { vsCurrency, clients, symbolOf, signal } = request;
  // Markets are found by symbol, so a coin without one cannot be assigned.
  let unassigned = request.coins.filter((coinId) => symbolOf(coinId) !== null);
  const assignments: ExchangeAssignment[] = [];
  const failures: { exchange: ExchangeId; error: unknown }[] = [];
  for (const client of clients) {
    if (unassigned.length === 0) break;
    try {
      const markets = mapMarkets(unassigned, vsCurrency, await client.markets(), symbolOf);
      signal.throwIfAborted();
      if (markets.length > 0) assignments.push({ exchange: client.id, markets });
      const listed = new Set(markets.map(({ coinId }) => coinId));
      unassigned = unassigned.filter((coinId) => !listed.has(coinId));
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ exchange: client.id, error });
    }
  }
  return { assignments, failures };
}
