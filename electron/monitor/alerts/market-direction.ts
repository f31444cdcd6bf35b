import type { Alert, Direction } from '../../../shared/domain/alert.ts';
import { type WithMembers, withMembers } from './member-order.ts';
import { RULE_KINDS } from './rules/registry.ts';

type AlertOfRule = Pick<Alert, 'rule' | 'kind' | 'params' | 'direction'>;

/**
 * The direction of the coin's price that an alert reports; null if it has no direction, or one that is not of the price. A
 * combination reports one if each rule that it uses does, or has no direction.
 *
 * @param rules the rules in force, including those that a combination uses
 */
export function marketDirection(
  { rule: id, kind, params, direction }: AlertOfRule,
  rules: readonly WithMembers[],
): Direction | null {
  const concerned = withMembers<WithMembers>({ id, kind, params }, rules);
  const areOfPrice = concerned.every((one) => RULE_KINDS.get(one.kind)?.isOfPrice !== false);
  return areOfPrice ? direction : null;
}
