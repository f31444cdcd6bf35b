import type { Alert } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { RulePhase } from '../../../shared/domain/rule-phase.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { createAlertEngine, type SeenPrices } from '../alerts/engine.ts';
import type { InhibitionParams } from '../alerts/inhibition.ts';
import type { Quotes } from '../latest/quotes.ts';
import type { SavedCoin } from './saved-coin.ts';

/** The watched coins, and the rules for them. */
export type WatchConfig = {
  readonly coins: readonly string[];
  readonly vsCurrency: string;
  readonly rules: readonly Rule[];
  /** When alerts are inhibited by those of a leading coin; null, or absent, for never. */
  readonly inhibition?: InhibitionParams | null;
};

/** The alert engine and the latest prices of one configuration. */
export type Watched = {
  readonly config: WatchConfig;
  /** Steps the rules and updates the prices; returns the alerts raised and the resolved events. */
  process(ticks: readonly Tick[]): readonly Alert[];
  /** Steps the rules with the time `at`; returns the alerts that this raises. */
  pass(at: number): readonly Alert[];
  /** Processes a tick that was accepted before. It raises no alerts, and does not count as traded again. */
  replay(tick: Tick): void;
  /** Processes a price of the past, older than all accepted ones: for the rules only. */
  recall(tick: Tick): void;
  /** Records an alert or a resolved event, after the tick that caused it was replayed. */
  note(alert: Alert): void;
  /** Which prices the rules of a coin have seen. */
  seen(coinId: string): readonly SeenPrices[];
  /** The state of a coin. */
  save(coinId: string): SavedCoin;
  /** Restores the saved state of a coin; it includes the ticks that were replayed until then. */
  restore(coinId: string, saved: SavedCoin): void;
  /** Whether a saved coin has the state of all of its rules, so that nothing before it has to be replayed. */
  isComplete(coinId: string, saved: SavedCoin): boolean;
  /** The rules of the watched coins that are not inactive at an instant. */
  phases(now: number): readonly RulePhase[];
  /** Coins with a state. */
  coins(): Iterable<string>;
  readonly quotes: Quotes;
  /** The time of the newest processed tick; minus infinity before the first. */
  newestAt(): number;
  /** How far back ticks matter to the rules. */
  readonly memoryMs: number;
};

/** @param quotes without a price yet */
export function createWatched(config: WatchConfig, quotes: Quotes): Watched {
  let events: Alert[] = [];
  const engine = createAlertEngine(
    config.rules,
    (event) => void events.push(event),
    config.inhibition ?? null,
  );
  const drainEvents = (): readonly Alert[] => {
    const drained = events;
    events = [];
    return drained;
  };
  let newestAt = Number.NEGATIVE_INFINITY;

  const show = (tick: Tick): void => {
    newestAt = Math.max(newestAt, tick.observedAt);
    quotes.update(tick, engine.reading(tick));
  };

  return {
    config,
    process(ticks) {
      for (const tick of ticks) {
        quotes.count(tick);
        for (const alert of engine.check(tick)) events.push(alert);
        show(tick);
      }
      return drainEvents();
    },
    pass(at) {
      for (const alert of engine.pass(at, config.coins)) events.push(alert);
      return drainEvents();
    },
    replay(tick) {
      engine.replay(tick);
      show(tick);
    },
    recall: engine.replay,
    note: engine.note,
    seen: engine.seen,
    save: (coinId) => ({ version: 1, engine: engine.save(coinId), quote: quotes.save(coinId) }),
    restore(coinId, { engine: known, quote }) {
      if (known !== null) {
        engine.restore(coinId, known);
        for (const { prices } of known.tracks) newestAt = Math.max(newestAt, prices.newestAt);
      }
      if (quote === null) return;
      quotes.restore(coinId, quote, quote.tick === null ? null : engine.reading(quote.tick));
    },
    isComplete: (coinId, { engine: known }) => known === null || engine.isComplete(coinId, known),
    phases: (now) => config.coins.flatMap((coinId) => engine.phases(coinId, now)),
    *coins() {
      yield* new Set([...config.coins, ...engine.coins()]);
    },
    quotes,
    newestAt: () => newestAt,
    memoryMs: engine.memoryMs,
  };
}
