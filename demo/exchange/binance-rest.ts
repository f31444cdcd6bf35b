import { HttpError, type Query } from '../endpoints/query.ts';
import { exchangeInfo, ticker } from './binance-symbols.ts';
import type { DialectRoute } from './dialect.ts';
import type { Listing, NamedMarket } from './pairs.ts';
import type { Venue } from './venue.ts';

const MINUTE_MS = 60_000;
const MAX_ROWS = 1_000;
const DEFAULT_ROWS = 500;
const PRICE_DECIMALS = 10;

const INTERVAL_MS: ReadonlyMap<string, number> = new Map([
  ['1m', MINUTE_MS],
  ['5m', 5 * MINUTE_MS],
  ['15m', 15 * MINUTE_MS],
  ['1h', 60 * MINUTE_MS],
  ['4h', 240 * MINUTE_MS],
  ['1d', 1_440 * MINUTE_MS],
]);

/**
 * The endpoints below `/exchange/binance`, which need no key, in the format of developers.binance.com, "Exchange
 * information", "24hr ticker price change statistics", "Kline/Candlestick data" and "Recent trades list". Times are
 * in milliseconds, lists oldest first. An unknown parameter is an error.
 */
export function binanceRoutes(venue: Venue, listing: Listing<NamedMarket>): readonly DialectRoute[] {
  const marketOf = (query: Query): NamedMarket => found(listing, query.text('symbol') ?? '');
  return [
    {
      endpoint: '/api/v3/exchangeInfo',
      reply: (query) => {
        checkNames(query, []);
        return exchangeInfo(venue, listing.markets);
      },
    },
    {
      endpoint: '/api/v3/ticker/24hr',
      reply(query) {
        checkNames(query, ['symbols']);
        const names = query.text('symbols');
        const markets = names === null ? listing.markets : listOf(names).map((name) => found(listing, name));
        return markets.map((market) => ticker(venue, market));
      },
    },
    {
      endpoint: '/api/v3/klines',
      reply(query) {
        checkNames(query, ['symbol', 'interval', 'startTime', 'endTime', 'limit']);
        return klines(venue, marketOf(query), query);
      },
    },
    {
      endpoint: '/api/v3/trades',
      reply(query) {
        checkNames(query, ['symbol', 'limit']);
        return trades(venue, marketOf(query), query);
      },
    },
  ];
}

function refusal(code: number, msg: string): HttpError {
  return new HttpError(400, msg, { code, msg });
}

function checkNames(query: Query, known: readonly string[]): void {
  const names = query.names();
  const read = names.filter((name) => known.includes(name)).length;
  if (read === names.length) return;
  throw refusal(
    -1104,
    `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${names.length}'.`,
  );
}

function found(listing: Listing<NamedMarket>, name: string): NamedMarket {
  const market = listing.byName(name);
  if (market === undefined) throw refusal(-1121, 'Invalid symbol.');
  return market;
}

/** The names in `["BTCEUR","ETHEUR"]`. */
function listOf(text: string): readonly string[] {
  return text.replaceAll(/[["\]]/g, '').split(',');
}

function rowsWanted(query: Query): number {
  return Math.min(Number(query.text('limit') ?? DEFAULT_ROWS), MAX_ROWS);
}

/** The first candles from `startTime` on, or the newest without it. */
function klines(venue: Venue, { pair }: NamedMarket, query: Query) {
  const lengthMs = INTERVAL_MS.get(query.text('interval') ?? '');
  if (lengthMs === undefined) throw refusal(-1120, 'Invalid interval.');
  const limit = rowsWanted(query);
  const end = Number(query.text('endTime') ?? venue.now());
  const newest = Math.floor(end / lengthMs) * lengthMs;
  const from = Number(query.text('startTime') ?? newest - (limit - 1) * lengthMs);
  const to = Math.min(end, Math.ceil(from / lengthMs) * lengthMs + (limit - 1) * lengthMs);
  return venue.candles(pair, lengthMs, from, to).map(({ start, open, high, low, close, volume, trades }) => {
    const prices = [open, high, low, close].map((price) => price.toFixed(PRICE_DECIMALS));
    const [bought, paid] = [volume, volume * close].map((amount) => amount.toFixed(8));
    return [start, ...prices, bought, start + lengthMs - 1, paid, trades, bought, paid, '0'];
  });
}

/** The newest trades. */
function trades({ tape }: Venue, { pair }: NamedMarket, query: Query) {
  return tape.newest(pair, rowsWanted(query)).map(({ id, at, price, amount }) => ({
    id,
    price: price.toFixed(PRICE_DECIMALS),
    qty: amount.toFixed(8),
    quoteQty: (price * amount).toFixed(8),
    time: at,
    isBuyerMaker: false,
    isBestMatch: true,
  }));
}
