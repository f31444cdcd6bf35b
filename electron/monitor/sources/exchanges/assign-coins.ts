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

/** For each exchange, the coins whose prices are compared with those of another source: it always serves them. */
export type ComparedCoins = Partial<Readonly<Record<ExchangeId, readonly string[]>>>;

/**
 * Assigns each coin to the first exchange that lists it in the quote currency, and compared coins also to the exchanges that they
 * are compared on, if these list them. Later exchanges are queried, and their classes loaded, only while coins remain unassigned.
 * If an exchange fails, its coins go to the next one.
 */
export async function assignCoins(request: {
  readonly coins: readonly string[];
  readonly vsCurrency: string;
  readonly compared?: ComparedCoins;
  readonly clients: readonly Pick<ExchangeClient, 'id' | 'markets'>[];
  readonly symbolOf: (coinId: string) => CoinSymbol | null;
  readonly signal: AbortSignal;
}): Promise<Assignments> {
  const { coins, vsCurrency, compared = {}, clients, symbolOf, signal } = request;
  // Markets are found by symbol, so a coin without one cannot be assigned.
  let unassigned = coins.filter((coinId) => symbolOf(coinId) !== null);
  const assignments: ExchangeAssignment[] = [];
  const failures: { exchange: ExchangeId; error: unknown }[] = [];
  for (const client of clients) {
    const wanted = new Set([
      ...unassigned,
      ...(compared[client.id]?.filter((coinId) => coins.includes(coinId)) ?? []),
    ]);
    if (wanted.size === 0) continue;
    try {
      const markets = mapMarkets([...wanted], vsCurrency, await client.markets(), symbolOf);
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
