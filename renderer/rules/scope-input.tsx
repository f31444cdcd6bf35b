import { NativeSelect, TagsInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Rule } from '../../shared/domain/rule.ts';
import { t } from '../../shared/messages/message.ts';
import type { Watchlist } from '../../shared/settings/watchlists.ts';
import { fieldHelp, fieldLabel } from './model/rule-names.ts';

type ScopeInputProps = {
  readonly scope: Rule['scope'];
  readonly watched: readonly string[];
  readonly watchlists: readonly Watchlist[];
  readonly error: ReactNode;
  readonly onChange: (scope: Rule['scope']) => void;
};

/** The prefix of the value for a watchlist. */
const LIST = 'list:';

/** The input for the coins of a rule: all, some, or those of a watchlist. */
export function ScopeInput({ scope, watched, watchlists, error, onChange }: ScopeInputProps) {
  const list = scope !== 'all' && 'watchlist' in scope ? scope.watchlist : null;
  const coins = scope !== 'all' && !('watchlist' in scope) ? scope : null;
  const lists = [...new Set([...watchlists.map(({ id }) => id), ...(list === null ? [] : [list])])];
  const choose = (choice: string): void => {
    if (choice.startsWith(LIST)) onChange({ watchlist: choice.slice(LIST.length) });
    else onChange(choice === 'all' ? 'all' : watched.slice(0, 1));
  };
  return (
    <>
      <NativeSelect
        label={fieldLabel('scope')}
        description={fieldHelp('scope')}
        error={coins === null ? error : undefined}
        data={[
          { value: 'all', label: t('rules.scope-all') },
          { value: 'some', label: t('rules.scope-some') },
          ...lists.map((id) => ({
            value: `${LIST}${id}`,
            label: t('rules.scope-watchlist', { watchlist: id }),
          })),
        ]}
        value={list === null ? (coins === null ? 'all' : 'some') : `${LIST}${list}`}
        data-field={coins === null ? 'scope' : undefined}
        data-testid="rule-scope"
        onChange={(event) => choose(event.currentTarget.value)}
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
