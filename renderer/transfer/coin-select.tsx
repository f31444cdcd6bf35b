import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useSnapshot } from '../api/use-snapshot.ts';

const useCoins = (): readonly string[] =>
  useSnapshot(({ quotes }) => quotes.map(({ coinId }) => coinId).join(' '))?.split(' ') ?? [];

/** A coin of those that are watched, the first one at the beginning. */
export function useCoinChoice(): readonly [string, (coinId: string) => void] {
  const [first = ''] = useCoins();
  const [chosen, setChosen] = useState<string | null>(null);
  return [chosen ?? first, setChosen];
}

type CoinSelectProps = { readonly value: string; readonly onChange: (coinId: string) => void };

/** Chooses among the coins that are watched. */
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
