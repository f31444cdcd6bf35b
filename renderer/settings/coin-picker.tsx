import { Combobox, Input, ScrollArea, TextInput, useCombobox } from '@mantine/core';
import type { KeyboardEvent, ReactNode } from 'react';
import { t } from '../../shared/messages/message.ts';
import { ChosenCoins } from './chosen-coins.tsx';
import { withCoins } from './coin-order.ts';
import classes from './coin-picker.module.css';
import { useCoinSearch } from './use-coin-search.ts';

/** The text of the search field. Its state is outside of the picker, because it counts as an unsaved change. */
export type CoinSearchText = { readonly typed: string; readonly onType: (text: string) => void };

type CoinPickerProps = {
  readonly label: string;
  readonly description: string;
  readonly coins: readonly string[];
  readonly error: ReactNode;
  readonly search: CoinSearchText;
  readonly disabled: boolean;
  readonly onChange: (coins: readonly string[]) => void;
  readonly 'data-setting': string;
  readonly 'data-testid': string;
};

/** The watched coins in order, and a field that searches for more by name, symbol or id. */
export function CoinPicker({
  label,
  description,
  coins,
  error,
  search: { typed, onType },
  disabled,
  onChange,
  ...rest
}: CoinPickerProps) {
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const search = useCoinSearch(typed);
  const found = search.found?.filter(({ id }) => !coins.includes(id)) ?? [];

  const exact = search.found?.find(({ id }) => id === typed.trim().toLowerCase());

  const add = (ids: string): void => {
    onChange(withCoins(coins, ids));
    onType('');
    combobox.closeDropdown();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || typed.trim() === '') return;
    // The list handles an option that was selected with the arrow keys.
    if (combobox.dropdownOpened && combobox.getSelectedOptionIndex() >= 0) return;
    event.preventDefault();
    // An unknown text is added unchanged: it may be a valid id, and the monitor reports an error if it is not.
    add((exact ?? found[0])?.id ?? typed);
  };

  return (
    <Input.Wrapper label={label} description={description} error={error}>
      <ChosenCoins coins={coins} disabled={disabled} onChange={onChange} />
      <Combobox store={combobox} onOptionSubmit={add}>
        <Combobox.Target>
          <TextInput
            {...rest}
            aria-label={t('coins.add')}
            placeholder={t('coins.add-how')}
            value={typed}
            disabled={disabled}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => {
              onType(event.currentTarget.value);
              combobox.openDropdown();
              combobox.resetSelectedOption();
            }}
            onKeyDown={onKeyDown}
            onBlur={() => {
              combobox.closeDropdown();
              // An exact id is added without confirmation when the user goes straight to Save.
              if (exact !== undefined && !coins.includes(exact.id)) add(exact.id);
            }}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={search.found === undefined && search.error === null}>
          <Combobox.Options aria-label={t('coins.found')}>
            <ScrollArea.Autosize mah={220} type="scroll">
              {found.map(({ id, symbol, name, rank }) => (
                <Combobox.Option key={id} value={id} className={classes.found} data-testid="found-coin">
                  <span>
                    {name} <b>{symbol.toUpperCase()}</b>
                  </span>
                  <span className={classes.id}>
                    {id}
                    {rank !== null && ` · #${rank}`}
                  </span>
                </Combobox.Option>
              ))}
            </ScrollArea.Autosize>
            {found.length === 0 && (
              <Combobox.Empty>
                {search.error ?? t(search.found?.length ? 'coins.added' : 'coins.unknown')}
              </Combobox.Empty>
            )}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
    </Input.Wrapper>
  );
}
