import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { createCooldown } from '../alerts/cooldown.ts';
import type { Latest } from '../latest/latest.ts';
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
  /**
   * Changes to another configuration, which finds its place by replaying what was accepted, in slices. Resolves when it,
   * or one that came after it, is in force.
   */
  rebuild(config: WatchConfig): Promise<void>;
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
  /** Gets the quotes of the configuration in force, and is told of the coins that ticks were taken of. */
  readonly latest: Pick<Latest, 'prepare' | 'show' | 'changed'>;
  /** Called with how far back a replay goes, in milliseconds, whenever that has changed. */
  readonly retain: (ms: number) => void;
  readonly onTaken: (ticks: readonly Tick[], alerts: readonly Alert[], isWhole: boolean) => void;
  readonly log: Logger;
  /** Lets other work have its turn. */
  readonly turn?: () => Promise<unknown>;
  readonly sliceTicks?: number;
};

/** Starts with a replay. Its first slice, which mostly is all of it, is done when this returns. */
export function createWatch(options: WatchOptions): Watch {
  const {
    acceptedSince,
    now,
    times,
    latest,
    retain,
    onTaken,
    log,
    turn = nextTurn,
    sliceTicks = SLICE_TICKS,
  } = options;
  /** Other settings do not make an alert of a moment ago undelivered. */
  const cooldown = createCooldown();
  const prepare = (config: WatchConfig): Watched =>
    createWatched(config, cooldown, latest.prepare(config.coins, config.vsCurrency));
  let next: Watched = prepare(options.config);
  let inForce = next;
  /** Taken while a replay runs. Stepped after it: no rule misses one, or sees one before what came earlier. */
  const held: { readonly ticks: readonly Tick[]; readonly isWhole: boolean }[] = [];
  let replaying: Promise<void> | null = null;

  const replayMs = (): number => Math.max(REPLAY_MS, next.memoryMs);
  const takeNow = (ticks: readonly Tick[], isWhole: boolean): void => {
    const alerts = inForce.take(ticks);
    onTaken(ticks, alerts, isWhole);
    latest.changed(new Set(ticks.map(({ coinId }) => coinId)));
  };

  /** Replays, puts in force, and catches up with what came meanwhile; a slice at a time. */
  function* slicesOf(own: Watched, latestAt: number): Generator<void, void> {
    cooldown.forgetAfter(latestAt);
    let left = sliceTicks;
    try {
      for (const { ticks, alerts } of acceptedSince(now() - replayMs())) {
        for (const tick of ticks) {
          if (tick.observedAt <= latestAt) own.replay(tick);
          left -= 1;
          if (left > 0) continue;
          yield;
          left = sliceTicks;
        }
        for (const alert of alerts) if (alert.observedAt <= latestAt) cooldown.note(alert);
      }
    } catch (err) {
      // Averages begin anew, and prices go on: better than a program that does not start.
      log.error({ err }, 'what was accepted before cannot be read to its end');
    }
    // A coin that is seldom priced may have no price in the time that is replayed, and its last one does not come again.
    for (const tick of inForce.quotes.newest())
      if (tick.observedAt <= latestAt) own.quotes.update(tick, null);
    inForce = own;
    latest.show(own.quotes);
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

  const start = (own: Watched, latestAt = times.latestKept()): void => {
    retain(replayMs());
    const slices = slicesOf(own, latestAt);
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

  latest.show(next.quotes);
  start(next);

  return {
    take(ticks, isWhole) {
      const latestAt = times.latest();
      if (replaying === null && inForce.newestAt() > latestAt) {
        // A price of the future would stand for the newest until its time has come.
        next = prepare(next.config);
        start(next, latestAt);
      }
      if (replaying === null) takeNow(ticks, isWhole);
      else held.push({ ticks, isWhole });
    },
    config: () => inForce.config,
    rebuild(config) {
      if (!isDeepStrictEqual(config, next.config)) {
        next = prepare(config);
        start(next);
      }
      return settled();
    },
    isReplaying: () => replaying !== null,
    settled,
  };
}
