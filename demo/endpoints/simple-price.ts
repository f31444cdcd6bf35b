import { usdPerUnit } from '../currencies.ts';
import type { Market } from '../market.ts';
import type { QuoteBoard } from '../quote-board.ts';
import { parameterError, type Query } from './query.ts';
import { roundPrice } from './rounding.ts';

/** `/simple/price`: one entry per known coin, one price per known currency. */
export function simplePrice(market: Market, board: QuoteBoard, query: Query): unknown {
  const currencies = query.list('vs_currencies');
  if (currencies.length === 0) throw parameterError('Missing parameter vs_currencies');
  const ids = query.list('ids');
  const symbols = query.list('symbols').map((symbol) => symbol.toLowerCase());
  const names = query.list('names').map((name) => name.toLowerCase());
  const wanted = market.coins.filter(
    (coin) =>
      ids.includes(coin.id) || symbols.includes(coin.symbol) || names.includes(coin.name.toLowerCase()),
  );
  const precision = query.text('precision');

  return Object.fromEntries(
    wanted.map((coin) => {
      const quote = board.quote(coin);
      const entry: Record<string, number> = {};
      for (const currency of currencies) {
        const rate = usdPerUnit(market, currency, quote.lastUpdatedAt);
        if (rate === null) continue;
        entry[currency] = roundPrice(quote.priceUsd / rate, precision);
        if (query.flag('include_market_cap')) entry[`${currency}_market_cap`] = quote.marketCapUsd / rate;
        if (query.flag('include_24hr_vol')) entry[`${currency}_24h_vol`] = quote.volume24hUsd / rate;
        if (query.flag('include_24hr_change')) entry[`${currency}_24h_change`] = quote.change24hPct;
      }
      if (query.flag('include_last_updated_at')) entry.last_updated_at = quote.lastUpdatedAt / 1_000;
      return [coin.id, entry];
    }),
  );
}
