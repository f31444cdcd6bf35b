import type { DemoCoin } from '../coins.ts';
import { usdPerUnit, VS_CURRENCIES } from '../currencies.ts';
import type { Market } from '../market.ts';
import type { QuoteBoard } from '../quote-board.ts';
import { imageUrl } from './coin-lists.ts';
import type { Query } from './query.ts';
import { extremesOfDay, extremesOfYear } from './sampled-extremes.ts';

const DAY_MS = 86_400_000;

/** `/coins/{id}`: a coin's page. Facts about the real coin, as opposed to the simulated market, are left empty. */
export function coinPage(market: Market, board: QuoteBoard, coin: DemoCoin, query: Query): unknown {
  const rank = market.coins.indexOf(coin) + 1;
  const updated = new Date(board.quote(coin).lastUpdatedAt).toISOString();
  return {
    id: coin.id,
    symbol: coin.symbol,
    name: coin.name,
    web_slug: coin.id,
    asset_platform_id: null,
    platforms: {},
    detail_platforms: {},
    block_time_in_minutes: 0,
    hashing_algorithm: null,
    categories: [],
    preview_listing: false,
    public_notice: 'This is a simulated market.',
    additional_notices: [],
    has_supply_breakdown: false,
    ...(query.text('localization') !== 'false' && { localization: { en: coin.name } }),
    description: { en: '' },
    links: { homepage: [] },
    image: {
      thumb: imageUrl(coin.id, 'thumb'),
      small: imageUrl(coin.id, 'small'),
      large: imageUrl(coin.id, 'large'),
    },
    country_origin: '',
    genesis_date: null,
    sentiment_votes_up_percentage: 50,
    sentiment_votes_down_percentage: 50,
    watchlist_portfolio_users: 0,
    market_cap_rank: rank,
    market_cap_rank_with_rehypothecated: rank,
    status_updates: [],
    last_updated: updated,
    ...(query.text('market_data') !== 'false' && { market_data: marketData(market, board, coin, rank) }),
  };
}

function marketData(market: Market, board: QuoteBoard, coin: DemoCoin, rank: number): unknown {
  const quote = board.quote(coin);
  const at = quote.lastUpdatedAt;
  const now = { priceUsd: quote.priceUsd, at };
  const day = extremesOfDay(market, coin, now);
  const year = extremesOfYear(market, coin, now);
  const everyCurrency = <T>(value: (rate: number) => T): Record<string, T> =>
    Object.fromEntries(
      VS_CURRENCIES.map((currency) => [currency, value(usdPerUnit(market, currency, at) ?? 1)]),
    );
  const changeSince = (days: number): number =>
    (quote.priceUsd / market.priceUsd(coin, at - days * DAY_MS) - 1) * 100;
  const previousUsd = quote.priceUsd / (1 + quote.change24hPct / 100);

  return {
    current_price: everyCurrency((rate) => quote.priceUsd / rate),
    roi: null,
    ath: everyCurrency((rate) => year.highest.priceUsd / rate),
    ath_change_percentage: everyCurrency(() => (quote.priceUsd / year.highest.priceUsd - 1) * 100),
    ath_date: everyCurrency(() => new Date(year.highest.at).toISOString()),
    atl: everyCurrency((rate) => year.lowest.priceUsd / rate),
    atl_change_percentage: everyCurrency(() => (quote.priceUsd / year.lowest.priceUsd - 1) * 100),
    atl_date: everyCurrency(() => new Date(year.lowest.at).toISOString()),
    market_cap: everyCurrency((rate) => quote.marketCapUsd / rate),
    market_cap_rank: rank,
    fully_diluted_valuation: everyCurrency((rate) => quote.marketCapUsd / rate),
    total_volume: everyCurrency((rate) => quote.volume24hUsd / rate),
    high_24h: everyCurrency((rate) => day.highest.priceUsd / rate),
    low_24h: everyCurrency((rate) => day.lowest.priceUsd / rate),
    price_change_24h: quote.priceUsd - previousUsd,
    price_change_percentage_24h: quote.change24hPct,
    price_change_percentage_7d: changeSince(7),
    price_change_percentage_14d: changeSince(14),
    price_change_percentage_30d: changeSince(30),
    price_change_percentage_60d: changeSince(60),
    price_change_percentage_200d: changeSince(200),
    price_change_percentage_1y: changeSince(365),
    total_supply: coin.supply,
    max_supply: null,
    circulating_supply: coin.supply,
    last_updated: new Date(at).toISOString(),
  };
}
