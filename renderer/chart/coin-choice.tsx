import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import classes from './chart-panel.module.css';

type CoinChoiceProps = { readonly coinId: string; readonly onChoose: (coinId: string) => void };

/** A choice of the watched coins. */
export function CoinChoice({ coinId, onChoose }: CoinChoiceProps) {
  const known =
    useSnapshot(({ quotes }) => quotes.map((quote) => quote.coinId).join('\n'))?.split('\n') ?? [];
  const coins = known.includes(coinId) ? known : [coinId, ...known];
  return (
    <select
      className={classes.coin}
      aria-label={t('chart.coin')}
      value={coinId}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
    >
      {coins.map((coin) => (
        <option key={coin} value={coin}>
          {formatCoinName(coin)}
        </option>
      ))}
    </select>
  );
}
