import type { Rule } from '../../../shared/domain/rule.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';
import { message } from '../../../shared/messages/message.ts';
import { typedItems } from '../../parts/typed-number.ts';
import { type RuleDraft, type RuleErrors, ruleOfDraft } from './rule-draft.ts';

export const LEVEL_PATH = 'params.level';

/** The level or levels that the user has entered for a new rule. */
function typedLevels({ values }: Pick<RuleDraft, 'values'>): readonly string[] {
  const typed = values[LEVEL_PATH];
  return typeof typed === 'string' ? [...new Set(typedItems(typed))] : [];
}

/** The drafts that the draft of a new rule represents: one for each level, if several were entered. */
export function draftsOfLevels(draft: RuleDraft, taken: readonly string[]): readonly RuleDraft[] {
  const levels = typedLevels(draft);
  if (levels.length < 2) return [draft];
  const ids: string[] = [...taken];
  return levels.map((level) => {
    const id = idOfLevel(draft.id.trim(), level, ids);
    ids.push(id);
    return { ...draft, id, values: { ...draft.values, [LEVEL_PATH]: level } };
  });
}

export type RulesResult =
  | { readonly ok: true; readonly rules: readonly [Rule, ...Rule[]] }
  | { readonly ok: false; readonly errors: RuleErrors };

/**
 * The rules in the editor: one or, for a new rule, one for each level.
 *
 * @param taken the names of the other rules
 */
export function rulesOfDraft(
  draft: RuleDraft,
  kind: RuleKindView,
  { isNew, taken }: { readonly isNew: boolean; readonly taken: readonly string[] },
): RulesResult {
  const rules: Rule[] = [];
  const drafts = isNew ? draftsOfLevels(draft, taken) : [draft];
  for (const one of drafts) {
    const result = ruleOfDraft(one, kind);
    if (!result.ok)
      return { ok: false, errors: drafts.length > 1 ? namingLevel(result.errors, one) : result.errors };
    if (isNew && taken.includes(result.rule.id))
      return { ok: false, errors: { id: message('rule.id-taken', { id: result.rule.id }) } };
    rules.push(result.rule);
  }
  const [first, ...others] = rules;
  if (first === undefined) throw new Error('A draft represents at least one rule.');
  return { ok: true, rules: [first, ...others] };
}

/** The errors, naming the invalid one of several levels. */
function namingLevel(errors: RuleErrors, { values }: RuleDraft): RuleErrors {
  const fault = errors[LEVEL_PATH];
  if (fault === undefined) return errors;
  const item = String(values[LEVEL_PATH]);
  return { ...errors, [LEVEL_PATH]: message('setting.typed-item-fault', { item, fault }) };
}

/** The entered name, which may be invalid, with the level instead of a number at its end. */
function idOfLevel(id: string, level: string, taken: readonly string[]): string {
  const base = `${id.replace(/(-\d+)+$/, '')}-${level.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`;
  let free = base;
  for (let number = 2; taken.includes(free); number++) free = `${base}-${number}`;
  return free;
}
