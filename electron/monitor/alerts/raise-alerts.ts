import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { admits, type Raised, withRaised } from './cooldown.ts';
import type { Inhibition } from './inhibition.ts';
import { FIRED_BEFORE, FIRED_UNMADE, type TrackMemory } from './memory/track-memory.ts';
import { CALM, HOLDS, NEAR, type Verdict } from './rules/rule-kind.ts';
import type { Track, Tracks } from './tracks.ts';

export const NONE_RAISED: readonly Raised[] = [];

/** Decides which of the prices at which the condition of a rule holds are raised as alerts. */
export type Raising = {
  /** The alert for a price at which the condition of a rule holds, if it is new, wanted and admitted; otherwise null. */
  hold(track: Track, index: number, tick: Tick, side: Verdict, isNew: boolean): Alert | null;
  /**
   * The alert of a rule at the first new tick since it was created or changed, if it is to be raised immediately and its
   * condition holds. A condition that has held for too short a time is handled by `hold`.
   */
  atOnce(track: Track, index: number, tick: Tick, verdict: Verdict): Alert | null;
};

/** @param inhibition null if no alert is inhibited */
export function createRaising(memory: TrackMemory, tracks: Tracks, inhibition: Inhibition | null): Raising {
  /** The alert for a price at which a condition holds, if it is wanted and admitted. */
  const raise = (track: Track, index: number, tick: Tick, side: Verdict, isAtOnce: boolean): Alert | null => {
    const { plan, coin, place } = track;
    const rule = plan.rules[index];
    if (rule === undefined || !rule.notify) return null;
    if (!rule.isWanted(side, tick.observedAt)) return null;
    const before = coin.raised.get(rule.id) ?? NONE_RAISED;
    const last = before.at(-1);
    if (rule.isOnce && last !== undefined) return null;
    const { vsCurrency, source, observedAt, price } = tick;
    if (!isAtOnce && rule.ratchetPct !== null && last?.vsCurrency === vsCurrency) {
      if (Math.abs(price / last.price - 1) * 100 < rule.ratchetPct) return null;
    }
    // An alert that is raised immediately is not suppressed by one of the rule's earlier version.
    const calmAt = isAtOnce ? observedAt : memory.conditionState(plan.layout, place, index).calmAt;
    const { againPct, cooldownMs } = rule;
    const candidate = { vsCurrency, source, observedAt, price, side: side === HOLDS ? 0 : side };
    if (!admits(before, { ...candidate, calmAt, againPct, cooldownMs })) return null;
    const alert = rule.alert(tracks.states[track.firstState + index], tick, side);
    // If a rule sees several sources, a delayed one can reverse it at the instant of its last alert.
    if (before.some(({ id }) => id === alert.id)) return null;
    coin.raised.set(rule.id, withRaised(before, alert, cooldownMs));
    const inhibitedBy = inhibition?.inhibitorOf(track, rule, alert) ?? null;
    return inhibitedBy === null ? alert : { ...alert, inhibitedBy };
  };

  return {
    hold(track, index, tick, side, isNew) {
      const { plan, place } = track;
      const rule = plan.rules[index];
      if (rule === undefined) return null;
      const { layout } = plan;
      const since = memory.hold(layout, place, index, side);
      if (tick.observedAt - since < rule.forMs) return null;
      const fired = memory.fire(layout, place, index);
      if (!isNew || fired === FIRED_UNMADE) return null;
      if (fired === FIRED_BEFORE && rule.onCrossing && rule.ratchetPct === null) return null;
      return raise(track, index, tick, side, false);
    },
    atOnce(track, index, tick, verdict) {
      const { plan, place, firstState } = track;
      const rule = plan.rules[index];
      if (rule === undefined || !rule.raiseIfHolding) return null;
      const { side, hasFired } = memory.conditionState(plan.layout, place, index);
      if (side !== CALM && !hasFired) return null;
      const held = rule.cross?.(tracks.states[firstState + index], tick) ?? verdict;
      if (held === CALM || held === NEAR) return null;
      memory.hold(plan.layout, place, index, held);
      memory.fire(plan.layout, place, index);
      return raise(track, index, tick, held, true);
    },
  };
}
