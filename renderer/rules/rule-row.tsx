import { ActionIcon, Switch } from '@mantine/core';
import { IconCopy, IconPencil, IconRestore, IconTrash } from '@tabler/icons-react';
import type { Rule } from '../../shared/domain/rule.ts';
import type { RuleActivity, RuleKindView } from '../../shared/domain/rule-view.ts';
import { formatAge } from '../../shared/format/age.ts';
import { t } from '../../shared/messages/message.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import { describeScope, ruleSentence, scopeNames } from './model/describe-rule.ts';
import { conditionWords, hasEnded } from './model/rule-conditions.ts';
import { choiceLabel } from './model/rule-names.ts';
import classes from './rule-list.module.css';
import { RulePhases } from './rule-phases.tsx';

type RuleRowProps = {
  readonly rule: Rule;
  readonly kind: RuleKindView | undefined;
  /** `none` for a rule that has raised nothing; null while that is unknown. */
  readonly activity: RuleActivity | 'none' | null;
  readonly isDefault: boolean;
  readonly canRemove: boolean;
  readonly isLocked: boolean;
  readonly onSwitch: (enabled: boolean) => void;
  readonly onEdit: () => void;
  readonly onDuplicate: () => void;
  readonly onRemove: () => void;
};

/** A rule as a sentence, with the alerts that it has raised, and its actions. */
export function RuleRow(props: RuleRowProps) {
  const { rule, kind, activity, isDefault, canRemove, isLocked, onSwitch, onEdit, onDuplicate, onRemove } =
    props;
  const isOver = useMonitorTime((now) => hasEnded(rule, now));
  const conditions = conditionWords(rule, kind, isOver);
  const button = (label: string, onClick: () => void) => ({
    'aria-label': t('rules.action-of', { action: label, rule: rule.id }),
    title: label,
    disabled: isLocked,
    onClick,
    variant: 'subtle',
    color: 'gray',
  });
  return (
    <li className={classes.row} data-testid="rule" data-rule={rule.id} data-off={!rule.enabled || undefined}>
      <Switch
        size="xs"
        aria-label={t('rules.enable', { rule: rule.id })}
        checked={rule.enabled}
        disabled={isLocked}
        onChange={(event) => onSwitch(event.currentTarget.checked)}
      />
      <button type="button" className={classes.what} disabled={isLocked} onClick={onEdit}>
        <strong>{ruleSentence(rule, kind)}</strong>
        {conditions.length > 0 && (
          <span className={classes.conditions} data-over={isOver || undefined} data-testid="rule-conditions">
            {conditions.map((words) => (
              <span key={words}>{words}</span>
            ))}
          </span>
        )}
        <span className={classes.about}>
          <span className={classes.id}>{rule.id}</span>
          {isDefault && <span>{t('rules.default')}</span>}
          <span title={scopeNames(rule)}>{describeScope(rule)}</span>
          <span data-severity={rule.severity}>{choiceLabel(rule.severity)}</span>
          {!rule.notify && <span>{t('rules.silent')}</span>}
          {!rule.enabled && <span>{t('rules.off')}</span>}
        </span>
        <RulePhases ruleId={rule.id} />
      </button>
      <span className={classes.activity}>
        <ActivityWords activity={activity} />
      </span>
      <span className={classes.actions}>
        <ActionIcon {...button(t('rules.edit'), onEdit)}>
          <IconPencil size={16} stroke={1.6} />
        </ActionIcon>
        <ActionIcon {...button(t('rules.duplicate'), onDuplicate)}>
          <IconCopy size={16} stroke={1.6} />
        </ActionIcon>
        {canRemove && (
          <ActionIcon {...button(t(isDefault ? 'rules.reset' : 'rules.remove'), onRemove)}>
            {isDefault ? <IconRestore size={16} stroke={1.6} /> : <IconTrash size={16} stroke={1.6} />}
          </ActionIcon>
        )}
      </span>
    </li>
  );
}

function ActivityWords({ activity }: Pick<RuleRowProps, 'activity'>) {
  const last = activity === null || activity === 'none' ? null : activity.last.observedAt;
  const age = useMonitorTime((now) => (last === null ? '' : formatAge(now - last)));
  if (activity === null) return null;
  if (activity === 'none') return <span>{t('rules.no-alert')}</span>;
  return (
    <>
      <span>{t('rules.last-alert', { age })}</span>
      <span>{t('rules.in-week', { count: activity.count })}</span>
    </>
  );
}
