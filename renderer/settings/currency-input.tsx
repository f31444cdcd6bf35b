import { Autocomplete } from '@mantine/core';
import type { ReactNode } from 'react';
import { fieldErrorText } from '../parts/field-error-text.ts';
import { currencyFault } from './settings-draft.ts';
import { useCurrencies } from './use-currencies.ts';

type CurrencyInputProps = {
  readonly label: string;
  readonly description: string;
  readonly value: string;
  readonly error: ReactNode;
  readonly disabled: boolean;
  readonly onChange: (code: string) => void;
  readonly 'data-setting': string;
  readonly 'data-testid': string;
};

/** The input for a quote currency that the provider supports. While the list is unknown, any code can be entered. */
export function CurrencyInput(props: CurrencyInputProps) {
  const codes = useCurrencies();
  const fault = currencyFault(props.value, codes);
  return (
    <Autocomplete
      {...props}
      error={props.error ?? (fault && fieldErrorText(fault))}
      data={[...codes]}
      limit={100}
      maxDropdownHeight={220}
      spellCheck={false}
      autoComplete="off"
    />
  );
}
