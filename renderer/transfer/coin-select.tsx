import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useSnapshot } from '../api/use-snapshot.ts';

const useCoins = (): readonly string[] =>
  useSnapshot(({ quotes }) => quotes.map(({ coinId }) => coinId).join(' '))?.split(' ') ?? [];

/** The state of a choice of a watched coin, initially the first one. */
export function useCoinChoice(): readonly [string, (coinId: string) => void] {
  const [first = ''] = useCoins();
  const [chosen, setChosen] = useState<string | null>(null);
  return [chosen ?? first, setChosen];
}

type CoinSelectProps = { readonly value: string; readonly onChange: (coinId: string) => void };

/** A choice of the watched coins. */
export function CoinSelect({ value, onChange }: CoinSelectProps) {
  const coins = useCoins();
  return (
    <NativeSelect
      label={t('transfer.coin')}
      data={coins.map((coinId) => ({ value: coinId, label: formatCoinName(coinId) }))}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
