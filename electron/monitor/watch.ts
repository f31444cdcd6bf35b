import type { Alert, Quote, Tick } from '../../shared/domain.ts';
import { type AlertEngine, createAlertEngine } from './alerts/alert-engine.ts';
import { createCooldown } from './alerts/cooldown.ts';
import type { MovingAverageParams } from './alerts/moving-average.ts';
import { createQuotes, type Quotes } from './quotes.ts';
import type { AcceptedFetch } from './storage/storage.ts';

const MINUTE_MS = 60_000;

/** Ticks of this last stretch of time are replayed after a start, for sparklines; the rules may ask for more. */
const REPLAY_MS = 30 * MINUTE_MS;

/** What is watched, and how. */
export type WatchConfig = {
  readonly coins: readonly string[];
  readonly vsCurrency: string;
  readonly rule: MovingAverageParams;
};

/** The alert engine and the latest prices: all that a tick passes before anything is awaited. */
export type Watch = {
  /** Steps the rules and takes the prices over; gives what fired. */
  take(ticks: readonly Tick[]): readonly Alert[];
  /** The quotes of the named coins, or of all. */
  quotes(coins?: ReadonlySet<string>): readonly Quote[];
  readonly reference: Quotes['reference'];
  readonly setProblems: Quotes['setProblems'];
  /** Starts anew with another configuration, and finds its place again by replaying what was accepted. */
  rebuild(config: WatchConfig): void;
  /** How far back the replay goes. */
  replayMs(): number;
};

/**
 * @param acceptedSince fetches accepted since an instant, oldest first
 * @param now the clock by which they were accepted
 */
export function createWatch(
  first: WatchConfig,
  acceptedSince: (since: number) => Iterable<AcceptedFetch>,
  now: () => number,
): Watch {
  /** Other settings do not make an alert of a moment ago undelivered. */
  const cooldown = createCooldown();
  let engine: AlertEngine;
  let quotes: Quotes;

  const show = (tick: Tick): void => {
    quotes.update(tick, engine.reading(tick.coinId, tick.vsCurrency, tick.source));
  };
  const take = (ticks: readonly Tick[]): readonly Alert[] =>
    ticks.flatMap((tick) => {
      quotes.count(tick);
      const alerts = engine.check(tick);
      show(tick);
      return alerts;
    });
  const replay = ({ ticks, alerts }: AcceptedFetch): void => {
    for (const tick of ticks) {
      engine.replay(tick);
      show(tick); // what is replayed was traded before, and is not counted again
    }
    alerts.forEach(cooldown.note);
  };
  const replayMs = (): number => Math.max(REPLAY_MS, engine.memoryMs);
  const rebuild = ({ coins, vsCurrency, rule }: WatchConfig): void => {
    engine = createAlertEngine(rule, cooldown);
    quotes = createQuotes(coins, vsCurrency);
    for (const fetch of acceptedSince(now() - replayMs())) replay(fetch);
  };
  rebuild(first);

  return {
    take,
    quotes: (coins) => quotes.list(coins),
    reference: (coinId) => quotes.reference(coinId),
    setProblems: (problems) => quotes.setProblems(problems),
    rebuild,
    replayMs,
  };
}
