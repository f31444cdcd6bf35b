import type { DemoCoin } from '../coins.ts';

/** A market of the simulated exchange, named in Kraken's three ways. */
export type KrakenPair = {
  readonly coin: DemoCoin;
  /** CoinGecko's code of the quote currency. */
  readonly vsCurrency: string;
  /** `XXBTZUSD`: the key in answers over HTTP. */
  readonly id: string;
  /** `XBTUSD`. */
  readonly altname: string;
  /** `XBT/USD`: the pair's name in the list of pairs, and on the first version of the WebSocket. */
  readonly wsname: string;
  /** `BTC/USD`: the name on the second version of the WebSocket. */
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
};

/** Assets that Kraken lists under a name of four letters. Source: docs.kraken.com, "Get Asset Info". */
const LONG_NAMES: Readonly<Record<string, string>> = {
  XBT: 'XXBT',
  ETH: 'XETH',
  LTC: 'XLTC',
  XMR: 'XXMR',
  XRP: 'XXRP',
  XLM: 'XXLM',
  ZEC: 'XZEC',
  XDG: 'XXDG',
  USD: 'ZUSD',
  EUR: 'ZEUR',
};

/** Assets that Kraken calls other than everybody else. */
const OWN_NAMES: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };

const QUOTES = ['usd', 'eur'] as const;

/** The markets of every coin in dollars and euros. */
export function krakenPairs(coins: readonly DemoCoin[]): readonly KrakenPair[] {
  return coins.flatMap((coin) => QUOTES.map((vsCurrency) => pairOf(coin, vsCurrency)));
}

function pairOf(coin: DemoCoin, vsCurrency: string): KrakenPair {
  const common = coin.symbol.toUpperCase();
  const base = OWN_NAMES[common] ?? common;
  const quote = vsCurrency.toUpperCase();
  const longBase = LONG_NAMES[base] ?? base;
  const longQuote = LONG_NAMES[quote] ?? quote;
  // Only where both have a long name does the pair; the others are simply put together.
  const isLong = longBase !== base && longQuote !== quote;
  return {
    coin,
    vsCurrency,
    id: isLong ? longBase + longQuote : base + quote,
    altname: base + quote,
    wsname: `${base}/${quote}`,
    symbol: `${common}/${quote}`,
    base: longBase,
    quote: longQuote,
  };
}
