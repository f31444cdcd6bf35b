import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Quote, QuoteUpdate } from '../../../shared/domain/quote.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { createCooldown } from '../alerts/cooldown.ts';
import type { Quotes } from '../latest/quotes.ts';
import type { LogBatch } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { TickTimes } from '../sources/tick-times.ts';
import { createWatched, type WatchConfig, type Watched } from './watched.ts';

const MINUTE_MS = 60_000;

/** Ticks of this last stretch of time are replayed after a start, for sparklines; the rules may ask for more. */
const REPLAY_MS = 30 * MINUTE_MS;

/** So many ticks are read and stepped before other work gets its turn: a few milliseconds. */
const SLICE_TICKS = 1_000;

/** What ticks pass first, in their order: the alert engine and the latest prices. */
export type Watch = {
  /**
   * Steps the rules, takes the prices over, and hands the ticks to `onTaken` with what fired: before it returns, or, while
   * a replay runs, when that has ended.
   *
   * @param isWhole whether the ticks are all that an answer brought
   */
  take(ticks: readonly Tick[], isWhole: boolean): void;
  /** The configuration in force. */
  config(): WatchConfig;
  /** The quotes of all coins, by the configuration in force. */
  quotes(): readonly Quote[];
  /** What changes in the quotes of the named coins, or of all. */
  updates(coins?: ReadonlySet<string>): readonly QuoteUpdate[];
  readonly reference: Quotes['reference'];
  readonly setProblems: Quotes['setProblems'];
  /**
   * Changes to another configuration, which finds its place by replaying what was accepted, in slices. Resolves when it,
   * or one that came after it, is in force.
   */
  rebuild(config: WatchConfig): Promise<void>;
  /** How far back the replay goes. */
  replayMs(): number;
  /** Whether a replay runs: quotes do not hold all yet that was accepted. */
  isReplaying(): boolean;
  /** Resolves when no replay runs and all that was taken has been handed on. */
  settled(): Promise<void>;
};

export type WatchOptions = {
  readonly config: WatchConfig;
  /**
   * Fetches accepted since an instant, oldest first, read while they are replayed. When it ends it has given all that
   * `onTaken` was given.
   */
  readonly acceptedSince: (since: number) => Iterable<LogBatch>;
  /** The clock by which they were accepted. */
  readonly now: () => number;
  /**
   * What was accepted with a time later than can be is passed over. Before anybody has told the time, that is only found
   * out with the first price that comes, and what was replayed until then is replayed again.
   */
  readonly times: Pick<TickTimes, 'latest' | 'latestKept'>;
  readonly onTaken: (ticks: readonly Tick[], alerts: readonly Alert[], isWhole: boolean) => void;
  readonly log: Logger;
  /** Lets other work have its turn. */
  readonly turn?: () => Promise<unknown>;
  readonly sliceTicks?: number;
};

/** Starts with a replay. Its first slice, which mostly is all of it, is done when this returns. */
export function createWatch(options: WatchOptions): Watch {
  const { acceptedSince, now, times, onTaken, log, turn = nextTurn, sliceTicks = SLICE_TICKS } = options;
  /** Other settings do not make an alert of a moment ago undelivered. */
  const cooldown = createCooldown();
  let next: Watched = createWatched(options.config, cooldown);
  let inForce = next;
  /** Taken while a replay runs. Stepped after it: no rule misses one, or sees one before what came earlier. */
  const held: { readonly ticks: readonly Tick[]; readonly isWhole: boolean }[] = [];
  let replaying: Promise<void> | null = null;

  const replayMs = (): number => Math.max(REPLAY_MS, next.memoryMs);
  const takeNow = (ticks: readonly Tick[], isWhole: boolean): void =>
    onTaken(ticks, inForce.take(ticks), isWhole);

  /** Replays, puts in force, and catches up with what came meanwhile; a slice at a time. */
  function* slicesOf(own: Watched, latest: number): Generator<void, void> {
    cooldown.forgetAfter(latest);
    let left = sliceTicks;
    try {
      for (const { ticks, alerts } of acceptedSince(now() - replayMs())) {
        for (const tick of ticks) {
          if (tick.observedAt <= latest) own.replay(tick);
          left -= 1;
          if (left > 0) continue;
          yield;
          left = sliceTicks;
        }
        for (const alert of alerts) if (alert.observedAt <= latest) cooldown.note(alert);
      }
    } catch (err) {
      // Averages begin anew, and prices go on: better than a program that does not start.
      log.error({ err }, 'what was accepted before cannot be read to its end');
    }
    // A coin that is seldom priced may have no price in the time that is replayed, and its last one does not come again.
    for (const tick of inForce.quotes.newest()) if (tick.observedAt <= latest) own.quotes.update(tick, null);
    inForce = own;
    for (let item = held.shift(); item !== undefined; item = held.shift()) {
      try {
        takeNow(item.ticks, item.isWhole);
      } catch (err) {
        log.error({ err }, 'prices that came during a replay were not taken');
      }
      left -= item.ticks.length;
      if (left > 0) continue;
      yield;
      left = sliceTicks;
    }
  }

  const start = (own: Watched, latest = times.latestKept()): void => {
    const slices = slicesOf(own, latest);
    replaying = null;
    if (slices.next().done) return;
    const rest = async (): Promise<void> => {
      do await turn();
      while (own === next && !slices.next().done);
      // In the same turn: what is taken from now on comes after all that was held. Unless another one has begun.
      if (own === next) replaying = null;
      else slices.return();
    };
    replaying = rest();
  };

  const settled = async (): Promise<void> => {
    while (replaying !== null) await replaying;
  };

  start(next);

  return {
    take(ticks, isWhole) {
      const latest = times.latest();
      if (replaying === null && inForce.newestAt() > latest) {
        // A price of the future would stand for the newest until its time has come.
        next = createWatched(next.config, cooldown);
        start(next, latest);
      }
      if (replaying === null) takeNow(ticks, isWhole);
      else held.push({ ticks, isWhole });
    },
    config: () => inForce.config,
    quotes: () => inForce.quotes.list(),
    updates: (coins) => inForce.quotes.updates(coins),
    reference: (coinId) => inForce.quotes.reference(coinId),
    setProblems(problems) {
      inForce.quotes.setProblems(problems);
      next.quotes.setProblems(problems);
    },
    rebuild(config) {
      if (!isDeepStrictEqual(config, next.config)) {
        next = createWatched(config, cooldown);
        start(next);
      }
      return settled();
    },
    replayMs,
    isReplaying: () => replaying !== null,
    settled,
  };
}
