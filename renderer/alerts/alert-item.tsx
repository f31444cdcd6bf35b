import { memo } from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import { alertMessage } from '../../shared/domain/alert-message.ts';
import { formatAge } from '../../shared/format/age.ts';
import { formatExact } from '../../shared/format/local-time.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { formatPrice } from '../../shared/format/price.ts';
import { t, text } from '../../shared/messages/message.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import { Change } from '../quotes/change.tsx';
import { endTexts, figureTexts } from './alert-figures.ts';
import classes from './alert-item.module.css';

type AlertItemProps = {
  readonly alert: Alert;
  readonly isChosen: boolean;
  readonly onShow: (alert: Alert) => void;
};

/** One alert. Choosing it shows the chart at its time. */
export const AlertItem = memo(function AlertItem({ alert, isChosen, onShow }: AlertItemProps) {
  const age = useMonitorTime((now) => formatAge(now - alert.observedAt));
  const { changePct } = alert.figures;
  return (
    <button
      type="button"
      className={classes.item}
      data-testid="alert-item"
      aria-pressed={isChosen}
      onClick={() => onShow(alert)}
    >
      <span className={classes.head}>
        <strong>{formatCoinName(alert.coinId)}</strong>
        {changePct !== undefined && <Change pct={changePct} />}
        <time dateTime={new Date(alert.observedAt).toISOString()} title={formatExact(alert.observedAt)}>
          {t('quotes.ago', { age })}
        </time>
      </span>
      <span className={classes.message}>{text(alertMessage(alert))}</span>
      <span className={classes.figures}>
        {[
          t('alerts.price', { price: formatPrice(alert.price, alert.vsCurrency) }),
          ...figureTexts(alert),
          ...endTexts(alert),
        ].map((figure) => (
          <span key={figure}>{figure}</span>
        ))}
      </span>
    </button>
  );
});
