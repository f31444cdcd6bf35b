import type { Alert, ResolvedAlert } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { RulePhase } from '../../../shared/domain/rule-phase.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { bindRules } from './bound-rule.ts';
import { createPlanner, rulesOf, selectPast } from './coin-plan.ts';
import type { CoinState } from './coin-state.ts';
import { createFollowing } from './follow-firings.ts';
import { Inhibition, type InhibitionParams } from './inhibition.ts';
import { TrackMemory } from './memory/track-memory.ts';
import { createRaising } from './raise-alerts.ts';
import { phasesOf } from './rule-phases.ts';
import { createSavedCoins } from './save-coins.ts';
import { createStep } from './step-rules.ts';
import { createWholeSteps } from './step-whole.ts';
import { SteppedCoin } from './stepped-coin.ts';
import { Tracks } from './tracks.ts';

/** Distance of the newest price from the mean of those before it. */
export type AverageReading = { readonly average: number; readonly changePct: number };

/** Which prices of a source the rules of a coin have seen. */
export type SeenPrices = {
  readonly vsCurrency: string;
  readonly source: string;
  /** The time of the first price that a rule has seen, by its id; minus infinity if that was long ago. */
  readonly from: ReadonlyMap<string, number>;
};

export type AlertEngine = {
  /**
   * Steps the rules of the tick's coin and returns the alerts that they raise, mostly none. It is synchronous and reads no
   * database. A tick that is not newer than its track's last is ignored: it changes nothing and raises nothing.
   */
  check(tick: Tick): readonly Alert[];
  /**
   * Steps the rules with the time `at`, and returns the alerts of those that fire without a new price. Call it with instants that
   * do not decrease; it does nothing if no rule `passes`. The engine uses no other clock: the same ticks and instants in the same
   * order give the same alerts.
   *
   * @param coinIds the watched coins
   */
  pass(at: number, coinIds: Iterable<string>): readonly Alert[];
  /** Whether one of the rules can fire without a new price. */
  readonly passes: boolean;
  /** Processes a tick that was checked before, by this engine or another one. It raises nothing: see `note`. */
  replay(tick: Tick): void;
  /** Records an alert or a resolved event that a replayed tick caused, after that tick. A known one changes nothing. */
  note(alert: Alert): void;
  /** The result of the first moving average at a tick, its track's newest; null while it has too few prices. */
  reading(tick: Tick): AverageReading | null;
  /** The rules of a coin that are not inactive at an instant. */
  phases(coinId: string, now: number): readonly RulePhase[];
  /** Coins with a state in the engine. */
  coins(): Iterable<string>;
  /** Which prices the rules of a coin have seen, for each source and currency; none for a coin without a tick. */
  seen(coinId: string): readonly SeenPrices[];
  /** The state of a coin, for `restore`. Null for a coin without a tick. */
  save(coinId: string): CoinState | null;
  /**
   * Restores the saved state of a coin, from this set of rules or another one. A rule whose kind or parameters have changed
   * continues from the state that replayed ticks have built, or starts without state: it counts as new, and if its condition
   * holds at the next new tick, it raises an alert immediately or waits for the next crossing, as the rule specifies.
   */
  restore(coinId: string, saved: CoinState): void;
  /** Whether a saved state includes all rules of the coin; otherwise ticks have to be replayed before `restore`. */
  isComplete(coinId: string, saved: CoinState): boolean;
  /** Replaying the ticks of this last period through a new engine brings it to the same state. */
  readonly memoryMs: number;
};

const NOTHING: readonly Alert[] = [];
/** The log is not retained for longer windows: they are filled with new prices. */
const LONGEST_REPLAY_MS = 4 * 60 * 60_000 + 15 * 60_000;

/**
 * Evaluates any number of rules on ticks of any number of coins.
 *
 * @param onResolved called within `check` with each resolved event, before the tick's own alerts are returned
 * @param inhibitionParams when alerts are inhibited by those of a leading coin; null for never
 * @throws MessageError for a rule of an unknown kind, or with parameters that its kind rejects
 */
export function createAlertEngine(
  rules: readonly Rule[],
  onResolved: (event: ResolvedAlert) => void = () => undefined,
  inhibitionParams: InhibitionParams | null = null,
): AlertEngine {
  const memory = new TrackMemory();
  const stepped = new SteppedCoin(memory);
  const enabled = rules.filter((rule) => rule.enabled);
  const bound = bindRules(enabled, memory, stepped);
  const planOf = createPlanner(bound);
  const tracks = new Tracks(memory, planOf);
  const inhibition = inhibitionParams && new Inhibition(inhibitionParams, memory, tracks);
  const raising = createRaising(memory, tracks, inhibition);
  const cooldownMsOf = (ruleId: string) => bound.find(({ id }) => id === ruleId)?.cooldownMs;
  const following = createFollowing({ memory, tracks, cooldownMsOf, onResolved });
  const wholeSteps = createWholeSteps({ memory, tracks, stepped, raising, following });
  const step = createStep({ memory, tracks, raising, following, wholeSteps, inhibition });
  const savedCoins = createSavedCoins(memory, tracks, inhibitionParams?.leadingCoin ?? null);
  const passes = bound.some((rule) => rule.passes);

  return {
    check: (tick) => step(tick, true),
    pass: (at, coinIds) => (passes ? wholeSteps.pass(at, coinIds) : NOTHING),
    passes,
    replay: (tick) => void step(tick, false),
    note: following.note,
    reading(tick) {
      const track = tracks.find(tick);
      if (track === null) return null;
      const { plan, place, firstState } = track;
      const rule = plan.rules[plan.averageRule];
      if (rule === undefined) return null;
      selectPast(memory, plan, place, plan.averageRule);
      const figures = rule.figures(tracks.states[firstState + plan.averageRule], tick);
      const { average = figures.ema ?? Number.NaN, changePct = Number.NaN } = figures;
      return Number.isNaN(average) ? null : { average, changePct };
    },
    phases: (coinId, now) => phasesOf(memory, tracks, coinId, now),
    coins: () => tracks.coins(),
    seen: (coinId) =>
      [...tracks.of(coinId)].map(({ vsCurrency, source, plan, seenFrom }) => ({
        vsCurrency,
        source,
        from: new Map(plan.rules.map(({ id }, index) => [id, seenFrom[index] ?? Number.NEGATIVE_INFINITY])),
      })),
    save: savedCoins.save,
    restore: savedCoins.restore,
    isComplete: (coinId, saved) =>
      rulesOf(planOf(coinId)).every(({ id, fingerprint }) => saved.rules[id] === fingerprint),
    memoryMs: Math.min(
      LONGEST_REPLAY_MS,
      Math.max(0, ...bound.map((rule) => rule.replayMs + rule.cooldownMs)),
    ),
  };
}
