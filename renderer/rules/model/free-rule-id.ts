import type { Rule } from '../../../shared/domain/rule.ts';

const MAX_ID_LENGTH = 64;

/** An unused rule id, derived from these words. */
export function freeId(words: string, taken: readonly string[]): string {
  const base = words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, MAX_ID_LENGTH - 4);
  const first = base === '' ? 'rule' : base;
  let id = first;
  for (let number = 2; taken.includes(id); number++) id = `${first}-${number}`;
  return id;
}

/** A copy of a rule with an unused id. */
export function duplicateOf(rule: Rule, taken: readonly string[]): Rule {
  return { ...rule, id: freeId(rule.id.replace(/-\d+$/, ''), taken) };
}
