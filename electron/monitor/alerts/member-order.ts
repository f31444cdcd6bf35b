import type { Rule } from '../../../shared/domain/rule.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { RULE_KINDS } from './rules/registry.ts';

/** The part of a rule that determines which rules it uses. */
export type WithMembers = Pick<Rule, 'id' | 'kind' | 'params'>;

/** Ids of the rules that a rule uses; none if its kind rejects its parameters. */
export function membersOf({ kind: kindId, params }: WithMembers): readonly string[] {
  const kind = RULE_KINDS.get(kindId);
  if (kind === undefined || !('isOfCoin' in kind) || kind.members === undefined) return [];
  const parsed = kind.params.safeParse(params);
  return parsed.success ? kind.members(parsed.data) : [];
}

/**
 * The rules, each after those that it uses, and otherwise in the given order.
 *
 * @throws MessageError when a rule uses itself, directly or through others
 */
export function inOrder<R extends WithMembers>(rules: readonly R[]): readonly R[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const placed = new Set<R>();
  const place = (rule: R, before: readonly string[]): void => {
    if (placed.has(rule)) return;
    if (before.includes(rule.id)) {
      const cycle = [...before.slice(before.indexOf(rule.id)), rule.id];
      throw new MessageError(
        message('rule.fault', { id: rule.id, fault: message('rule.circle', { circle: cycle }) }),
      );
    }
    for (const id of membersOf(rule)) {
      const member = byId.get(id);
      if (member !== undefined) place(member, [...before, rule.id]);
    }
    placed.add(rule);
  };
  for (const rule of rules) place(rule, []);
  return [...placed];
}

/** A rule with the others that it uses, directly or through others. */
export function withMembers<R extends WithMembers>(rule: R, others: readonly R[]): readonly R[] {
  const found = new Set<R>([rule]);
  // Iterating a set includes elements that are added meanwhile.
  for (const one of found) {
    const ids = membersOf(one);
    for (const other of others) if (ids.includes(other.id) && other.id !== rule.id) found.add(other);
  }
  return [...found];
}

/**
 * The faults of rules that use others: a missing rule, or a cycle. For each wrong rule, the predicate of a sentence about it.
 *
 * @param known ids of rules that exist beside the given ones
 */
export function memberFaults(
  rules: readonly WithMembers[],
  known: readonly string[],
): ReadonlyMap<string, Message> {
  const ids = new Set([...rules.map(({ id }) => id), ...known]);
  const faults = new Map<string, Message>();
  for (const rule of rules) {
    const unknown = membersOf(rule).filter((id) => !ids.has(id));
    const cycle = cycleOf(rule, rules);
    if (unknown.length > 0) faults.set(rule.id, message('rule.unknown-members', { unknown }));
    else if (cycle !== null) faults.set(rule.id, message('rule.circle', { circle: cycle }));
  }
  return faults;
}

/** The path from a rule through those that it uses back to itself; null if there is none. */
function cycleOf(start: WithMembers, rules: readonly WithMembers[]): readonly string[] | null {
  const passed = new Set<string>();
  const search = (rule: WithMembers, path: readonly string[]): readonly string[] | null => {
    for (const id of membersOf(rule)) {
      if (id === start.id) return [...path, id];
      if (passed.has(id)) continue;
      passed.add(id);
      const member = rules.find((one) => one.id === id);
      const found = member === undefined ? null : search(member, [...path, id]);
      if (found !== null) return found;
    }
    return null;
  };
  return search(start, [start.id]);
}
