import { z } from 'zod';
import type { DemoCoin } from './coins.ts';
import { usdPerUnit } from './currencies.ts';
import type { Market, MarketQuote } from './market.ts';

/** A bound that tells milliseconds from seconds: times of prices are above it in milliseconds, and below it in seconds. */
const MIN_MILLISECONDS = 1e11;

/** A scripted price that replaces the market's, in `vsCurrency`; those in other currencies are derived from it. */
export const scriptedPriceSchema = z.strictObject({
  price: z.number(),
  vsCurrency: z.string().optional(),
  /**
   * Milliseconds since the epoch, served in whole seconds. When absent, the current time, or the second after the coin's last
   * served quote: with the time of a known quote, the price would not count as new.
   */
  lastUpdatedAt: z
    .number()
    .min(MIN_MILLISECONDS, 'is in milliseconds since the epoch, not in seconds')
    .optional(),
  volume24h: z.number().optional(),
  marketCap: z.number().optional(),
  change24hPct: z.number().optional(),
});
export type ScriptedPrice = Readonly<z.infer<typeof scriptedPriceSchema>>;

/** The prices that are currently served: scripted ones, otherwise the market's. */
export type QuoteBoard = {
  /** The market's time: that of the clock, or the instant at which it is frozen. */
  now(): number;
  freeze(at: number | null): void;
  /** Sets a scripted price until it is replaced or set to null. Throws for an unknown coin or currency. */
  setPrice(coinId: string, scripted: ScriptedPrice | null): void;
  quote(coin: DemoCoin): MarketQuote;
  /** The exact price now, even between two updates. */
  livePriceUsd(coin: DemoCoin): number;
};

export function createQuoteBoard(options: {
  readonly market: Market;
  readonly now: () => number;
  /** How often each coin's price is updated, in whole seconds. */
  readonly stepMs: number;
}): QuoteBoard {
  const { market, stepMs } = options;
  let frozenAt: number | null = null;
  const scripts = new Map<string, MarketQuote>();
  /** The time of the newest quote that was served, by coin. */
  const servedAt = new Map<string, number>();
  const now = (): number => frozenAt ?? options.now();

  return {
    now,
    freeze(at) {
      frozenAt = at;
    },
    setPrice(coinId, scripted) {
      const coin = market.find(coinId);
      if (coin === undefined) throw new RangeError(`"${coinId}" is not a coin of this market`);
      if (scripted === null) {
        scripts.delete(coinId);
        return;
      }
      const { vsCurrency = 'usd', price, lastUpdatedAt } = scriptedPriceSchema.parse(scripted);
      const newAt = Math.max(now(), (servedAt.get(coinId) ?? 0) + 1_000);
      const rate = usdPerUnit(market, vsCurrency, now());
      if (rate === null) throw new RangeError(`"${vsCurrency}" is not a currency of this market`);
      const usual = market.quote(coin, now(), stepMs);
      scripts.set(coinId, {
        priceUsd: price * rate,
        volume24hUsd: scripted.volume24h === undefined ? usual.volume24hUsd : scripted.volume24h * rate,
        marketCapUsd:
          scripted.marketCap === undefined ? price * rate * coin.supply : scripted.marketCap * rate,
        change24hPct: scripted.change24hPct ?? 0,
        lastUpdatedAt: Math.floor((lastUpdatedAt ?? newAt) / 1_000) * 1_000,
      });
    },
    livePriceUsd: (coin) => scripts.get(coin.id)?.priceUsd ?? market.priceUsd(coin, now()),
    quote(coin) {
      const quote = scripts.get(coin.id) ?? market.quote(coin, now(), stepMs);
      servedAt.set(coin.id, Math.max(quote.lastUpdatedAt, servedAt.get(coin.id) ?? 0));
      return quote;
    },
  };
}
