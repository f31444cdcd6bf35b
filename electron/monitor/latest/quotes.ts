import type { Quote, QuoteUpdate } from '../../../shared/domain/quote.ts';
import { addRecentPrice, type PricePoint } from '../../../shared/domain/recent-prices.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { AverageReading } from '../alerts/engine.ts';
import type { QuoteState } from './quote-state.ts';

/** How long an exchange's price is fresh; an older one is replaced by a polled price. */
const FRESH_MS = 60_000;
/** The reference source: it covers every coin and has market-wide figures. */
const REFERENCE = 'coingecko';

type Entry = {
  tick: Tick | null;
  /** The newest tick of the reference source, the only one with volume, market cap and the change of the day. */
  reference: Tick | null;
  reading: AverageReading | null;
  recent: PricePoint[];
  traded: { total: number; newestAt: number } | null;
  problem: Message | null;
};

/** The newest quote of each coin, in the order of the user's list. */
export type Quotes = {
  /** Applies a tick unless a newer one is known. Returns whether the quote changed. */
  update(tick: Tick, reading: AverageReading | null): boolean;
  /**
   * Adds the traded amount of a tick, whether its price is shown or not. Call it once for each trade that is made while
   * the program runs. A trade that arrives more than a minute late is not added; its candle includes it.
   */
  count(tick: Tick): void;
  /** The newest tick of a coin from CoinGecko. */
  reference(coinId: string): Tick | null;
  /** The state of a coin without its traded volume; null before its first tick. */
  save(coinId: string): QuoteState | null;
  /** Restores the saved state of a coin, unless a newer tick of it is known. */
  restore(coinId: string, saved: QuoteState, reading: AverageReading | null): void;
  /** Sets the reasons why coins have no price; coins that are not named have no problem. */
  setProblems(problems: ReadonlyMap<string, Message>): void;
  /** The quotes of all coins. */
  list(): readonly Quote[];
  /** The changing fields of the quotes of the named coins, or of all. */
  updates(coins?: ReadonlySet<string>): readonly QuoteUpdate[];
};

/** Creates quotes for `coins`. Ticks of other coins or currencies are ignored. */
export function createQuotes(coins: readonly string[], vsCurrency: string): Quotes {
  const entries = new Map<string, Entry>(
    coins.map((coinId) => [
      coinId,
      { tick: null, reference: null, reading: null, recent: [], traded: null, problem: null },
    ]),
  );

  return {
    update(tick, reading) {
      const entry = entries.get(tick.coinId);
      if (entry === undefined || tick.vsCurrency !== vsCurrency) return false;
      const hasNewFigures = updateReference(entry, tick);
      if (entry.tick !== null && !isBetter(tick, entry.tick)) return hasNewFigures;
      entry.tick = tick;
      entry.reading = reading;
      entry.problem = null;
      addRecentPrice(entry.recent, tick.observedAt, tick.price);
      return true;
    },
    count({ coinId, vsCurrency: currency, source, observedAt, amount }) {
      const entry = entries.get(coinId);
      if (entry === undefined || currency !== vsCurrency || amount === null) return;
      // If two exchanges serve the coin, use the one that is shown: its candles are those on the page.
      const shown = entry.tick?.source ?? REFERENCE;
      if (shown !== REFERENCE && shown !== source && observedAt - (entry.tick?.observedAt ?? 0) <= FRESH_MS)
        return;
      entry.traded ??= { total: 0, newestAt: observedAt };
      entry.traded.newestAt = Math.max(entry.traded.newestAt, observedAt);
      if (entry.traded.newestAt - observedAt <= FRESH_MS) entry.traded.total += amount;
    },
    reference: (coinId) => entries.get(coinId)?.reference ?? null,
    save(coinId) {
      const entry = entries.get(coinId);
      if (entry === undefined || (entry.tick === null && entry.reference === null)) return null;
      const { tick, reference, recent } = entry;
      return { tick, reference, recent: [...recent] };
    },
    restore(coinId, { tick, reference, recent }, reading) {
      const entry = entries.get(coinId);
      if (entry === undefined) return;
      if (reference !== null && reference.vsCurrency === vsCurrency) updateReference(entry, reference);
      if (tick === null || tick.vsCurrency !== vsCurrency) return;
      if (entry.tick !== null && entry.tick.observedAt > tick.observedAt) return;
      entry.tick = tick;
      entry.reading = reading;
      entry.recent = [...recent];
    },
    setProblems(problems) {
      for (const [coinId, entry] of entries) entry.problem = problems.get(coinId) ?? null;
    },
    list: () =>
      [...entries].map(([coinId, entry]) => ({
        ...toUpdate(coinId, vsCurrency, entry),
        recent: [...entry.recent],
      })),
    updates(only) {
      const updates: QuoteUpdate[] = [];
      for (const [coinId, entry] of entries) {
        if (only === undefined || only.has(coinId)) updates.push(toUpdate(coinId, vsCurrency, entry));
      }
      return updates;
    },
  };
}

function updateReference(entry: Entry, tick: Tick): boolean {
  if (tick.source !== REFERENCE) return false;
  if (entry.reference !== null && tick.observedAt <= entry.reference.observedAt) return false;
  entry.reference = tick;
  return true;
}

/**
 * Whether a tick replaces the one that is shown: a newer one does, except that a fresh price of an exchange is not replaced by a
 * price from elsewhere. A coin that two exchanges serve is shown with the prices of only one of them.
 */
function isBetter(tick: Tick, shown: Tick): boolean {
  const isElsewhere = shown.source !== REFERENCE && tick.source !== shown.source;
  return tick.observedAt > shown.observedAt + (isElsewhere ? FRESH_MS : 0);
}

function toUpdate(
  coinId: string,
  vsCurrency: string,
  { tick, reference, reading, traded, problem }: Entry,
): QuoteUpdate {
  return {
    coinId,
    vsCurrency,
    price: tick?.price ?? null,
    observedAt: tick?.observedAt ?? null,
    source: tick?.source ?? null,
    volume24h: reference?.volume24h ?? null,
    marketCap: reference?.marketCap ?? null,
    change24hPct: reference?.change24hPct ?? null,
    tradedTotal: traded?.total ?? null,
    isTrade: tick !== null && tick.amount !== null,
    average: reading?.average ?? null,
    changeFromAveragePct: reading?.changePct ?? null,
    problem,
  };
}
