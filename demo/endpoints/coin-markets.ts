import type { DemoCoin } from '../coins.ts';
import { usdPerUnit } from '../currencies.ts';
import type { Market } from '../market.ts';
import type { QuoteBoard } from '../quote-board.ts';
import { imageUrl } from './coin-lists.ts';
import { parameterError, type Query } from './query.ts';
import { roundPrice } from './rounding.ts';
import { extremesOfDay, extremesOfYear } from './sampled-extremes.ts';

const HOUR_MS = 3_600_000;
const CHANGE_HOURS: ReadonlyMap<string, number> = new Map([
  ['1h', 1],
  ['24h', 24],
  ['7d', 168],
  ['14d', 336],
  ['30d', 720],
  ['200d', 4_800],
  ['1y', 8_760],
]);

/** `/coins/markets`: a page of coins with all figures. */
export function coinMarkets(market: Market, board: QuoteBoard, query: Query): unknown {
  const vsCurrency = query.text('vs_currency');
  if (vsCurrency === null) throw parameterError('Missing parameter vs_currency');
  if (usdPerUnit(market, vsCurrency, board.now()) === null) throw parameterError('invalid vs_currency');
  const perPage = query.count('per_page', { least: 1, most: 250, otherwise: 100 });
  const page = query.count('page', { least: 1, most: 1_000_000, otherwise: 1 });
  const ids = query.list('ids');
  const wanted = market.coins.filter((coin) => ids.length === 0 || ids.includes(coin.id));
  const order = query.text('order') ?? 'market_cap_desc';
  return inOrder(wanted, order, board)
    .slice((page - 1) * perPage, page * perPage)
    .map((coin) => marketEntry(market, board, coin, vsCurrency, query));
}

function inOrder(coins: readonly DemoCoin[], order: string, board: QuoteBoard): readonly DemoCoin[] {
  const key = order.replace(/_(asc|desc)$/, '');
  const compare =
    key === 'id'
      ? (a: DemoCoin, b: DemoCoin) => (a.id < b.id ? -1 : 1)
      : (a: DemoCoin, b: DemoCoin) => figure(a) - figure(b);
  const figure = (coin: DemoCoin): number => {
    const quote = board.quote(coin);
    return key === 'volume' ? quote.volume24hUsd : quote.marketCapUsd;
  };
  const ascending = coins.toSorted(compare);
  return order.endsWith('_asc') ? ascending : ascending.toReversed();
}

function marketEntry(
  market: Market,
  board: QuoteBoard,
  coin: DemoCoin,
  vsCurrency: string,
  query: Query,
): unknown {
  const quote = board.quote(coin);
  const at = quote.lastUpdatedAt;
  const rate = usdPerUnit(market, vsCurrency, at) ?? 1;
  const precision = query.text('precision');
  const inCurrency = (usd: number): number => roundPrice(usd / rate, precision);
  const now = { priceUsd: quote.priceUsd, at };
  const day = extremesOfDay(market, coin, now);
  const year = extremesOfYear(market, coin, now);
  const previousUsd = quote.priceUsd / (1 + quote.change24hPct / 100);
  const changeSince = (hours: number): number =>
    (quote.priceUsd / market.priceUsd(coin, at - hours * HOUR_MS) - 1) * 100;
  const changes = query.list('price_change_percentage').flatMap((span) => {
    const hours = CHANGE_HOURS.get(span);
    return hours === undefined
      ? []
      : [[`price_change_percentage_${span}_in_currency`, changeSince(hours)] as const];
  });

  return {
    id: coin.id,
    symbol: coin.symbol,
    name: coin.name,
    image: imageUrl(coin.id, 'large'),
    current_price: inCurrency(quote.priceUsd),
    market_cap: Math.round(quote.marketCapUsd / rate),
    market_cap_rank: market.coins.indexOf(coin) + 1,
    fully_diluted_valuation: Math.round(quote.marketCapUsd / rate),
    total_volume: Math.round(quote.volume24hUsd / rate),
    high_24h: inCurrency(day.highest.priceUsd),
    low_24h: inCurrency(day.lowest.priceUsd),
    price_change_24h: (quote.priceUsd - previousUsd) / rate,
    price_change_percentage_24h: quote.change24hPct,
    market_cap_change_24h: ((quote.priceUsd - previousUsd) * coin.supply) / rate,
    market_cap_change_percentage_24h: quote.change24hPct,
    circulating_supply: coin.supply,
    total_supply: coin.supply,
    max_supply: null,
    ath: inCurrency(year.highest.priceUsd),
    ath_change_percentage: (quote.priceUsd / year.highest.priceUsd - 1) * 100,
    ath_date: new Date(year.highest.at).toISOString(),
    atl: inCurrency(year.lowest.priceUsd),
    atl_change_percentage: (quote.priceUsd / year.lowest.priceUsd - 1) * 100,
    atl_date: new Date(year.lowest.at).toISOString(),
    roi: null,
    last_updated: new Date(at).toISOString(),
    ...(query.flag('sparkline') && {
      sparkline_in_7d: {
        price: Array.from(
          { length: 168 },
          (_, hour) => market.priceUsd(coin, at - (167 - hour) * HOUR_MS) / rate,
        ),
      },
    }),
    ...Object.fromEntries(changes),
  };
}
