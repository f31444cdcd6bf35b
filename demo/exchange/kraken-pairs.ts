import { createListing, type Listing, type Pair } from './pairs.ts';

/** A market with Kraken's names for it. */
export type KrakenPair = {
  readonly pair: Pair;
  /** `XXBTZUSD`: the key in HTTP responses. */
  readonly id: string;
  /** `XBTUSD`. */
  readonly altname: string;
  /** `XBT/USD`: the name in the list of pairs and on version 1 of the WebSocket. */
  readonly wsname: string;
  /** `BTC/USD`, but `LUNA2/USD`: the name on version 2 of the WebSocket. */
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

/** Assets with a different name on Kraken. Its LUNA is the coin that others call LUNC. */
const OWN_NAMES: Readonly<Record<string, string>> = {
  BTC: 'XBT',
  DOGE: 'XDG',
  LUNC: 'LUNA',
  LUNA: 'LUNA2',
  USTC: 'UST',
  REP: 'REPV2',
};
/** The ones that have their usual name on version 2 of the WebSocket. */
const COMMON_ON_SOCKET: readonly string[] = ['XBT', 'XDG'];

const QUOTES = ['usd', 'eur'];

/** The markets that Kraken lists: every coin in US dollars and euros. */
export function krakenListing(pairs: readonly Pair[]): Listing<KrakenPair> {
  const listed = pairs.filter(({ vsCurrency }) => QUOTES.includes(vsCurrency)).map(named);
  return createListing(listed, ({ id, altname, wsname, symbol }) => [id, altname, wsname, symbol]);
}

function named(pair: Pair): KrakenPair {
  const common = pair.coin.symbol.toUpperCase();
  const base = OWN_NAMES[common] ?? common;
  const quote = pair.vsCurrency.toUpperCase();
  const longBase = LONG_NAMES[base] ?? base;
  const longQuote = LONG_NAMES[quote] ?? quote;
  // A pair has a long name only if both assets do; otherwise the short names are concatenated.
  const isLong = longBase !== base && longQuote !== quote;
  return {
    pair,
    id: isLong ? longBase + longQuote : base + quote,
    altname: base + quote,
    wsname: `${base}/${quote}`,
    symbol: `${COMMON_ON_SOCKET.includes(base) ? common : base}/${quote}`,
    base: longBase,
    quote: longQuote,
  };
}
