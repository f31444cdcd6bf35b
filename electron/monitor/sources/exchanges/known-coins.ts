/**
 * Trading symbols by CoinGecko id, for coins whose symbol means the same coin on every supported exchange. Thousands
 * of other coins share one of these symbols, so a symbol alone never identifies a coin.
 */
const SYMBOLS: Readonly<Record<string, string>> = {
  aave: 'AAVE',
  algorand: 'ALGO',
  aptos: 'APT',
  arbitrum: 'ARB',
  'avalanche-2': 'AVAX',
  binancecoin: 'BNB',
  bitcoin: 'BTC',
  'bitcoin-cash': 'BCH',
  bittensor: 'TAO',
  cardano: 'ADA',
  chainlink: 'LINK',
  cosmos: 'ATOM',
  'curve-dao-token': 'CRV',
  dash: 'DASH',
  dogecoin: 'DOGE',
  ethereum: 'ETH',
  'ethereum-classic': 'ETC',
  filecoin: 'FIL',
  'hedera-hashgraph': 'HBAR',
  'immutable-x': 'IMX',
  'injective-protocol': 'INJ',
  'internet-computer': 'ICP',
  kaspa: 'KAS',
  litecoin: 'LTC',
  monero: 'XMR',
  near: 'NEAR',
  optimism: 'OP',
  'pax-gold': 'PAXG',
  pepe: 'PEPE',
  polkadot: 'DOT',
  'quant-network': 'QNT',
  'render-token': 'RENDER',
  ripple: 'XRP',
  'sei-network': 'SEI',
  'shiba-inu': 'SHIB',
  solana: 'SOL',
  stellar: 'XLM',
  sui: 'SUI',
  tether: 'USDT',
  tezos: 'XTZ',
  'the-graph': 'GRT',
  'the-open-network': 'TON',
  tron: 'TRX',
  uniswap: 'UNI',
  'usd-coin': 'USDC',
  vechain: 'VET',
  zcash: 'ZEC',
};

/** The trading symbol of a well-known coin, or null. */
export function knownSymbol(coinId: string): string | null {
  return Object.hasOwn(SYMBOLS, coinId) ? (SYMBOLS[coinId] ?? null) : null;
}
