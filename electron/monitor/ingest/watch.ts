import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { RulePhase } from '../../../shared/domain/rule-phase.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { SeenPrices } from '../alerts/engine.ts';
import type { Latest } from '../latest/latest.ts';
import type { LogBatch, ReplayStart } from '../log/tick-log.ts';
import type { Logger } from '../logging/logger.ts';
import type { TickTimes } from '../sources/tick-times.ts';
import { type Known, type ReplayOptions, replay } from './replay.ts';
import { type RulesBySource, type SavedCoin, withoutRules } from './saved-coin.ts';
import { createWatched, type WatchConfig, type Watched } from './watched.ts';

const MINUTE_MS = 60_000;

/** Ticks of this last period are replayed after a start, for sparklines; the rules may require more. */
const REPLAY_MS = 30 * MINUTE_MS;

/** The number of ticks that are read and stepped before other work gets a turn: a few milliseconds. */
const SLICE_TICKS = 1_000;

const NONE_FORGOTTEN: ReadonlyMap<string, never> = new Map<string, never>();

const NOTHING_KNOWN: Known = { coins: [], coin: () => null, offset: null };

/** The first stage for accepted ticks: the alert engine and the latest prices. */
export type Watch = {
  /**
   * Steps the rules, updates and emits the prices, and passes the ticks to `onAccepted` with the alerts raised: before it returns,
   * or, during a replay, when the replay has ended.
   *
   * @param isFullResponse whether the ticks are a complete response, rather than trades that more may follow immediately
   */
  accept(ticks: readonly Tick[], isFullResponse: boolean): void;
  /**
   * Steps the rules with the time `at`, and passes the alerts that this raises to `onAccepted`, without ticks. During a replay it
   * does nothing: the next beat raises the same alerts.
   */
  pass(at: number): void;
  /** The configuration in force. */
  config(): WatchConfig;
  /** Which prices the rules of a coin have seen; far cheaper than its state. */
  seen(coinId: string): readonly SeenPrices[];
  /** The state of a coin, to be passed as `saved` after a restart. */
  save(coinId: string): SavedCoin;
  /**
   * Changes to another configuration, which is rebuilt by replaying accepted ticks, in slices. Resolves when it, or a later one,
   * is in force.
   *
   * @param past earlier prices; see `createRuleHistory`
   */
  rebuild(config: WatchConfig, past?: Iterable<Tick>): Promise<void>;
  /**
   * Rebuilds rules by replaying the past and the accepted ticks, like new rules.
   *
   * @param forgotten the rules, by coin and source
   */
  refill(past: Iterable<Tick>, forgotten: ReadonlyMap<string, RulesBySource>): Promise<void>;
  /** The rules of the watched coins that are not inactive at an instant. */
  phases(now: number): readonly RulePhase[];
  /** Whether a replay runs: quotes do not include everything accepted yet. */
  isReplaying(): boolean;
  /** Resolves when no replay runs and all accepted ticks have been passed on. */
  settled(): Promise<void>;
};

export type WatchOptions = {
  readonly config: WatchConfig;
  /**
   * Accepted batches, oldest first, read while they are replayed. By its end, it has returned everything that was passed to
   * `onAccepted`.
   */
  readonly accepted: (from: ReplayStart) => Iterable<LogBatch>;
  /** The states that an earlier run saved. */
  readonly saved?: () => Known;
  /** The clock by which they were accepted. */
  readonly now: () => number;
  /**
   * Accepted ticks with a future timestamp are skipped. Before the corrected time is known, such a tick is only detected when the
   * first price arrives, and what was replayed until then is replayed again.
   */
  readonly times: Pick<TickTimes, 'latest' | 'latestKept'>;
  /** Receives the quotes of the configuration in force, and the coins whose ticks were accepted. */
  readonly latest: Pick<Latest, 'prepare' | 'show' | 'changed'>;
  /** Called with how far back a replay goes, in milliseconds, whenever that changes. */
  readonly retain: (ms: number) => void;
  readonly onAccepted: (ticks: readonly Tick[], alerts: readonly Alert[], isFullResponse: boolean) => void;
  /** Called when a replay has ended, with the coins whose ticks it read. */
  readonly onReplayed: (coinIds: ReadonlySet<string>) => void;
  readonly log: Logger;
  /** Yields to other work. */
  readonly turn?: () => Promise<unknown>;
  readonly sliceTicks?: number;
};

/** Starts with a replay. Its first slice, usually the only one, is complete when this returns. */
export function createWatch(options: WatchOptions): Watch {
  const { accepted, saved, now, times, latest, retain, onAccepted, onReplayed, log } = options;
  const { turn = nextTurn, sliceTicks = SLICE_TICKS } = options;
  const prepare = (config: WatchConfig): Watched =>
    createWatched(config, latest.prepare(config.coins, config.vsCurrency));
  let next: Watched = prepare(options.config);
  let inForce = next;
  /** Whether `inForce` includes everything accepted; it does once the first replay has ended. */
  let isCaughtUp = false;
  /** Accepted during a replay and stepped after it: no rule misses a tick, or sees it before earlier ones. */
  const held: { readonly ticks: readonly Tick[]; readonly isFullResponse: boolean }[] = [];
  let replaying: Promise<void> | null = null;

  const replayMs = (): number => Math.max(REPLAY_MS, next.memoryMs);
  const acceptNow = (given: readonly Tick[], isFullResponse: boolean): void => {
    const ticks = leadingFirst(given, inForce.config.inhibition?.leadingCoin);
    const alerts = inForce.process(ticks);
    // First: a page shows the price before it lists the alert, and neither waits for the log, which is written in a later step.
    latest.changed(new Set(ticks.map(({ coinId }) => coinId)));
    onAccepted(ticks, alerts, isFullResponse);
  };

  /** The state when the replay began: of the configuration in force, or saved by an earlier run. */
  const knownSoFar = (forgotten: ReadonlyMap<string, RulesBySource>): Known => {
    if (!isCaughtUp) return saved?.() ?? NOTHING_KNOWN;
    const before = inForce;
    const coin = (coinId: string): SavedCoin =>
      withoutRules(before.save(coinId), forgotten.get(coinId) ?? NONE_FORGOTTEN);
    return { coins: [...before.coins()], coin, offset: null };
  };

  const createSlices = (): ReplayOptions['isSliceOver'] => {
    let left = sliceTicks;
    return (ticks) => {
      left -= ticks;
      if (left > 0) return false;
      left = sliceTicks;
      return true;
    };
  };

  /** Replays, puts the new configuration in force, and catches up with ticks that arrived meanwhile; a slice at a time. */
  function* slicesOf(
    own: Watched,
    given: Pick<ReplayOptions, 'known' | 'past' | 'latestAt'>,
  ): Generator<void, void> {
    const isSliceOver = createSlices();
    const since = (): number => now() - replayMs();
    const replayed = yield* replay(own, { ...given, accepted, since, isSliceOver, log });
    inForce = own;
    latest.show(own.quotes);
    isCaughtUp = true;
    onReplayed(replayed);
    for (let item = held.shift(); item !== undefined; item = held.shift()) {
      try {
        acceptNow(item.ticks, item.isFullResponse);
      } catch (err) {
        log.error({ err }, 'prices that arrived during a replay were not processed');
      }
      if (isSliceOver(item.ticks.length)) yield;
    }
  }

  const start = (
    own: Watched,
    latestAt = times.latestKept(),
    past: Iterable<Tick> | null = null,
    forgotten: ReadonlyMap<string, RulesBySource> = NONE_FORGOTTEN,
  ): void => {
    retain(replayMs());
    const slices = slicesOf(own, { known: knownSoFar(forgotten), past, latestAt });
    replaying = null;
    if (slices.next().done) return;
    const rest = async (): Promise<void> => {
      do await turn();
      while (own === next && !slices.next().done);
      // In the same turn, so that ticks that are accepted from now on follow all held ones; unless another replay has begun.
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
    accept(ticks, isFullResponse) {
      const latestAt = times.latest();
      if (replaying === null && inForce.newestAt() > latestAt) {
        // A future timestamp would keep this price the newest one until that time.
        next = prepare(next.config);
        start(next, latestAt);
      }
      if (replaying === null) acceptNow(ticks, isFullResponse);
      else held.push({ ticks, isFullResponse });
    },
    pass(at) {
      const alerts = replaying === null ? inForce.pass(at) : [];
      if (alerts.length > 0) onAccepted([], alerts, true);
    },
    config: () => inForce.config,
    seen: (coinId) => inForce.seen(coinId),
    save: (coinId) => inForce.save(coinId),
    rebuild(config, past) {
      if (!isDeepStrictEqual(config, next.config)) {
        next = prepare(config);
        start(next, times.latestKept(), past);
      }
      return settled();
    },
    refill(past, forgotten) {
      next = prepare(next.config);
      start(next, times.latestKept(), past, forgotten);
      return settled();
    },
    phases: (at) => inForce.phases(at),
    isReplaying: () => replaying !== null,
    settled,
  };
}

/**
 * The ticks with those of the leading coin first, which is also their order in the log: it is then known whether other coins of
 * the same response follow it.
 */
function leadingFirst(ticks: readonly Tick[], leadingCoin: string | undefined): readonly Tick[] {
  const isLeading = ({ coinId }: Tick): boolean => coinId === leadingCoin;
  if (leadingCoin === undefined || !ticks.some(isLeading)) return ticks;
  return [...ticks.filter(isLeading), ...ticks.filter((tick) => !isLeading(tick))];
}
