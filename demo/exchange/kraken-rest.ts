import type { Query } from '../answers/query.ts';
import type { ExchangeEndpoint } from '../faults.ts';
import type { Market } from '../market.ts';
import type { KrakenPair } from './kraken-pairs.ts';
import type { TradeTape } from './trade-tape.ts';

const MINUTE_MS = 60_000;
/** Kraken gives this many candles and no more, whatever `since` says. */
const MOST_CANDLES = 720;
const PRICES_PER_CANDLE = 16;
const INTERVALS_MIN = [1, 5, 15, 30, 60, 240, 1_440, 10_080, 21_600];
const PRICE_DECIMALS = 10;

export type KrakenRestParts = {
  readonly market: Market;
  readonly pairs: readonly KrakenPair[];
  readonly tape: TradeTape;
  readonly now: () => number;
  /** The price on the exchange, now or at an instant of the past. */
  readonly priceAt: (pair: KrakenPair, at: number) => number;
  readonly priceNow: (pair: KrakenPair) => number;
};

type Answers = Readonly<Record<ExchangeEndpoint, (parts: KrakenRestParts, query: Query) => unknown>>;

/** What is served below `/exchange/kraken`, in the form of docs.kraken.com, "Spot REST API, Market Data". */
export const KRAKEN_ANSWERS: Answers = {
  '/0/public/AssetPairs': ({ pairs }) =>
    result(Object.fromEntries(pairs.map((pair) => [pair.id, describe(pair)]))),
  '/0/public/Ticker': (parts, query) => {
    const found = wantedPairs(parts, query);
    if (found === null) return unknownPair();
    return result(Object.fromEntries(found.map((pair) => [pair.id, ticker(parts, pair)])));
  },
  '/0/public/OHLC': (parts, query) => {
    const [pair] = wantedPairs(parts, query) ?? [];
    if (pair === undefined) return unknownPair();
    return ohlc(parts, pair, query);
  },
  '/0/public/Trades': (parts, query) => {
    const [pair] = wantedPairs(parts, query) ?? [];
    if (pair === undefined) return unknownPair();
    // `since` is in nanoseconds, or in seconds where it is short.
    const since = Number(query.text('since') ?? 0);
    const trades = parts.tape.since(pair, since > 1e12 ? since / 1e6 : since * 1_000, 1_000);
    const rows = trades.map(({ price, amount, at, id }) => [
      price.toFixed(PRICE_DECIMALS),
      amount.toFixed(8),
      at / 1_000,
      'b',
      'm',
      '',
      id,
    ]);
    return result({ [pair.id]: rows, last: `${(trades.at(-1)?.at ?? parts.now()) * 1e6}` });
  },
};

function result(value: unknown) {
  return { error: [], result: value };
}

function unknownPair() {
  return { error: ['EQuery:Unknown asset pair'] };
}

function wantedPairs({ pairs }: KrakenRestParts, query: Query): readonly KrakenPair[] | null {
  const names = query.text('pair');
  if (names === null) return pairs;
  const found = names
    .split(',')
    .map((name) => pairs.find(({ id, altname, wsname }) => [id, altname, wsname].includes(name)));
  return found.every((pair) => pair !== undefined) ? found : null;
}

function describe(pair: KrakenPair) {
  return {
    altname: pair.altname,
    wsname: pair.wsname,
    aclass_base: 'currency',
    base: pair.base,
    aclass_quote: 'currency',
    quote: pair.quote,
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

function ticker({ market, now, priceAt, priceNow }: KrakenRestParts, pair: KrakenPair) {
  const price = priceNow(pair).toFixed(PRICE_DECIMALS);
  const volume = (market.volume24hUsd(pair.coin, now()) / market.priceUsd(pair.coin, now()) / 20).toFixed(8);
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

/** Candles oldest first, the last of them the one that is still growing, as Kraken gives them. */
function ohlc({ market, now, priceAt }: KrakenRestParts, pair: KrakenPair, query: Query) {
  const minutes = query.count('interval', { least: 1, most: 21_600, otherwise: 1 });
  if (!INTERVALS_MIN.includes(minutes)) return { error: ['EGeneral:Invalid arguments'] };
  const lengthMs = minutes * MINUTE_MS;
  const newest = Math.floor(now() / lengthMs) * lengthMs;
  const oldest = newest - (MOST_CANDLES - 1) * lengthMs;
  const from = Math.max(oldest, Number(query.text('since') ?? 0) * 1_000 + 1);
  const candles: unknown[] = [];
  for (let start = Math.ceil(from / lengthMs) * lengthMs; start <= newest; start += lengthMs) {
    const end = Math.min(start + lengthMs, now());
    const prices = Array.from({ length: PRICES_PER_CANDLE }, (_, part) =>
      priceAt(pair, start + ((end - start) * part) / (PRICES_PER_CANDLE - 1)),
    );
    const [open = 0, close = 0] = [prices.at(0), prices.at(-1)];
    const dailyUsd = market.volume24hUsd(pair.coin, start) / 20;
    const volume = (dailyUsd * lengthMs) / (1_440 * MINUTE_MS) / market.priceUsd(pair.coin, start);
    const [o, h, l, c] = [open, Math.max(...prices), Math.min(...prices), close].map((price) =>
      price.toFixed(PRICE_DECIMALS),
    );
    candles.push([start / 1_000, o, h, l, c, c, volume.toFixed(8), PRICES_PER_CANDLE]);
  }
  return result({ [pair.id]: candles, last: (newest - lengthMs) / 1_000 });
}
