import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { BoundRule } from './bound-rule.ts';
import type { Following } from './follow-firings.ts';
import type { TrackMemory } from './memory/track-memory.ts';
import type { Raising } from './raise-alerts.ts';
import type { Market } from './rules/coin-rule-kind.ts';
import { CALM, NEAR, type Verdict } from './rules/rule-kind.ts';
import type { SteppedCoin } from './stepped-coin.ts';
import type { Track, Tracks, Whole } from './tracks.ts';

/** Steps the rules that see coins as a whole. */
export type WholeSteps = {
  /** With a tick that its track has processed. */
  step(track: Track, tick: Tick, isNew: boolean): readonly Alert[];
  /** See `AlertEngine`. */
  pass(at: number, coinIds: Iterable<string>): readonly Alert[];
};

export type WholeStepsOptions = {
  readonly memory: TrackMemory;
  readonly tracks: Tracks;
  readonly stepped: SteppedCoin;
  readonly raising: Raising;
  readonly following: Following;
};

export function createWholeSteps(options: WholeStepsOptions): WholeSteps {
  const { memory, tracks, stepped, raising, following } = options;

  /** @param find the verdict of a rule; null if it is not evaluated */
  const stepRules = (
    { track }: Whole,
    tick: Tick,
    isNew: boolean,
    find: (rule: BoundRule, state: unknown) => Verdict | null,
    follow: Following['follow'],
  ): readonly Alert[] => {
    const { plan, place, firstState } = track;
    const { layout } = plan;
    const made = isNew ? track.made : null;
    if (made !== null) {
      for (const index of made) memory.make(layout, place, index);
      track.made = null;
    }
    const alerts = plan.rules.flatMap((rule, index) => {
      const verdict = find(rule, tracks.states[firstState + index]);
      if (verdict === null) return [];
      let alert: Alert | null = null;
      if (verdict === CALM) memory.calm(layout, place, index);
      else if (verdict === NEAR) memory.near(layout, place, index);
      else alert = raising.hold(track, index, tick, verdict, isNew);
      if (alert === null && made?.includes(index)) alert = raising.atOnce(track, index, tick, verdict);
      return alert ?? [];
    });
    if (track.isFiring) follow(track, tick, isNew);
    for (const alert of alerts) following.fire(track, alert);
    return alerts;
  };

  return {
    step(track, tick, isNew) {
      const whole = tracks.whole(track.coin, tick);
      // A copy: the caller may reuse its own.
      if (tick.observedAt >= whole.last.observedAt) whole.last = { ...tick };
      // An alert has the time of the newest price, even if this source is behind another one.
      const at = whole.last.observedAt;
      memory.moveTo(whole.track.place, at);
      const now = at === tick.observedAt ? tick : { ...tick, observedAt: at };
      stepped.set(whole, track, at);
      return stepRules(
        whole,
        now,
        isNew,
        (rule, state) => rule.step(state, tick, rule.params, memory),
        following.follow,
      );
    },
    pass(instant, coinIds) {
      const wholes = [...coinIds].flatMap((coinId) => tracks.knownCoin(coinId)?.whole ?? []);
      const newestAt = Math.max(...wholes.map(({ last }) => last.observedAt));
      return wholes.flatMap((whole) => {
        const { last, track } = whole;
        // The clock of a price may be ahead: time does not go back before it.
        const at = Math.max(instant, last.observedAt);
        // Only for rules that can fire without a new price: for the others it is still the time of the newest price.
        memory.moveTo(track.place, at);
        stepped.set(whole, null, at);
        const now = { ...last, observedAt: at };
        return stepRules(
          whole,
          now,
          true,
          (rule, state) => {
            if (!rule.passes) return null;
            const market: Market = {
              newestAt,
              coins: wholes.length,
              // Computed on access: it iterates over all coins.
              get raisedAt() {
                return raisedAt(wholes, rule.id);
              },
            };
            return rule.pass(state, now, market);
          },
          following.followTime,
        );
      });
    },
  };
}

/** When a rule was last raised for any of the coins; minus infinity for never. */
const raisedAt = (wholes: readonly Whole[], ruleId: string): number =>
  Math.max(
    ...wholes.map(
      ({ track }) => track.coin.raised.get(ruleId)?.at(-1)?.observedAt ?? Number.NEGATIVE_INFINITY,
    ),
  );
