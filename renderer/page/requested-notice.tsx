import { Button, CloseButton } from '@mantine/core';
import { formatCoinName } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { useReadOnly } from '../api/use-read-only.ts';
import type { RequestedChart } from '../chart/use-chart-choice.ts';
import classes from './notices.module.css';

type AskedNoticeProps = {
  readonly requested: RequestedChart;
  /** The watched coins. */
  readonly coins: readonly string[];
  /** The coin that is shown instead. */
  readonly shownId: string;
  readonly onOpenSettings: () => void;
  readonly onDismiss: () => void;
};

/** A notice that a link or an alert has requested a chart that cannot be shown, and what can be done; empty if it is shown. */
export function RequestedNotice({ requested, coins, shownId, onOpenSettings, onDismiss }: AskedNoticeProps) {
  const isReadOnly = useReadOnly();
  const coinId = requested === 'none' ? null : requested.coinId;
  if (coinId !== null && coins.includes(coinId)) return null;
  return (
    <div className={classes.notice} data-testid="requested-notice">
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
