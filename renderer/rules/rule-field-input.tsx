import { NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../../shared/messages/message.ts';
import type { RuleField } from './model/rule-fields.ts';
import { choiceLabel, fieldHelp, fieldLabel } from './model/rule-words.ts';

type RuleFieldInputProps = {
  readonly field: RuleField;
  readonly value: string | readonly string[];
  readonly error: ReactNode;
  /** Names of the other rules, for a list of such. */
  readonly others: readonly string[];
  readonly onChange: (value: string | readonly string[]) => void;
};

/** The input of one field of a rule. */
export function RuleFieldInput({ field, value, error, others, onChange }: RuleFieldInputProps) {
  const label = fieldLabel(field.name);
  const shared = {
    label,
    description: helpOf(field),
    error,
    'data-field': field.path,
    'data-testid': `rule-field-${field.name}`,
  };
  if (field.kind === 'list') {
    return (
      <TagsInput
        {...shared}
        value={[...value]}
        data={[...(field.choices ?? others)]}
        onChange={onChange}
        splitChars={[',', ' ']}
        acceptValueOnBlur
      />
    );
  }
  const text = typeof value === 'string' ? value : value.join(', ');
  if (field.kind === 'switch') {
    return (
      <Switch
        {...shared}
        checked={text === 'true'}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
    );
  }
  if (field.kind === 'choice') {
    const choices = field.choices.map((choice) => ({ value: choice, label: choiceLabel(choice) }));
    return (
      <NativeSelect
        {...shared}
        data={field.isOptional ? [{ value: '', label: t('rules.field-default') }, ...choices] : choices}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      value={text}
      placeholder={field.isOptional ? t('rules.field-none') : ''}
      inputMode={field.kind === 'number' ? 'decimal' : 'text'}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function helpOf(field: RuleField): string | undefined {
  const words = [fieldHelp(field.name), rangeOf(field)].filter((each) => each !== null);
  return words.length === 0 ? undefined : words.join(' ');
}

function rangeOf(field: RuleField): string | null {
  if (field.kind !== 'number' || field.most === null) return null;
  return t('rules.field-range', {
    least: (field.least ?? 0).toLocaleString('en-US'),
    most: field.most.toLocaleString('en-US'),
  });
}
