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

export type AlertEngine = {
  /**
   * Steps the rules of the tick's coin and returns the alerts that they raise, mostly none. It awaits nothing and reads no
   * database. A tick that is not newer than its track's last is history: it changes nothing and raises nothing.
   */
  check(tick: Tick): readonly Alert[];
  /**
   * Takes in that it is `at` now, and returns the alerts that time without a price raises. Call it with instants that do not
   * decrease; it does nothing where no rule `passes`. Nothing else in here knows the time: the same ticks and instants in the same
   * order give the same alerts.
   *
   * @param coinIds those that are watched
   */
  pass(at: number, coinIds: Iterable<string>): readonly Alert[];
  /** Whether time raises one of the rules. */
  readonly passes: boolean;
  /** Takes in a tick that was checked before, by this engine or another one. It raises nothing: see `note`. */
  replay(tick: Tick): void;
  /**
   * Takes note of an alert that a replayed tick raised, or of the event that one was resolved, after that tick. One that is known
   * changes nothing.
   */
  note(alert: Alert): void;
  /** What the first moving average said at a tick, its track's newest; null while it has too few prices. */
  reading(tick: Tick): AverageReading | null;
  /** The rules of a coin that are not inactive at an instant. */
  phases(coinId: string, now: number): readonly RulePhase[];
  /** Coins that the engine knows something of. */
  coins(): Iterable<string>;
  /** All that is known of a coin; `restore` goes on from it. Null for a coin without a tick. */
  save(coinId: string): CoinState | null;
  /**
   * Goes on from what was saved of a coin, by this set of rules or another one. A rule whose kind or parameters are others
   * now goes on from what it was brought to by replayed ticks, or starts anew: it is made, and where its condition holds at
   * the next tick that is new, it is raised at once or waits for the next crossing, as the rule says.
   */
  restore(coinId: string, saved: CoinState): void;
  /** Whether a saved state has what all rules of the coin need; else they want ticks replayed before `restore`. */
  isComplete(coinId: string, saved: CoinState): boolean;
  /** Replaying the ticks of this last stretch of time through a new engine brings it to the same state. */
  readonly memoryMs: number;
};

const NOTHING: readonly Alert[] = [];
/** Rules that remember more than this fill their windows as time goes on: the log is not kept for them. */
const LONGEST_REPLAY_MS = 4 * 60 * 60_000 + 15 * 60_000;

/**
 * Watches ticks of any number of coins with any number of rules.
 *
 * @param onResolved called within `check` with each event that an alert was resolved, before the tick's own alerts are returned
 * @param inhibitionParams when alerts are inhibited by those of a leading coin; null for never
 * @throws MessageError for a rule of an unknown kind, or whose parameters its kind refuses
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
