/** A coin of the simulated market. Ids, symbols and names are CoinGecko's; simulated prices move around `price`. */
export type DemoCoin = {
  readonly id: string;
  readonly symbol: string;
  readonly name: string;
  readonly priceUsd: number;
  /** Coins in circulation. */
  readonly supply: number;
  /** Typical daily volume as a fraction of the market cap. */
  readonly turnover: number;
  /** How strongly the price follows the market as a whole; 0 for coins pegged to the dollar. */
  readonly beta: number;
  /** Standard deviation of the coin's own daily movement, in per cent. */
  readonly dailyVolPct: number;
};

const PEGGED = { beta: 0, dailyVolPct: 0.02, turnover: 0.4 };

/** Sorted by market cap. */
export const DEMO_COINS: readonly DemoCoin[] = [
  coin('bitcoin', 'btc', 'Bitcoin', 77_000, 20_030_000, { beta: 1, dailyVolPct: 1.2, turnover: 0.022 }),
  coin('ethereum', 'eth', 'Ethereum', 2_300, 120_700_000, { beta: 1.25, dailyVolPct: 2, turnover: 0.05 }),
  coin('tether', 'usdt', 'Tether', 1, 187_000_000_000, PEGGED),
  coin('ripple', 'xrp', 'XRP', 1.92, 60_500_000_000, { beta: 1.1, dailyVolPct: 2.6, turnover: 0.03 }),
  coin('binancecoin', 'bnb', 'BNB', 640, 137_700_000, { beta: 0.9, dailyVolPct: 1.6, turnover: 0.015 }),
  coin('usd-coin', 'usdc', 'USDC', 1, 73_000_000_000, PEGGED),
  coin('solana', 'sol', 'Solana', 95, 560_000_000, { beta: 1.35, dailyVolPct: 2.8, turnover: 0.06 }),
  coin('tron', 'trx', 'TRON', 0.29, 94_700_000_000, { beta: 0.5, dailyVolPct: 1.4, turnover: 0.02 }),
  coin('dogecoin', 'doge', 'Dogecoin', 0.11, 168_000_000_000, {
    beta: 1.4,
    dailyVolPct: 3.2,
    turnover: 0.06,
  }),
  coin('cardano', 'ada', 'Cardano', 0.31, 36_000_000_000, { beta: 1.3, dailyVolPct: 2.7, turnover: 0.045 }),
  coin('bitcoin-cash', 'bch', 'Bitcoin Cash', 470, 20_000_000, {
    beta: 1,
    dailyVolPct: 2.5,
    turnover: 0.04,
  }),
  coin('chainlink', 'link', 'Chainlink', 10, 700_000_000, { beta: 1.3, dailyVolPct: 2.7, turnover: 0.06 }),
  coin('zcash', 'zec', 'Zcash', 380, 16_400_000, { beta: 1.1, dailyVolPct: 4.5, turnover: 0.09 }),
  coin('monero', 'xmr', 'Monero', 330, 18_450_000, { beta: 0.7, dailyVolPct: 2.4, turnover: 0.02 }),
  coin('stellar', 'xlm', 'Stellar', 0.18, 32_000_000_000, { beta: 1.15, dailyVolPct: 2.7, turnover: 0.03 }),
  coin('litecoin', 'ltc', 'Litecoin', 62, 76_500_000, { beta: 1.05, dailyVolPct: 2.2, turnover: 0.08 }),
  coin('avalanche-2', 'avax', 'Avalanche', 10.5, 430_000_000, {
    beta: 1.35,
    dailyVolPct: 2.9,
    turnover: 0.06,
  }),
  coin('hedera-hashgraph', 'hbar', 'Hedera', 0.1, 42_500_000_000, {
    beta: 1.2,
    dailyVolPct: 2.8,
    turnover: 0.04,
  }),
  coin('shiba-inu', 'shib', 'Shiba Inu', 0.0000065, 589_000_000_000_000, {
    beta: 1.35,
    dailyVolPct: 3,
    turnover: 0.03,
  }),
  coin('polkadot', 'dot', 'Polkadot', 1.5, 1_640_000_000, { beta: 1.25, dailyVolPct: 2.8, turnover: 0.06 }),
  coin('uniswap', 'uni', 'Uniswap', 3.9, 630_000_000, { beta: 1.3, dailyVolPct: 3.1, turnover: 0.07 }),
];

/**
 * Coins that an exchange lists under a different symbol, or under that of another coin: Kraken's LUNA is Terra Luna Classic, and
 * its LUNA2 is Terra.
 */
export const RENAMED_COINS: readonly DemoCoin[] = [
  coin('terra-luna-2', 'luna', 'Terra', 0.5, 710_000_000, { beta: 1.3, dailyVolPct: 3, turnover: 0.05 }),
  coin('terra-luna', 'lunc', 'Terra Luna Classic', 0.00006, 5_500_000_000_000, {
    beta: 1.3,
    dailyVolPct: 3,
    turnover: 0.05,
  }),
  coin('augur', 'rep', 'Augur', 1.4, 11_000_000, { beta: 1, dailyVolPct: 3, turnover: 0.02 }),
];

/** Many coins for load tests: `load-coin-1` and so on, each with its own price path. */
export function loadCoins(count: number): readonly DemoCoin[] {
  return Array.from({ length: count }, (_, index) =>
    coin(`load-coin-${index + 1}`, `lc${index + 1}`, `Load Coin ${index + 1}`, 1 + index, 1_000_000, {
      beta: 1,
      dailyVolPct: 3,
      turnover: 0.05,
    }),
  );
}

function coin(
  id: string,
  symbol: string,
  name: string,
  priceUsd: number,
  supply: number,
  character: Pick<DemoCoin, 'beta' | 'dailyVolPct' | 'turnover'>,
): DemoCoin {
  return { id, symbol, name, priceUsd, supply, ...character };
}
