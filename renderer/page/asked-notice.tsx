import { Button, CloseButton } from '@mantine/core';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useReadOnly } from '../api/use-read-only.ts';
import type { AskedChart } from '../chart/use-chart-choice.ts';
import classes from './notices.module.css';

type AskedNoticeProps = {
  readonly asked: AskedChart;
  /** Those that are followed. */
  readonly coins: readonly string[];
  /** The coin that is shown instead. */
  readonly shownId: string;
  readonly onOpenSettings: () => void;
  readonly onDismiss: () => void;
};

/** Says that a link or an alert has asked for a chart that cannot be shown, and what can be done; nothing if it is shown. */
export function AskedNotice({ asked, coins, shownId, onOpenSettings, onDismiss }: AskedNoticeProps) {
  const isReadOnly = useReadOnly();
  const coinId = asked === 'none' ? null : asked.coinId;
  if (coinId !== null && coins.includes(coinId)) return null;
  return (
    <div className={classes.notice} data-testid="asked-notice">
      <p>
        {coinId === null
          ? t('page.no-chart')
          : t('page.not-followed', {
              coin: formatCoinName(coinId),
              shown: formatCoinName(shownId),
              isReadOnly,
            })}
      </p>
      {coinId !== null && !isReadOnly && (
        <Button size="compact-sm" variant="default" onClick={onOpenSettings}>
          {t('settings.title')}
        </Button>
      )}
      <CloseButton size="sm" aria-label={t('page.dismiss')} onClick={onDismiss} />
    </div>
  );
}
