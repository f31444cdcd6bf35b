import { type Alert, isResolvedEvent } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { LogBatch, ReplayStart } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import { isLaterThan, knowsTick, type SavedCoin } from './saved-coin.ts';
import type { Watched } from './watched.ts';

/** Restoring a coin takes as long as stepping this many ticks. */
const TICKS_PER_COIN = 50;

/** Saved states are validated when they are read; an invalid one that passes must not prevent a start. */
const CANNOT_RESTORE = 'the saved state of a coin cannot be restored; its ticks are replayed';

/** The known states of coins, and the log offset up to which they are complete. */
export type Known = {
  readonly coins: Iterable<string>;
  readonly coin: (coinId: string) => SavedCoin | null;
  /** The known states include everything up to this offset; null when the offset is unknown. */
  readonly offset: number | null;
};

export type ReplayOptions = {
  readonly known: Known;
  /** Earlier prices, for the rules; null for none. */
  readonly past: Iterable<Tick> | null;
  /** Accepted batches, oldest first, read while they are replayed. */
  readonly accepted: (from: ReplayStart) => Iterable<LogBatch>;
  /** From when on accepted ticks are replayed, in ms since the epoch, when the known states do not suffice. */
  readonly since: () => number;
  /** Later ticks and states have a future timestamp, and are skipped. */
  readonly latestAt: number;
  /** Counts what was processed, in ticks. Returns whether other work should get a turn. */
  readonly isSliceOver: (ticks: number) => boolean;
  readonly log: Logger;
};

/**
 * Restores known states and replays later ticks, a slice at a time; returns the coins whose ticks it read. If a rule is rebuilt by
 * replay, earlier ticks are replayed too: a coin is restored at its first tick that its state does not include, so that the rule
 * has then seen all ticks before it.
 */
export function* replay(own: Watched, options: ReplayOptions): Generator<void, ReadonlySet<string>> {
  const { known, past, accepted, since, latestAt, isSliceOver, log } = options;
  const restoring = createRestoring(own, options);
  const replayed = new Set<string>();
  let isComplete = yield* restoring.read();
  if (isComplete) isComplete = yield* restoring.restoreAll();
  const from: ReplayStart =
    isComplete && known.offset !== null ? { after: known.offset } : { since: since() };
  try {
    if (past !== null) {
      const pastUntil = firstTimeOf(accepted(from)) ?? latestAt;
      for (const tick of past) {
        if (tick.observedAt < pastUntil) own.recall(tick);
        if (isSliceOver(1)) yield;
      }
    }
    for (const { ticks, alerts } of accepted(from)) {
      let unnoted = alerts.filter((alert) => !isResolvedEvent(alert));
      for (const tick of ticks) {
        if (tick.observedAt <= latestAt) {
          restoring.reached(tick);
          own.replay(tick);
          replayed.add(tick.coinId);
          // A tick's alerts are noted with it: a later tick of the batch may have ended the firing.
          if (unnoted.length > 0) {
            for (const alert of unnoted) if (isOfTick(alert, tick)) own.note(alert);
            unnoted = unnoted.filter((alert) => !isOfTick(alert, tick));
          }
        }
        if (isSliceOver(1)) yield;
      }
      for (const alert of alerts) {
        if (alert.observedAt <= latestAt && (isResolvedEvent(alert) || unnoted.includes(alert)))
          own.note(alert);
      }
    }
  } catch (err) {
    // Averages start without state, and prices continue: better than a program that does not start.
    log.error({ err }, 'the accepted ticks cannot be read completely');
  }
  yield* restoring.restoreAll();
  return replayed;
}

/** The restoring of known states, each once. */
function createRestoring(own: Watched, { known, latestAt, isSliceOver, log }: ReplayOptions) {
  const waiting = new Map<string, SavedCoin>();
  /** Returns whether the coin continues from its saved state. */
  const restore = (coinId: string, coin: SavedCoin): boolean => {
    waiting.delete(coinId);
    try {
      own.restore(coinId, coin);
      return true;
    } catch (err) {
      log.error({ err, coinId }, CANNOT_RESTORE);
      return false;
    }
  };
  return {
    /** Reads the states. Returns whether nothing before their offset has to be replayed. */
    *read(): Generator<void, boolean> {
      let isComplete = known.offset !== null;
      for (const coinId of known.coins) {
        try {
          const coin = known.coin(coinId);
          if (coin === null || isLaterThan(coin, latestAt)) isComplete = false;
          else {
            isComplete &&= own.isComplete(coinId, coin);
            waiting.set(coinId, coin);
          }
        } catch (err) {
          isComplete = false;
          log.error({ err, coinId }, CANNOT_RESTORE);
        }
        if (isSliceOver(TICKS_PER_COIN)) yield;
      }
      return isComplete;
    },
    /** Restores the coin of a tick that is about to be replayed, if its state does not include the tick. */
    reached(tick: Tick): void {
      const coin = waiting.get(tick.coinId);
      if (coin !== undefined && !knowsTick(coin, tick)) restore(tick.coinId, coin);
    },
    /** Restores the coins that were not. Returns whether all of them continue from their states. */
    *restoreAll(): Generator<void, boolean> {
      let areRestored = true;
      for (const [coinId, coin] of waiting) {
        if (!restore(coinId, coin)) areRestored = false;
        if (isSliceOver(TICKS_PER_COIN)) yield;
      }
      return areRestored;
    },
  };
}

/** Whether a tick raised an alert. */
const isOfTick = (alert: Alert, tick: Tick): boolean =>
  alert.observedAt === tick.observedAt &&
  alert.coinId === tick.coinId &&
  alert.source === tick.source &&
  alert.vsCurrency === tick.vsCurrency;

/** The time of the first tick in batches; null if there is none. */
function firstTimeOf(batches: Iterable<LogBatch>): number | null {
  for (const { ticks } of batches) {
    const [first] = ticks;
    if (first !== undefined) return first.observedAt;
  }
  return null;
}
