import type { Query } from '../endpoints/query.ts';
import type { DialectRoute } from './dialect.ts';
import type { KrakenPair } from './kraken-pairs.ts';
import type { Listing } from './pairs.ts';
import type { Candle, Venue } from './venue.ts';

const MINUTE_MS = 60_000;
/** Kraken returns at most this many candles, whatever `since` is. */
const MAX_CANDLES = 720;
const MAX_TRADES = 1_000;
const INTERVALS_MIN = [1, 5, 15, 30, 60, 240, 1_440, 10_080, 21_600];
const PRICE_DECIMALS = 10;

/** The endpoints below `/exchange/kraken`, in the format of docs.kraken.com, "Spot REST API, Market Data". */
export function krakenRoutes(venue: Venue, listing: Listing<KrakenPair>): readonly DialectRoute[] {
  const onePair = (query: Query, reply: (market: KrakenPair) => unknown): unknown => {
    const [market] = wantedPairs(listing, query) ?? [];
    return market === undefined ? UNKNOWN_PAIR : reply(market);
  };
  return [
    {
      endpoint: '/0/public/AssetPairs',
      reply: () => result(Object.fromEntries(listing.markets.map((market) => [market.id, describe(market)]))),
    },
    {
      endpoint: '/0/public/Ticker',
      reply(query) {
        const found = wantedPairs(listing, query);
        if (found === null) return UNKNOWN_PAIR;
        return result(Object.fromEntries(found.map((market) => [market.id, ticker(venue, market)])));
      },
    },
    {
      endpoint: '/0/public/OHLC',
      reply: (query) => onePair(query, (market) => ohlc(venue, market, query)),
    },
    {
      endpoint: '/0/public/Trades',
      reply: (query) => onePair(query, (market) => trades(venue, market, query)),
    },
  ];
}

const UNKNOWN_PAIR = { error: ['EQuery:Unknown asset pair'] };

function result(value: unknown) {
  return { error: [], result: value };
}

function wantedPairs(listing: Listing<KrakenPair>, query: Query): readonly KrakenPair[] | null {
  const names = query.text('pair');
  if (names === null) return listing.markets;
  const found = names.split(',').map(listing.byName);
  return found.every((market) => market !== undefined) ? found : null;
}

function describe(market: KrakenPair) {
  return {
    altname: market.altname,
    wsname: market.wsname,
    aclass_base: 'currency',
    base: market.base,
    aclass_quote: 'currency',
    quote: market.quote,
    lot: 'unit',
    cost_decimals: 5,
    pair_decimals: PRICE_DECIMALS,
    lot_decimals: 8,
    lot_multiplier: 1,
    leverage_buy: [],
    leverage_sell: [],
    fees: [[0, 0.4]],
    fees_maker: [[0, 0.25]],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: '0.0001',
    costmin: '0.5',
    tick_size: '0.0000000001',
    status: 'online',
  };
}

function ticker({ now, priceAt, priceNow, dailyVolume }: Venue, { pair }: KrakenPair) {
  const price = priceNow(pair).toFixed(PRICE_DECIMALS);
  const volume = dailyVolume(pair, now()).toFixed(8);
  const today = now() - (now() % (1_440 * MINUTE_MS));
  return {
    a: [price, '1', '1.000'],
    b: [price, '1', '1.000'],
    c: [price, '0.01000000'],
    v: [volume, volume],
    p: [price, price],
    t: [1_000, 1_000],
    l: [price, price],
    h: [price, price],
    o: priceAt(pair, today).toFixed(PRICE_DECIMALS),
  };
}

/** Candles, oldest first, ending with the current one, as Kraken returns them. */
function ohlc({ now, candles }: Venue, { pair, id }: KrakenPair, query: Query) {
  const minutes = query.count('interval', { least: 1, most: 21_600, otherwise: 1 });
  if (!INTERVALS_MIN.includes(minutes)) return { error: ['EGeneral:Invalid arguments'] };
  const lengthMs = minutes * MINUTE_MS;
  const newest = Math.floor(now() / lengthMs) * lengthMs;
  const oldest = newest - (MAX_CANDLES - 1) * lengthMs;
  const from = Math.max(oldest, Number(query.text('since') ?? 0) * 1_000 + 1);
  const rows = candles(pair, lengthMs, from, newest).map(candleRow);
  return result({ [id]: rows, last: (newest - lengthMs) / 1_000 });
}

function candleRow({ start, open, high, low, close, volume, trades }: Candle) {
  const [o, h, l, c] = [open, high, low, close].map((price) => price.toFixed(PRICE_DECIMALS));
  return [start / 1_000, o, h, l, c, c, volume.toFixed(8), trades];
}

/** The first trades after `since`, which is in nanoseconds, or in seconds if it is short. */
function trades({ now, tape }: Venue, { pair, id: name }: KrakenPair, query: Query) {
  const since = Number(query.text('since') ?? 0);
  const found = tape.since(pair, since > 1e12 ? since / 1e6 : since * 1_000).slice(0, MAX_TRADES);
  const rows = found.map(({ price, amount, at, id }) => [
    price.toFixed(PRICE_DECIMALS),
    amount.toFixed(8),
    at / 1_000,
    'b',
    'm',
    '',
    id,
  ]);
  return result({ [name]: rows, last: `${(found.at(-1)?.at ?? now()) * 1e6}` });
}
