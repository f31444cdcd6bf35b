import type { Tick } from '../../../shared/domain/tick.ts';
import {
  AHEAD_MS,
  CANDLES_KEPT_MS,
  type CandleRangeKey,
  type DatedCandles,
  type LatestStore,
} from './latest-store.ts';
import type { QuoteState } from './quote-state.ts';

/** Ranges of candles in memory; with 500 candles each, some 20 MB. */
const MAX_RANGES = 400;

type Options = {
  readonly now: () => number;
  /** Real time, for the expiry of candles. */
  readonly realNow: () => number;
  readonly candlesKeptMs?: number;
};

/** The store of a single process. The least recently used entries are evicted. */
export function createMemoryLatestStore(options: Options): LatestStore {
  const { now, realNow, candlesKeptMs = CANDLES_KEPT_MS } = options;
  const quotes = new Map<string, QuoteState>();
  const ranges = new Map<string, DatedCandles & { readonly until: number }>();
  let token: string | null = null;

  const isPossible = (tick: Tick | null): boolean => tick !== null && tick.observedAt <= now() + AHEAD_MS;

  return {
    async keepQuotes(vsCurrency, kept) {
      for (const { coinId, state } of kept) {
        const name = `${vsCurrency} ${coinId}`;
        quotes.set(name, newerOf(quotes.get(name), state));
      }
    },
    async quotes(vsCurrency, coinIds) {
      const found = coinIds.flatMap((coinId): [string, QuoteState][] => {
        const state = quotes.get(`${vsCurrency} ${coinId}`);
        if (state === undefined) return [];
        const tick = isPossible(state.tick) ? state.tick : null;
        const reference = isPossible(state.reference) ? state.reference : null;
        return tick === null && reference === null
          ? []
          : [[coinId, { tick, reference, recent: tick === null ? [] : state.recent }]];
      });
      return new Map(found);
    },
    async keepCandles(key, candles) {
      const name = nameOf(key);
      ranges.delete(name);
      ranges.set(name, { ...candles, until: realNow() + candlesKeptMs });
      const [oldest] = ranges.keys();
      if (ranges.size > MAX_RANGES && oldest !== undefined) ranges.delete(oldest);
    },
    async candles(key) {
      const name = nameOf(key);
      const found = ranges.get(name);
      if (found === undefined) return null;
      ranges.delete(name);
      if (found.until <= realNow()) return null;
      ranges.set(name, found);
      return { asOf: found.asOf, series: found.series };
    },
    async sharedToken(own) {
      token ??= own;
      return token;
    },
    async close() {},
  };
}

/** Takes the newer of each part. */
function newerOf(held: QuoteState | undefined, given: QuoteState): QuoteState {
  if (held === undefined) return given;
  const shown = isNewer(given.tick, held.tick) ? given : held;
  const reference = isNewer(given.reference, held.reference) ? given.reference : held.reference;
  return { tick: shown.tick, recent: shown.recent, reference };
}

const isNewer = (tick: Tick | null, held: Tick | null): boolean =>
  tick !== null && (held === null || tick.observedAt > held.observedAt);

/** A unique name for a range of candles. */
export function nameOf({
  coinId,
  vsCurrency,
  interval,
  limit,
  lastStart,
  volumeKind,
}: CandleRangeKey): string {
  return `${vsCurrency}:${coinId}:${interval}:${limit}:${lastStart}:${volumeKind ?? 'any'}`;
}
