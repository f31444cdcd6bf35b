import type { ReactNode } from 'react';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { EXCHANGES } from '../../shared/settings/settings.ts';
import { FieldInput } from '../parts/field-input.tsx';
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

/** The input for one setting. */
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
  const text = typeof value === 'string' ? value : value.join(', ');
  if (field.kind === 'currency') return <CurrencyInput {...shared} value={text} onChange={onChange} />;
  return (
    <FieldInput
      {...shared}
      kind={field.kind === 'coin' ? 'choice' : field.kind}
      value={value}
      choices={choicesOf(field, text, coins)}
      placeholder={'empty' in field && field.empty !== undefined ? t(field.empty) : ''}
      onChange={onChange}
    />
  );
}

function choicesOf(field: SettingField, chosen: string, coins: readonly string[]) {
  if (field.kind === 'list') return EXCHANGES;
  if (field.kind === 'choice') return field.choices;
  if (field.kind !== 'coin') return [];
  const ids = [...new Set([...coins, ...(chosen === '' ? [] : [chosen])])];
  return [
    ...(field.optional ? [{ value: '', label: t('settings.none') }] : []),
    ...ids.map((id) => ({ value: id, label: formatCoinName(id) })),
  ];
}
