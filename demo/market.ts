import { DEMO_COINS, type DemoCoin } from './coins.ts';
import { createNoise } from './noise.ts';
import { createJumps, createPricePath, type PricePath } from './price-path.ts';

const DAY_MS = 86_400_000;
const MARKET_DAILY_VOL_PCT = 1.6;
const DEFAULT_JUMPS_PER_DAY = 3;

/** The figures of one coin at one instant, in US dollars. */
export type MarketQuote = {
  readonly priceUsd: number;
  readonly volume24hUsd: number;
  readonly marketCapUsd: number;
  readonly change24hPct: number;
  /** Milliseconds since the epoch, a whole second. */
  readonly lastUpdatedAt: number;
};

/**
 * A simulated market: a pure function of its seed and of time. Live prices and history are therefore consistent, even
 * after a restart, and history is unlimited.
 */
export type Market = {
  /** Sorted by market cap. */
  readonly coins: readonly DemoCoin[];
  find(coinId: string): DemoCoin | undefined;
  priceUsd(coin: DemoCoin, at: number): number;
  volume24hUsd(coin: DemoCoin, at: number): number;
  /** The quote that a provider serves at `at`: that of its last update, of which there is one every `updateMs`. */
  quote(coin: DemoCoin, at: number, updateMs: number): MarketQuote;
};

export function createMarket(options: {
  readonly seed: string;
  readonly coins?: readonly DemoCoin[];
  /** Average number of sudden moves per coin and day. */
  readonly jumpsPerDay?: number;
}): Market {
  const { seed, coins = DEMO_COINS, jumpsPerDay = DEFAULT_JUMPS_PER_DAY } = options;
  const together = createPricePath(seed, 'market', MARKET_DAILY_VOL_PCT);
  const offsets = createNoise(seed, 'update offsets');
  const parts = new Map(coins.map((coin, place) => [coin.id, partsOf(coin, place)]));
  const byId = new Map(coins.map((coin) => [coin.id, coin]));

  function partsOf(coin: DemoCoin, place: number) {
    const isPegged = coin.beta === 0;
    return {
      own: createPricePath(seed, `price ${coin.id}`, coin.dailyVolPct),
      jumps: isPegged ? none : createJumps(seed, `jumps ${coin.id}`, jumpsPerDay),
      volume: createPricePath(seed, `volume ${coin.id}`, 12),
      updateOffset: offsets.uniform(0, place),
    };
  }

  function partsFor(coin: DemoCoin) {
    const found = parts.get(coin.id);
    if (found === undefined) throw new RangeError(`"${coin.id}" is not a coin of this market`);
    return found;
  }

  const priceUsd = (coin: DemoCoin, at: number): number => {
    const { own, jumps } = partsFor(coin);
    return coin.priceUsd * Math.exp(coin.beta * together(at) + own(at) + jumps(at));
  };

  const volume24hUsd = (coin: DemoCoin, at: number): number => {
    const moved = Math.abs(Math.log(priceUsd(coin, at) / priceUsd(coin, at - DAY_MS)));
    const usual = coin.priceUsd * coin.supply * coin.turnover;
    return usual * (1 + 6 * moved) * Math.exp(partsFor(coin).volume(at));
  };

  return {
    coins,
    find: (coinId) => byId.get(coinId),
    priceUsd,
    volume24hUsd,
    quote(coin, at, updateMs) {
      const offset = Math.floor((partsFor(coin).updateOffset * updateMs) / 1_000) * 1_000;
      const lastUpdatedAt = Math.floor((at - offset) / updateMs) * updateMs + offset;
      const price = priceUsd(coin, lastUpdatedAt);
      return {
        priceUsd: price,
        volume24hUsd: volume24hUsd(coin, lastUpdatedAt),
        marketCapUsd: price * coin.supply,
        change24hPct: (price / priceUsd(coin, lastUpdatedAt - DAY_MS) - 1) * 100,
        lastUpdatedAt,
      };
    },
  };
}

const none: PricePath = () => 0;
