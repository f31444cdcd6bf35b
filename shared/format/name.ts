const SOURCE_NAMES: Readonly<Record<string, string>> = {
  coingecko: 'CoinGecko',
  kraken: 'Kraken',
  coinbase: 'Coinbase',
  binance: 'Binance',
};

/** The display name of a source of prices. */
export function formatSource(source: string): string {
  return SOURCE_NAMES[source] ?? source;
}

/** Words of coin ids that are abbreviations, shown in capitals. */
const ABBREVIATIONS = new Set(['bnb', 'btc', 'dao', 'eth', 'eur', 'usd', 'usdc', 'usdt', 'xrp']);

/** The display name of a coin: `bitcoin` → `Bitcoin`, `usd-coin` → `USD Coin`. An id without words stays as it is. */
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
