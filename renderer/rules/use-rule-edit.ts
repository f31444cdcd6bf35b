import { useState } from 'react';
import { ApiError } from '../../shared/contract/api-error.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import type { RuleKindView } from '../../shared/domain/rule-view.ts';
import type { Message } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import {
  draftOf,
  errorsOfIssues,
  type RuleDraft,
  type RuleErrors,
  shownRule,
  withKind,
} from './model/rule-draft.ts';
import { type RulesResult, rulesOfDraft } from './model/rule-levels.ts';
import { useRuleActions } from './use-rule-actions.ts';

/** Why the rule was not saved. */
export type RuleRefusal = {
  readonly fields: RuleErrors;
  /** The error when it is not about a field, or null. */
  readonly general: Message | null;
  /** True until a field is edited. After that the focus must not jump to another invalid field. */
  readonly isNew: boolean;
};

const ACCEPTED: RuleRefusal = { fields: {}, general: null, isNew: false };

type RuleEditOptions = {
  readonly rule: Rule;
  readonly isNew: boolean;
  readonly kinds: readonly RuleKindView[];
  /** Names of the other rules. */
  readonly taken: readonly string[];
  /** Called when the monitor has saved the rule or rules. */
  readonly onSaved: () => void;
};

/** The state of the editor of a rule. A new rule with several levels results in several rules. */
export function useRuleEdit({ rule, isNew, kinds, taken, onSaved }: RuleEditOptions) {
  const { saving, adding } = useRuleActions();
  const [first] = useState(() => draftOf(rule, kindOf(kinds, rule.kind)));
  const [shown] = useState(() => shownRule(rule, kindOf(kinds, rule.kind)));
  const [draft, setDraft] = useState(first);
  const [refusal, setRefusal] = useState(ACCEPTED);
  const kind = kindOf(kinds, draft.kind);
  const result: RulesResult = rulesOfDraft(draft, kind, { isNew, taken });

  /** Changes the draft, and clears the error of the changed field. */
  const edit = (change: (before: RuleDraft) => RuleDraft, path: string): void => {
    setDraft(change);
    setRefusal(({ fields: { [path]: _cleared, ...fields }, general }) => ({ fields, general, isNew: false }));
  };

  return {
    draft,
    kind,
    /** The rule or rules in the editor, or their errors. */
    result,
    refusal,
    isSaving: saving.isPending || adding.isPending,
    hasUnsaved: JSON.stringify(draft) !== JSON.stringify(first),
    change: (path: string, value: string | readonly string[]) =>
      edit((before) => ({ ...before, values: { ...before.values, [path]: value } }), path),
    changeId: (id: string) => edit((before) => ({ ...before, id }), 'id'),
    changeScope: (scope: RuleDraft['scope']) => edit((before) => ({ ...before, scope }), 'scope'),
    changeKind(id: string) {
      setDraft((before) => withKind(before, kindOf(kinds, id)));
      setRefusal(ACCEPTED);
    },
    save() {
      setRefusal(result.ok ? ACCEPTED : { fields: result.errors, general: null, isNew: true });
      if (!result.ok) return;
      const [first, ...others] = result.rules;
      const outcome = {
        onSuccess: onSaved,
        onError(error: Error) {
          const issues = error instanceof ApiError ? error.issues : [];
          const fields = errorsOfIssues(issues);
          const general = issues.length === 0 ? messageOf(error) : null;
          setRefusal({ fields, general, isNew: true });
        },
      };
      if (others.length === 0)
        saving.mutate(isNew ? { rule: first, isNew } : { rule: first, shown }, outcome);
      else adding.mutate([first, ...others], outcome);
    },
  };
}

/** The kind with this id; without parameters if this program does not have it. */
function kindOf(kinds: readonly RuleKindView[], id: string): RuleKindView {
  return kinds.find(({ kind }) => kind === id) ?? { kind: id, params: {}, directions: ['up', 'down'] };
}
