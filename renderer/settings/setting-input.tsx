import { NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { EXCHANGES } from '../../shared/settings/settings.ts';
import { CoinPicker, type CoinSearchText } from './coin-picker.tsx';
import { CurrencyInput } from './currency-input.tsx';
import type { SettingField } from './setting-fields.ts';

type SettingInputProps = {
  readonly field: SettingField;
  readonly value: string | readonly string[];
  readonly error: ReactNode;
  /** Why the setting cannot be changed, or null. */
  readonly locked: string | null;
  /** The chosen coins, for a field with one of them. */
  readonly coins: readonly string[];
  /** The text of the search field for coins. */
  readonly search: CoinSearchText;
  readonly onChange: (value: string | readonly string[]) => void;
};

/** The field for one setting. */
export function SettingInput({ field, value, error, locked, coins, search, onChange }: SettingInputProps) {
  const shared = {
    label: t(`field.${field.name}`),
    description: locked ?? t(`field.${field.name}.hint`),
    error,
    disabled: locked !== null,
    'data-setting': field.name,
    'data-testid': `setting-${field.name}`,
  };
  if (field.kind === 'coins') {
    return <CoinPicker {...shared} coins={[...value]} search={search} onChange={onChange} />;
  }
  if (field.kind === 'list') {
    return (
      <TagsInput
        {...shared}
        value={[...value]}
        onChange={onChange}
        data={[...EXCHANGES]}
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
  if (field.kind === 'coin') {
    const options = [...new Set([...coins, ...(text === '' ? [] : [text])])];
    return (
      <NativeSelect
        {...shared}
        data={[
          { value: '', label: t('settings.none') },
          ...options.map((id) => ({ value: id, label: formatCoinName(id) })),
        ]}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
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
      placeholder={field.empty === undefined ? '' : t(field.empty)}
      inputMode={field.kind === 'number' ? 'decimal' : 'text'}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
