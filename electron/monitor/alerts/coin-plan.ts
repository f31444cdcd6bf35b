import type { BoundRule } from './bound-rule.ts';
import { type Layout, layoutFor } from './memory/layout.ts';
import type { TrackMemory } from './memory/track-memory.ts';

/** The rules of a track, and the layout of its prices. Coins with the same rules share it. */
export type Plan = {
  readonly rules: readonly BoundRule[];
  readonly layout: Layout;
  /** For each rule, where in a track's cells its window and its window of extremes are; 0 for none. */
  readonly windowCells: Int32Array;
  readonly extremesCells: Int32Array;
  /** The rule with whose average quotes are compared; -1 for none. */
  readonly averageRule: number;
  /** Whether there are rules that see the coin as a whole beside these. */
  readonly isSeenWhole: boolean;
};

/** The rules that concern a coin: those that see the prices of one source, and those that see the coin as a whole. */
export type CoinPlan = { readonly perSource: Plan; readonly whole: Plan };

/** All rules of a coin. */
export const rulesOf = ({ perSource, whole }: CoinPlan): readonly BoundRule[] => [
  ...perSource.rules,
  ...whole.rules,
];

/** Selects the window of a rule of a track in the memory. */
export const selectPast = (memory: TrackMemory, plan: Plan, place: number, rule: number): void =>
  memory.select(place, plan.windowCells[rule] ?? 0, plan.extremesCells[rule] ?? 0);

/** Creates the planner of coins. */
export function createPlanner(bound: readonly BoundRule[]): (coinId: string) => CoinPlan {
  const plans = new Map<string, CoinPlan>();
  return (coinId) => {
    const own = bound.filter(({ concerns }) => concerns(coinId));
    const key = own.map(({ id }) => id).join(' ');
    const known = plans.get(key);
    if (known !== undefined) return known;
    const whole = own.filter(({ isOfCoin }) => isOfCoin);
    const perSource = own.filter(({ isOfCoin }) => !isOfCoin);
    const plan = { perSource: planFor(perSource, whole.length > 0), whole: planFor(whole, false) };
    plans.set(key, plan);
    return plan;
  };
}

function planFor(rules: readonly BoundRule[], isSeenWhole: boolean): Plan {
  const layout = layoutFor(
    rules.length,
    rules.flatMap(({ meanOfMs }) => meanOfMs ?? []),
    rules.flatMap(({ extremesOfMs }) => extremesOfMs ?? []),
  );
  const windows = layout.series.flatMap((series) => series.windows);
  const cellOf = (among: readonly { lengthMs: number; cell: number }[], wantedMs: number | undefined) =>
    among.find(({ lengthMs }) => lengthMs === wantedMs)?.cell ?? 0;
  return {
    rules,
    layout,
    windowCells: Int32Array.from(rules, ({ meanOfMs }) => cellOf(windows, meanOfMs)),
    extremesCells: Int32Array.from(rules, ({ extremesOfMs }) => cellOf(layout.extremes, extremesOfMs)),
    averageRule: rules.findIndex(({ kind }) => kind === 'moving-average'),
    isSeenWhole,
  };
}
