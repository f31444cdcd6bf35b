import { HttpError, type Query } from '../endpoints/query.ts';
import { product } from './coinbase-product.ts';
import { coinbaseTrade } from './coinbase-trade.ts';
import type { DialectRoute } from './dialect.ts';
import type { Listing, NamedMarket } from './pairs.ts';
import type { Venue } from './venue.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** A request for this many candles or more is rejected. */
const CANDLE_LIMIT = 350;
const PRICE_DECIMALS = 10;

const GRANULARITY_MS: ReadonlyMap<string, number> = new Map([
  ['ONE_MINUTE', MINUTE_MS],
  ['FIVE_MINUTE', 5 * MINUTE_MS],
  ['FIFTEEN_MINUTE', 15 * MINUTE_MS],
  ['THIRTY_MINUTE', 30 * MINUTE_MS],
  ['ONE_HOUR', 60 * MINUTE_MS],
  ['TWO_HOUR', 120 * MINUTE_MS],
  ['SIX_HOUR', 360 * MINUTE_MS],
  ['ONE_DAY', 1_440 * MINUTE_MS],
]);

/**
 * The endpoints below `/exchange/coinbase`, which need no key, in the format of docs.cdp.coinbase.com, "List Public
 * Products", "Get Public Product Candles" and "Get Public Market Trades". Times are in seconds, lists newest first.
 * Candles without a trade are left out.
 */
export function coinbaseRoutes(venue: Venue, listing: Listing<NamedMarket>): readonly DialectRoute[] {
  const marketOf = (name: string): NamedMarket => {
    const market = listing.byName(name);
    if (market === undefined) throw refusal(404, 'NOT_FOUND', 'valid product_id is required');
    return market;
  };
  return [
    {
      endpoint: '/api/v3/brokerage/market/products',
      reply: (query) => products(venue, wantedProducts(listing, query)),
    },
    {
      endpoint: '/api/v3/brokerage/market/products/{product_id}/candles',
      reply: (query, name) => candles(venue, marketOf(name), query),
    },
    {
      endpoint: '/api/v3/brokerage/market/products/{product_id}/ticker',
      reply: (query, name) => trades(venue, marketOf(name), query),
    },
  ];
}

function refusal(status: number, error: string, details: string): HttpError {
  return new HttpError(status, details, { error, error_details: details, message: details });
}

/** There are only spot markets. Unknown names are ignored. */
function wantedProducts(listing: Listing<NamedMarket>, query: Query): readonly NamedMarket[] {
  if ((query.text('product_type') ?? 'SPOT') !== 'SPOT') return [];
  const names = query.each('product_ids');
  return names.length === 0
    ? listing.markets
    : names.map(listing.byName).filter((market) => market !== undefined);
}

function products(venue: Venue, markets: readonly NamedMarket[]) {
  return {
    products: markets.map((market) => product(venue, market)),
    num_products: markets.length,
  };
}

function candles(venue: Venue, { pair }: NamedMarket, query: Query) {
  const lengthMs = GRANULARITY_MS.get(query.text('granularity') ?? '');
  const [start, end] = ['start', 'end'].map((name) => Number(query.text(name) ?? Number.NaN) * SECOND_MS);
  if (lengthMs === undefined || !(start !== undefined && end !== undefined && start <= end)) {
    throw refusal(400, 'INVALID_ARGUMENT', 'start, end and granularity are required');
  }
  if ((end - start) / lengthMs >= CANDLE_LIMIT) {
    throw refusal(400, 'INVALID_ARGUMENT', 'number of candles requested should be less than 350');
  }
  const traded = venue.candles(pair, lengthMs, start, end).filter(({ trades }) => trades > 0);
  const rows = traded.map((candle) => ({
    start: String(candle.start / SECOND_MS),
    low: candle.low.toFixed(PRICE_DECIMALS),
    high: candle.high.toFixed(PRICE_DECIMALS),
    open: candle.open.toFixed(PRICE_DECIMALS),
    close: candle.close.toFixed(PRICE_DECIMALS),
    volume: candle.volume.toFixed(8),
  }));
  return { candles: rows.reverse() };
}

/** The newest trades, within a range of time if one is given. */
function trades({ tape, priceNow }: Venue, market: NamedMarket, query: Query) {
  const limit = Number(query.text('limit') ?? Number.NaN);
  if (!(limit > 0)) throw refusal(400, 'INVALID_ARGUMENT', 'limit is required');
  const start = Number(query.text('start') ?? 0) * SECOND_MS;
  const end = Number(query.text('end') ?? Number.POSITIVE_INFINITY) * SECOND_MS;
  const found = tape.since(market.pair, start - 1).filter(({ at }) => at <= end);
  const price = priceNow(market.pair).toFixed(PRICE_DECIMALS);
  return {
    trades: found
      .slice(-limit)
      .reverse()
      .map((trade) => ({ ...coinbaseTrade(market, trade), bid: '', ask: '' })),
    best_bid: price,
    best_ask: price,
  };
}
