import { movingAverage } from './moving-average.ts';
import type { RuleKind } from './rule-kind.ts';

// Each kind has parameters and a state of its own; whoever holds one from this list knows neither.
const kinds = [movingAverage] as unknown as readonly RuleKind[];

/** The kinds of rules, by id. A new kind is one file in `rules/` and its place in the list above. */
export const RULE_KINDS: ReadonlyMap<string, RuleKind> = new Map(kinds.map((kind) => [kind.id, kind]));
