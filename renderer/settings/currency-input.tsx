import { Autocomplete } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useMonitor } from '../api/monitor-context.ts';

type CurrencyInputProps = {
  readonly label: string;
  readonly description: string;
  readonly value: string;
  readonly error: ReactNode;
  readonly disabled: boolean;
  readonly onChange: (code: string) => void;
  readonly 'data-testid': string;
};

/** A quote currency, from those that the provider has. Any code can be typed while they are not known. */
export function CurrencyInput(props: CurrencyInputProps) {
  const { client } = useMonitor();
  const { data: codes = [] } = useQuery({
    queryKey: ['currencies'],
    queryFn: () => client.call('currencies', {}),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const isUnknown =
    codes.length > 0 && props.value !== '' && !codes.includes(props.value.trim().toLowerCase());
  return (
    <Autocomplete
      {...props}
      error={props.error ?? (isUnknown ? 'CoinGecko has no prices in this currency.' : undefined)}
      data={[...codes]}
      limit={100}
      maxDropdownHeight={220}
      spellCheck={false}
      autoComplete="off"
    />
  );
}
