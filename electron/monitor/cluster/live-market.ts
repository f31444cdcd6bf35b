import type { RulePhase } from '../../../shared/domain/rule-phase.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { CoinState } from '../alerts/coin-state.ts';
import { createWatched, type WatchConfig } from '../ingest/watched.ts';
import type { QuoteState } from '../latest/quote-state.ts';
import type { Quotes } from '../latest/quotes.ts';
import type { Logger } from '../logging/logger.ts';

/** The quotes of all coins and the states of the rules, derived from the topics: what a page shows. It raises no alerts. */
export type LiveMarket = {
  /** Restores the saved state of a coin from an alert worker, and a quote; null if there is none. */
  restore(coinId: string, saved: CoinState | null, quote: QuoteState | null): void;
  /**
   * Applies ticks, in the order of their topic. Known ticks have no effect.
   *
   * @param isNew whether they were appended while this process was following; others are not counted as traded
   * @returns the coins of these ticks
   */
  apply(ticks: readonly Tick[], isNew: boolean): ReadonlySet<string>;
  /** Applies the stored quote of a coin unless a newer one is known. */
  fill(coinId: string, stored: QuoteState): void;
  phases(now: number): readonly RulePhase[];
  /** The time of the newest tick of a coin; null for none. */
  newestAt(coinId: string): number | null;
};

export function createLiveMarket(config: WatchConfig, quotes: Quotes, log: Logger): LiveMarket {
  const watched = createWatched(config, quotes);
  const coins = new Set(config.coins);
  const newest = new Map<string, number>();

  const note = (coinId: string, at: number | undefined): void => {
    if (at !== undefined) newest.set(coinId, Math.max(newest.get(coinId) ?? at, at));
  };
  const isOurs = ({ coinId, vsCurrency }: Tick): boolean =>
    coins.has(coinId) && vsCurrency === config.vsCurrency;
  const restore = (coinId: string, engine: CoinState | null, quote: QuoteState | null): void => {
    try {
      watched.restore(coinId, { version: 1, engine, quote });
      note(coinId, quote?.tick?.observedAt);
    } catch (err) {
      log.error(
        { err, coinId },
        'the saved state of a coin cannot be restored; its rules start without state',
      );
    }
  };

  return {
    restore,
    apply(given, isNew) {
      const ticks = given.filter(isOurs);
      for (const { coinId, observedAt } of ticks) note(coinId, observedAt);
      if (isNew) watched.process(ticks);
      else ticks.forEach(watched.replay);
      return new Set(ticks.map(({ coinId }) => coinId));
    },
    fill(coinId, stored) {
      const [held] = quotes.updates(new Set([coinId]));
      const at = stored.tick?.observedAt;
      if (at === undefined) return;
      if (held?.observedAt == null || held.observedAt < at) restore(coinId, null, stored);
      else if (stored.reference !== null && quotes.reference(coinId) === null)
        quotes.update(stored.reference, null);
    },
    phases: watched.phases,
    newestAt: (coinId) => newest.get(coinId) ?? null,
  };
}
