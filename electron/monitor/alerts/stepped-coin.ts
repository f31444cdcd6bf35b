import type { TrackMemory } from './memory/track-memory.ts';
import type { OtherRules } from './rules/coin-rule-kind.ts';
import { CALM, type Verdict } from './rules/rule-kind.ts';
import type { Track, Whole } from './tracks.ts';

/** The coin whose rules are stepped as a whole, at a tick or an instant: gives its rules access to the others. */
export class SteppedCoin implements OtherRules {
  readonly #memory: TrackMemory;
  #whole: Whole | null = null;
  #track: Track | null = null;
  #at = 0;

  constructor(memory: TrackMemory) {
    this.#memory = memory;
  }

  /** @param track of the tick; null for time without a tick */
  set(whole: Whole, track: Track | null, at: number): void {
    this.#whole = whole;
    this.#track = track;
    this.#at = at;
  }

  firing(ruleId: string): Verdict {
    for (const track of [this.#track, this.#whole?.track ?? null]) {
      const index = track?.plan.rules.findIndex(({ id }) => id === ruleId) ?? -1;
      const rule = track?.plan.rules[index];
      if (track === null || rule === undefined) continue;
      const side = this.#memory.firing(track.plan.layout, track.place, index);
      return side !== CALM && rule.isWanted(side, this.#at) ? side : CALM;
    }
    return CALM;
  }
}
