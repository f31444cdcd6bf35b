import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { Cooldown } from '../alerts/cooldown.ts';
import { createAlertEngine } from '../alerts/engine.ts';
import type { MovingAverageParams } from '../alerts/rules/moving-average.ts';
import type { Quotes } from '../latest/quotes.ts';

/** What is watched, and how. */
export type WatchConfig = {
  readonly coins: readonly string[];
  readonly vsCurrency: string;
  readonly rule: MovingAverageParams;
};

/** The alert engine and the latest prices of one configuration. */
export type Watched = {
  readonly config: WatchConfig;
  /** Steps the rules and takes the prices over; gives what fired. */
  take(ticks: readonly Tick[]): readonly Alert[];
  /** Takes a tick over that was accepted before. It raises nothing, and is not counted as traded again. */
  replay(tick: Tick): void;
  readonly quotes: Quotes;
  /** The time of the newest tick that was taken over; minus infinity before the first. */
  newestAt(): number;
  /** How far back ticks matter to the rules. */
  readonly memoryMs: number;
};

/**
 * @param cooldown what was delivered before, also under another configuration
 * @param quotes without a price yet
 */
export function createWatched(config: WatchConfig, cooldown: Cooldown, quotes: Quotes): Watched {
  const engine = createAlertEngine(config.rule, cooldown);
  let newestAt = Number.NEGATIVE_INFINITY;

  const show = (tick: Tick): void => {
    newestAt = Math.max(newestAt, tick.observedAt);
    quotes.update(tick, engine.reading(tick.coinId, tick.vsCurrency, tick.source));
  };

  return {
    config,
    take: (ticks) =>
      ticks.flatMap((tick) => {
        quotes.count(tick);
        const alerts = engine.check(tick);
        show(tick);
        return alerts;
      }),
    replay(tick) {
      engine.replay(tick);
      show(tick);
    },
    quotes,
    newestAt: () => newestAt,
    memoryMs: engine.memoryMs,
  };
}
