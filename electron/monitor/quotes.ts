import type { Quote, Tick } from '../../shared/domain.ts';
import type { AverageReading } from './alerts/alert-engine.ts';

/** As many points as a sparkline can show. */
const RECENT_PRICES = 60;

type Entry = {
  tick: Tick | null;
  reading: AverageReading | null;
  recent: [number, number][];
  problem: string | null;
};

/** The latest known of each coin, in the order in which the user listed them. */
export type Quotes = {
  /** Takes a tick over, unless a newer one is known. Returns whether the quote changed. */
  update(tick: Tick, reading: AverageReading | null): boolean;
  /** Says why coins have no price; coins that are not named have no problem. */
  setProblems(problems: ReadonlyMap<string, string>): void;
  /** The quotes of the named coins, or of all. */
  list(coins?: ReadonlySet<string>): readonly Quote[];
};

/** Quotes for `coins`; ticks of other coins or currencies are passed over. */
export function createQuotes(coins: readonly string[], vsCurrency: string): Quotes {
  const entries = new Map<string, Entry>(
    coins.map((coinId) => [coinId, { tick: null, reading: null, recent: [], problem: null }]),
  );

  return {
    update(tick, reading) {
      const entry = entries.get(tick.coinId);
      if (entry === undefined || tick.vsCurrency !== vsCurrency) return false;
      if (entry.tick !== null && tick.observedAt <= entry.tick.observedAt) return false;
      entry.tick = tick;
      entry.reading = reading;
      entry.problem = null;
      entry.recent.push([tick.observedAt, tick.price]);
      if (entry.recent.length > RECENT_PRICES) entry.recent.shift();
      return true;
    },
    setProblems(problems) {
      for (const [coinId, entry] of entries) entry.problem = problems.get(coinId) ?? null;
    },
    list(only) {
      const quotes: Quote[] = [];
      for (const [coinId, entry] of entries) {
        if (only === undefined || only.has(coinId)) quotes.push(toQuote(coinId, vsCurrency, entry));
      }
      return quotes;
    },
  };
}

function toQuote(coinId: string, vsCurrency: string, { tick, reading, recent, problem }: Entry): Quote {
  return {
    coinId,
    vsCurrency,
    price: tick?.price ?? null,
    observedAt: tick?.observedAt ?? null,
    source: tick?.source ?? null,
    volume24h: tick?.volume24h ?? null,
    marketCap: tick?.marketCap ?? null,
    change24hPct: tick?.change24hPct ?? null,
    average: reading?.average ?? null,
    changeFromAveragePct: reading?.changePct ?? null,
    recent: [...recent],
    problem,
  };
}
