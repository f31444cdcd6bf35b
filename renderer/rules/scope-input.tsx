import { NativeSelect, TagsInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { t } from '../../shared/messages/message.ts';
import { fieldHelp, fieldLabel } from './model/rule-words.ts';

type ScopeInputProps = {
  /** Null for all watched coins. */
  readonly coins: readonly string[] | null;
  readonly watched: readonly string[];
  readonly error: ReactNode;
  readonly onChange: (coins: readonly string[] | null) => void;
};

/** The coins that a rule is for. */
export function ScopeInput({ coins, watched, error, onChange }: ScopeInputProps) {
  return (
    <>
      <NativeSelect
        label={fieldLabel('scope')}
        description={fieldHelp('scope')}
        data={[
          { value: 'all', label: t('rules.scope-all') },
          { value: 'some', label: t('rules.scope-some') },
        ]}
        value={coins === null ? 'all' : 'some'}
        data-testid="rule-scope"
        onChange={(event) => onChange(event.currentTarget.value === 'all' ? null : watched.slice(0, 1))}
      />
      {coins !== null && (
        <TagsInput
          label={t('rules.coin-ids')}
          value={[...coins]}
          data={[...watched]}
          error={error}
          splitChars={[',', ' ']}
          acceptValueOnBlur
          maxDropdownHeight={200}
          data-field="scope"
          data-testid="rule-coins"
          onChange={onChange}
        />
      )}
    </>
  );
}
