import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import type { Rule } from '../../shared/domain/rule.ts';
import { ruleOf } from '../../shared/domain/rule.ts';
import type { RuleKindView } from '../../shared/domain/rule-view.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { type Message, t, text } from '../../shared/messages/message.ts';
import { ruleSentence } from './model/describe-rule.ts';
import { freeId } from './model/free-rule-id.ts';
import { kindHelp, kindName } from './model/rule-names.ts';
import { RULE_TEMPLATES, ruleOfTemplate, type TemplateCoin } from './model/rule-templates.ts';
import classes from './rule-templates.module.css';

type RuleTemplatesProps = {
  readonly kinds: readonly RuleKindView[];
  /** The coin of the new rule; null for all. */
  readonly coin: TemplateCoin | null;
  /** The coin for templates that make sense only for one, if `coin` is null. */
  readonly first: TemplateCoin | null;
  readonly taken: readonly string[];
  readonly onChoose: (rule: Rule) => void;
  readonly onBack: () => void;
};

/** The starting points of a new rule: the most common ones, and every kind. */
export function RuleTemplates({ kinds, coin, first, taken, onChoose, onBack }: RuleTemplatesProps) {
  const templates = RULE_TEMPLATES.filter(({ kind }) => kinds.some((one) => one.kind === kind));
  const ofKind = (kind: string): Rule =>
    ruleOf({
      id: freeId(coin === null ? kind : `${coin.coinId}-${kind}`, taken),
      kind,
      ...(coin !== null && { scope: [coin.coinId] }),
    });
  return (
    <>
      <div className={classes.head}>
        <Button variant="default" size="xs" leftSection={<IconArrowLeft size={14} />} onClick={onBack}>
          {t('rules.all')}
        </Button>
        <h3>{coin === null ? t('rules.new') : t('rules.new-coin', { coin: formatCoinName(coin.coinId) })}</h3>
      </div>
      <ul className={classes.templates} aria-label={t('rules.templates')}>
        {templates.map((template) => {
          const rule = ruleOfTemplate(template, coin, first, taken);
          const kind = kinds.find((one) => one.kind === template.kind);
          return (
            <li key={template.id}>
              <button
                type="button"
                className={classes.choice}
                data-testid="rule-template"
                onClick={() => onChoose(rule)}
              >
                <strong>{text({ code: template.title, params: {} } as Message)}</strong>
                <span>{ruleSentence(rule, kind)}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <h3 id="all-kinds" className={classes.kindsHeading}>
        {t('rules.by-kind')}
      </h3>
      <ul className={classes.kinds} aria-labelledby="all-kinds">
        {kinds.map(({ kind }) => (
          <li key={kind}>
            <button type="button" className={classes.choice} onClick={() => onChoose(ofKind(kind))}>
              <strong>{kindName(kind)}</strong>
              <span>{kindHelp(kind)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
