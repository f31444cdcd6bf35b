import { NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import { CoinPicker } from './coin-picker.tsx';
import { CurrencyInput } from './currency-input.tsx';
import type { SettingField } from './setting-fields.ts';

type SettingInputProps = {
  readonly field: SettingField;
  readonly value: string | readonly string[];
  readonly error: string | undefined;
  /** Why it cannot be changed, or null. */
  readonly locked: string | null;
  readonly onChange: (value: string | readonly string[]) => void;
};

/** The field for one setting. */
export function SettingInput({ field, value, error, locked, onChange }: SettingInputProps) {
  const shared = {
    label: field.label,
    description: locked ?? field.hint,
    error,
    disabled: locked !== null,
    'data-testid': `setting-${field.name}`,
  };
  if (field.kind === 'coins') return <CoinPicker {...shared} coins={[...value]} onChange={onChange} />;
  if (field.kind === 'list') {
    return (
      <TagsInput
        {...shared}
        value={[...value]}
        onChange={onChange}
        splitChars={[',', ' ']}
        acceptValueOnBlur
      />
    );
  }
  const text = typeof value === 'string' ? value : value.join(', ');
  if (field.kind === 'currency') return <CurrencyInput {...shared} value={text} onChange={onChange} />;
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
    return (
      <NativeSelect
        {...shared}
        data={[...field.choices]}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      value={text}
      placeholder={field.placeholder ?? ''}
      inputMode={field.kind === 'number' ? 'decimal' : 'text'}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
