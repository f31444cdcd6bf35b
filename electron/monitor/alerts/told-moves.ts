import type { Tick } from '../../../shared/domain.ts';
import type { Firing } from './rule.ts';

/** As long as a rule keeps quiet about the same side: within it, another source's word is about the same move. */
export const SAME_MOVE_MS = 15 * 60_000;

/** Knows which moves were told, so that two sources that see the same one do not tell it twice. */
export type ToldMoves = {
  /**
   * Notes a firing and returns whether it is told: not when another source has told of the same rule, coin, currency
   * and direction within 15 minutes. When a source may tell again of its own is for the rule to say.
   */
  tell(rule: string, tick: Tick, firing: Firing): boolean;
};

export function createToldMoves(): ToldMoves {
  const told = new Map<string, { readonly source: string; readonly at: number }>();
  return {
    tell(rule, tick, firing) {
      const direction = Math.sign(firing.figures.changePct ?? 0);
      const key = `${rule}\n${tick.coinId}\n${tick.vsCurrency}\n${direction}`;
      const last = told.get(key);
      const isAnothersMove =
        last !== undefined &&
        last.source !== tick.source &&
        Math.abs(tick.observedAt - last.at) < SAME_MOVE_MS;
      if (isAnothersMove) return false;
      told.set(key, { source: tick.source, at: tick.observedAt });
      return true;
    },
  };
}
