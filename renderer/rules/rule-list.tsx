import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { ProcedureInput } from '../../shared/contract/procedures.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import { DEFAULT_RULE_ID } from '../../shared/settings/rules-in-force.ts';
import { coinsOf, type RulesData } from './model/rules-data.ts';
import classes from './rule-list.module.css';
import { RuleRow } from './rule-row.tsx';
import { useRuleActions } from './use-rule-actions.ts';

type RuleListProps = {
  readonly data: RulesData;
  /** Shows the rules that watch this coin; null for all. */
  readonly coinId: string | null;
  readonly onAdd: () => void;
  readonly onEdit: (rule: Rule) => void;
  readonly onDuplicate: (rule: Rule) => void;
};

/** A rule that was just removed, and its place in the settings. */
type Removed = { readonly rule: Rule; readonly at: number };

/** The list of rules. A removed one can be restored until the dialog is closed. */
export function RuleList({ data, coinId, onAdd, onEdit, onDuplicate }: RuleListProps) {
  const { rules, own, kinds, activity, locked } = data;
  const { saving, removing } = useRuleActions();
  const [removed, setRemoved] = useState<Removed | null>(null);
  const shown = coinId === null ? rules : rules.filter((rule) => coinsOf(rule, data).includes(coinId));
  const on = rules.filter(({ enabled }) => enabled).length;
  const trouble = saving.error ?? removing.error;

  const remove = (rule: Rule): void => {
    const at = [...own].indexOf(rule.id);
    removing.mutate(rule.id, { onSuccess: () => setRemoved({ rule, at }) });
  };
  const undo = ({ rule, at }: Removed): void =>
    saving.mutate({ rule, isNew: true, at }, { onSuccess: () => setRemoved(null) });

  return (
    <>
      <div className={classes.head}>
        <p>
          {coinId === null
            ? t('rules.count', { count: rules.length, on })
            : t('rules.count-coin', { count: shown.length, coin: formatCoinName(coinId) })}
        </p>
        <Button size="xs" leftSection={<IconPlus size={14} />} disabled={locked !== null} onClick={onAdd}>
          {t('rules.add')}
        </Button>
      </div>
      {locked !== null && <p className={classes.note}>{locked}</p>}
      {trouble !== null && (
        <p className={classes.refused} role="alert">
          {textOfError(trouble)}
        </p>
      )}
      {removed !== null && (
        <p className={classes.note} role="status">
          {t('rules.removed', { rule: removed.rule.id })}
          <button type="button" className={classes.undo} onClick={() => undo(removed)}>
            {t('rules.undo')}
          </button>
        </p>
      )}
      {shown.length > 0 && (
        <ul className={classes.list} aria-label={t('rules.title')}>
          {shown.map((rule) => (
            <RuleRow
              key={rule.id}
              // Optimistic update of the switch.
              rule={
                saving.isPending && saving.variables.rule.id === rule.id
                  ? switched(rule, saving.variables)
                  : rule
              }
              kind={kinds.find(({ kind }) => kind === rule.kind)}
              activity={activity === null ? null : (activity.get(rule.id) ?? 'none')}
              isDefault={rule.id === DEFAULT_RULE_ID}
              canRemove={own.has(rule.id)}
              isLocked={locked !== null}
              onSwitch={(enabled) => saving.mutate({ rule: { ...rule, enabled }, shown: rule })}
              onEdit={() => onEdit(rule)}
              onDuplicate={() => onDuplicate(rule)}
              onRemove={() => remove(rule)}
            />
          ))}
        </ul>
      )}
    </>
  );
}

const switched = (rule: Rule, { rule: { enabled = true } }: ProcedureInput<'rules.save'>): Rule => ({
  ...rule,
  enabled,
});
