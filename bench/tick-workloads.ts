import type { Tick } from '../shared/domain/tick.ts';

/** The ticks that each round of a benchmark writes, in fetches as the program accepts them. */
export type Workload = {
  readonly name: string;
  /** The most megabytes that a million of its ticks may take in the database, with their index. */
  readonly maxMegabytes: number;
  /** The fetches of a round. Rounds follow each other in time. */
  fetches(round: number): Tick[][];
};

const START = Date.UTC(2026, 0, 1);
const COINS = 500;
const TICKS_PER_ROUND = 100_000;

/** Prices of 500 coins, polled at a fixed interval. */
export function polls(everyMs: number): Workload {
  const fetchesPerRound = TICKS_PER_ROUND / COINS;
  return {
    name: `polls of 500 coins every ${everyMs / 1_000} s`,
    maxMegabytes: 105,
    fetches: (round) =>
      Array.from({ length: fetchesPerRound }, (_, fetch) =>
        Array.from({ length: COINS }, (_, coin) => ({
          coinId: `some-coin-${coin}`,
          vsCurrency: 'usd',
          observedAt: START + (round * fetchesPerRound + fetch) * everyMs + (coin % 1_000),
          price: 100 + coin + Math.sin(fetch + coin) * 3.123456789,
          volume24h: 1e9 + coin * 12_345.678 + fetch,
          amount: null,
          marketCap: 5e10 + coin * 98_765.432 + fetch,
          change24hPct: 1.25,
          source: 'coingecko',
        })),
      ),
  };
}

/** A thousand trades a second of three coins, batched for a second. */
export const trades: Workload = {
  name: 'trades of 3 coins',
  maxMegabytes: 95,
  fetches(round) {
    const perFetch = 1_000;
    const fetchesPerRound = TICKS_PER_ROUND / perFetch;
    return Array.from({ length: fetchesPerRound }, (_, fetch) =>
      Array.from({ length: perFetch }, (_, trade) => ({
        coinId: ['bitcoin', 'ethereum', 'zcash'][trade % 3] ?? '',
        vsCurrency: 'usd',
        observedAt: START + (round * fetchesPerRound + fetch) * 1_000 + trade,
        price: 100 + Math.sin(fetch + trade) * 3.123456789,
        volume24h: null,
        amount: 0.01 + (trade % 97) / 1_013,
        marketCap: null,
        change24hPct: null,
        source: 'kraken',
      })),
    );
  },
};
