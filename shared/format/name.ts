const SOURCE_NAMES: Readonly<Record<string, string>> = {
  coingecko: 'CoinGecko',
  kraken: 'Kraken',
  coinbase: 'Coinbase',
  binance: 'Binance',
};

/** The name of a source of prices, for people. */
export function formatSource(source: string): string {
  return SOURCE_NAMES[source] ?? source;
}

/** Words of coin ids that are abbreviations and are written in capitals. */
const ABBREVIATIONS = new Set(['bnb', 'btc', 'dao', 'eth', 'eur', 'usd', 'usdc', 'usdt', 'xrp']);

/** A coin's id as a name for people: `bitcoin` → `Bitcoin`, `usd-coin` → `USD Coin`. Of an id without words, the id. */
export function formatCoinName(coinId: string): string {
  const name = coinId
    .split(/[-_]+/)
    .filter((word) => word !== '')
    .map((word) =>
      ABBREVIATIONS.has(word) ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join(' ');
  return name === '' ? coinId : name;
}
