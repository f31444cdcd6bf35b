import type { Alert, Direction } from '../../../shared/domain/alert.ts';
import { type WithMembers, withMembers } from './member-order.ts';
import { RULE_KINDS } from './rules/registry.ts';

type AlertOfRule = Pick<Alert, 'rule' | 'kind' | 'params' | 'direction'>;

/**
 * Where an alert says that the coin's price goes; null where it does not: because it has no direction, or because that is not one
 * of the price. A combination says so when each rule that it looks at does, or has no direction.
 *
 * @param rules those in force, among which are the rules that a combination looks at
 */
export function marketDirection(
  { rule: id, kind, params, direction }: AlertOfRule,
  rules: readonly WithMembers[],
): Direction | null {
  const concerned = withMembers<WithMembers>({ id, kind, params }, rules);
  const areOfPrice = concerned.every((one) => RULE_KINDS.get(one.kind)?.isOfPrice !== false);
  return areOfPrice ? direction : null;
}
