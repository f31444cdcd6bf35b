import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Rule } from '../../shared/domain/rule.ts';
import { formatGrouped } from '../../shared/format/number.ts';
import { t, text } from '../../shared/messages/message.ts';
import { fieldErrorText } from '../parts/field-error-text.ts';
import { coinsMadeFor } from './model/coins-made-for.ts';
import { ruleSentence } from './model/describe-rule.ts';
import type { RuleErrors } from './model/rule-draft.ts';
import { commonFields, paramFields, type RuleField, solvableFields } from './model/rule-fields.ts';
import { LEVEL_PATH } from './model/rule-levels.ts';
import { fieldHelp, fieldLabel, kindHelp, kindName } from './model/rule-names.ts';
import { coinsOf, type RulesData } from './model/rules-data.ts';
import classes from './rule-editor.module.css';
import { RuleFieldInput } from './rule-field-input.tsx';
import { RulePhases } from './rule-phases.tsx';
import { RuleRate } from './rule-rate.tsx';
import { RuleTrial } from './rule-trial.tsx';
import { ScopeInput } from './scope-input.tsx';
import { useRuleEdit } from './use-rule-edit.ts';

type RuleEditorProps = {
  readonly rule: Rule;
  readonly isNew: boolean;
  readonly data: RulesData;
  /** Set to whether there are unsaved changes. */
  readonly hasUnsaved: RefObject<boolean>;
  readonly onBack: () => void;
  readonly onSaved: () => void;
};

/** The common fields that are always shown; the others are behind “More”. */
const FIRST_FIELDS = new Set(['severity', 'direction']);
const NO_ERRORS: RuleErrors = {};

/** The form of one rule, generated from the schemas, with a preview. */
export function RuleEditor({ rule, isNew, data, hasUnsaved, onBack, onSaved }: RuleEditorProps) {
  const others = data.rules.map(({ id }) => id).filter((id) => isNew || id !== rule.id);
  const edit = useRuleEdit({ rule, isNew, kinds: data.kinds, taken: others, onSaved });
  const { draft, kind, result, refusal } = edit;
  const common = commonFields(kind);
  const rules = result.ok ? result.rules : [];
  const [first = null] = rules;
  const [trialErrors, setTrialErrors] = useState(NO_ERRORS);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    hasUnsaved.current = edit.hasUnsaved;
  });

  useEffect(() => {
    if (form.current === null || !refusal.isNew) return;
    const wrong = [...form.current.querySelectorAll<HTMLElement>('[data-field]')].find(
      ({ dataset }) => (dataset.field ?? '') in refusal.fields,
    );
    const place = wrong ?? form.current.querySelector<HTMLElement>('[role="alert"]');
    const more = place?.closest('details');
    if (more) more.open = true;
    place?.focus({ preventScroll: true });
    place?.scrollIntoView({ block: 'center' });
  }, [refusal]);

  // Errors of the preview are shown before the rule is saved.
  const errors: RuleErrors = { ...(result.ok ? trialErrors : result.errors), ...refusal.fields };
  const errorAt = (path: string): string | undefined => {
    const error = errors[path];
    return error === undefined ? undefined : fieldErrorText(error);
  };
  const input = (field: RuleField) => (
    <RuleFieldInput
      key={field.path}
      field={field}
      acceptsSeveral={isNew && field.path === LEVEL_PATH}
      value={draft.values[field.path] ?? ''}
      error={errorAt(field.path)}
      others={others}
      onChange={(value) => edit.change(field.path, value)}
    />
  );
  const save = (event: FormEvent): void => {
    event.preventDefault();
    edit.save();
  };

  return (
    <form className={classes.editor} ref={form} onSubmit={save} noValidate>
      <div className={classes.head}>
        <Button variant="default" size="xs" leftSection={<IconArrowLeft size={14} />} onClick={onBack}>
          {t('rules.all')}
        </Button>
        <h3 data-testid="rule-sentence">
          {first === null ? kindName(kind.kind) : ruleSentence(withLevels(first, rules), kind)}
        </h3>
        {!isNew && <RulePhases ruleId={rule.id} />}
      </div>
      <div className={classes.columns}>
        <div className={classes.fields}>
          <div className={classes.wide}>
            <NativeSelect
              label={fieldLabel('kind')}
              description={kindHelp(kind.kind) ?? undefined}
              error={errorAt('kind')}
              data={kindChoices(data, kind.kind)}
              value={kind.kind}
              data-field="kind"
              data-testid="rule-kind"
              onChange={(event) => edit.changeKind(event.currentTarget.value)}
            />
          </div>
          {paramFields(kind).map(input)}
          {rules.length > 1 && (
            <p className={classes.several} role="status">
              {t('rules.several', { count: rules.length })}
            </p>
          )}
          <RuleRate
            key={kind.kind}
            rule={first}
            fields={solvableFields(kind)}
            coins={first === null ? [] : coinsOf(first, data)}
            onSolved={edit.change}
          />
          <ScopeInput
            scope={draft.scope}
            watched={data.watched}
            watchlists={data.watchlists}
            error={errorAt('scope')}
            onChange={edit.changeScope}
          />
          {common.filter(({ name }) => FIRST_FIELDS.has(name)).map(input)}
          <TextInput
            label={fieldLabel('id')}
            description={fieldHelp('id')}
            error={errorAt('id')}
            value={draft.id}
            disabled={!isNew}
            spellCheck={false}
            autoComplete="off"
            data-field="id"
            data-testid="rule-id"
            onChange={(event) => edit.changeId(event.currentTarget.value)}
          />
          <details className={classes.more}>
            <summary>{t('rules.more')}</summary>
            <div className={classes.fields}>
              {common.filter(({ name }) => !FIRST_FIELDS.has(name)).map(input)}
            </div>
          </details>
        </div>
        <RuleTrial
          rule={first}
          data={data}
          madeFor={first === null ? [] : coinsMadeFor(first, isNew ? null : rule, data)}
          onRaiseIfHolding={(is) => edit.change('raiseIfHolding', String(is))}
          onErrors={setTrialErrors}
        />
      </div>
      {refusal.general !== null && (
        <p className={classes.refused} role="alert" tabIndex={-1}>
          {text(refusal.general)}
        </p>
      )}
      <div className={classes.footer}>
        <Button variant="default" onClick={onBack}>
          {t('rules.cancel')}
        </Button>
        <Button type="submit" loading={edit.isSaving}>
          {rules.length > 1
            ? t('rules.add-several', { count: rules.length })
            : t(isNew ? 'rules.add-this' : 'rules.save')}
        </Button>
      </div>
    </form>
  );
}

/** The rule with the levels of all rules, for one sentence. */
function withLevels(rule: Rule, rules: readonly Rule[]): Rule {
  if (rules.length < 2) return rule;
  const levels = rules.map(({ params }) => formatGrouped(Number(params.level)));
  const level = t('rules.levels', { others: levels.slice(0, -1), last: levels.at(-1) ?? '' });
  return { ...rule, params: { ...rule.params, level } };
}

/** The kinds by their names, including that of the rule even if this program does not have it. */
function kindChoices({ kinds }: RulesData, own: string) {
  const ids = kinds.map(({ kind }) => kind);
  return [...new Set([...ids, own])].map((kind) => ({ value: kind, label: kindName(kind) }));
}
