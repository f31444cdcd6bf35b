import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { selectPast } from './coin-plan.ts';
import type { Following } from './follow-firings.ts';
import type { Inhibition } from './inhibition.ts';
import type { TrackMemory } from './memory/track-memory.ts';
import type { Raising } from './raise-alerts.ts';
import { CALM, NEAR } from './rules/rule-kind.ts';
import type { WholeSteps } from './step-whole.ts';
import type { Tracks } from './tracks.ts';

const NOTHING: readonly Alert[] = [];

export type StepOptions = {
  readonly memory: TrackMemory;
  readonly tracks: Tracks;
  readonly raising: Raising;
  readonly following: Following;
  readonly wholeSteps: WholeSteps;
  /** Null if no alert is inhibited. */
  readonly inhibition: Inhibition | null;
};

/** Steps the rules with a tick. Returns the alerts that they raise if it is new, otherwise none. */
export type Step = (tick: Tick, isNew: boolean) => readonly Alert[];

export function createStep(options: StepOptions): Step {
  const { memory, tracks, raising, following, wholeSteps, inhibition } = options;
  const { states } = tracks;
  return (tick, isNew) => {
    const track = tracks.ofNext(tick);
    const { plan, place, firstState } = track;
    const { rules, layout } = plan;
    if (!memory.add(layout, place, tick)) return NOTHING;
    let alerts: Alert[] | null = null;
    const made = isNew ? track.made : null;
    if (made !== null) {
      for (const index of made) memory.make(layout, place, index);
      track.made = null;
    }
    for (let index = 0; index < rules.length; index++) {
      const rule = rules[index];
      if (rule === undefined) continue;
      selectPast(memory, plan, place, index);
      const verdict = rule.step(states[firstState + index], tick, rule.params, memory);
      if (verdict === CALM) memory.calm(layout, place, index);
      else if (verdict === NEAR) memory.near(layout, place, index);
      else {
        const alert = raising.hold(track, index, tick, verdict, isNew);
        if (alert !== null) alerts = [...(alerts ?? NOTHING), alert];
      }
      if (made?.includes(index) && !alerts?.some((alert) => alert.rule === rule.id)) {
        const alert = raising.atOnce(track, index, tick, verdict);
        if (alert !== null) alerts = [...(alerts ?? NOTHING), alert];
      }
    }
    if (track.isFiring) following.follow(track, tick, isNew);
    if (alerts !== null) for (const alert of alerts) following.fire(track, alert);
    memory.addToExtremes(layout, place, tick);
    if (inhibition !== null) inhibition.process(track, tick);
    if (plan.isSeenWhole) {
      const ofWhole = wholeSteps.step(track, tick, isNew);
      if (ofWhole.length > 0) alerts = [...(alerts ?? NOTHING), ...ofWhole];
    }
    return alerts ?? NOTHING;
  };
}
