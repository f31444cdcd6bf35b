import type { ReactNode } from 'react';
import { t } from '../../shared/messages/message.ts';
import { FieldInput } from '../parts/field-input.tsx';
import type { RuleField } from './model/rule-fields.ts';
import { choiceLabel, fieldHelp, fieldLabel } from './model/rule-names.ts';

type RuleFieldInputProps = {
  readonly field: RuleField;
  readonly value: string | readonly string[];
  readonly error: ReactNode;
  /** Whether several values can be entered, for a rule each. */
  readonly acceptsSeveral: boolean;
  /** Names of the other rules, for a field that lists rules. */
  readonly others: readonly string[];
  readonly onChange: (value: string | readonly string[]) => void;
};

/** The input of one field of a rule. */
export function RuleFieldInput({
  field,
  acceptsSeveral,
  value,
  error,
  others,
  onChange,
}: RuleFieldInputProps) {
  return (
    <FieldInput
      kind={field.kind}
      label={fieldLabel(field.name)}
      description={
        [helpOf(field), acceptsSeveral ? t('rules.several-how') : ''].filter(Boolean).join(' ') || undefined
      }
      error={error}
      value={value}
      choices={choicesOf(field, others)}
      placeholder={field.isOptional && field.kind !== 'list' ? t('rules.field-none') : ''}
      onChange={onChange}
      data-field={field.path}
      data-testid={`rule-field-${field.name}`}
    />
  );
}

function choicesOf(field: RuleField, others: readonly string[]) {
  if (field.kind === 'list') return field.choices ?? others;
  if (field.kind !== 'choice') return [];
  const choices = field.choices.map((choice) => ({ value: choice, label: choiceLabel(choice) }));
  return field.isOptional ? [{ value: '', label: t('rules.field-default') }, ...choices] : choices;
}

function helpOf(field: RuleField): string | undefined {
  const words = [fieldHelp(field.name), rangeOf(field)].filter((each) => each !== null);
  return words.length === 0 ? undefined : words.join(' ');
}

function rangeOf(field: RuleField): string | null {
  if (field.kind !== 'number' || field.max === null) return null;
  return t('rules.field-range', {
    min: (field.min ?? 0).toLocaleString('en-US'),
    max: field.max.toLocaleString('en-US'),
  });
}
