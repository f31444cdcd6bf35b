import type { Rule } from '../../../shared/domain/rule.ts';
import { completeParams } from './rule-draft.ts';
import { coinsOf, type RulesData } from './rules-data.ts';

/**
 * The coins for which saving makes a rule: all if it is new, gets enabled, or its condition changes; otherwise those that are new to it.
 *
 * @param before the rule as it is in force; null for a new one
 */
export function coinsMadeFor(
  rule: Rule,
  before: Rule | null,
  data: Pick<RulesData, 'watched' | 'watchlists' | 'kinds'>,
): readonly string[] {
  const coins = coinsOf(rule, data).filter((coinId) => data.watched.includes(coinId));
  const kind = data.kinds.find((one) => one.kind === rule.kind);
  const conditionOf = ({ kind: id, params }: Rule): string => {
    const all = kind === undefined ? params : completeParams(params, kind);
    return JSON.stringify([id, Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
  };
  if (before === null || !before.enabled || conditionOf(before) !== conditionOf(rule)) return coins;
  const known = coinsOf(before, data);
  return coins.filter((coinId) => !known.includes(coinId));
}
