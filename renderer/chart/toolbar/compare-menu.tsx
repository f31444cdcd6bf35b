import { formatCoinName } from '../../../shared/format/name.ts';
import { t } from '../../../shared/messages/message.ts';
import { useSnapshot } from '../../api/use-snapshot.ts';
import type { SettingsOfChart } from '../model/chart-settings.ts';
import { MenuButton } from './menu-button.tsx';
import classes from './toolbar.module.css';

const MAX_COMPARED = 4;

/** A choice of coins to draw over the chart's own, in per cent since the left edge, or as a ratio. */
export function CompareMenu({ settings, change, coinId }: SettingsOfChart & { readonly coinId: string }) {
  const coins = useSnapshot(({ quotes }) => quotes.map((quote) => quote.coinId).join('\n')) ?? '';
  const others = coins.split('\n').filter((one) => one !== coinId && one !== '');
  const { compared, isRatio } = settings;
  const toggle = (coin: string, isOn: boolean): void =>
    change({ compared: isOn ? [...compared, coin] : compared.filter((one) => one !== coin) });
  return (
    <MenuButton label={t('compare.title')} count={compared.filter((coin) => others.includes(coin)).length}>
      <fieldset>
        <legend>{t('compare.beside', { coin: formatCoinName(coinId) })}</legend>
        {others.map((coin) => {
          const isOn = compared.includes(coin);
          return (
            <label key={coin}>
              <input
                type="checkbox"
                checked={isOn}
                disabled={!isOn && compared.length >= MAX_COMPARED}
                onChange={({ currentTarget }) => toggle(coin, currentTarget.checked)}
              />
              {formatCoinName(coin)}
            </label>
          );
        })}
      </fieldset>
      {others.length === 0 && <p className={classes.hint}>{t('compare.none')}</p>}
      <label>
        <input
          type="checkbox"
          checked={isRatio}
          disabled={compared.length !== 1}
          onChange={({ currentTarget }) => change({ isRatio: currentTarget.checked })}
        />
        {t('compare.ratio')}
      </label>
    </MenuButton>
  );
}
