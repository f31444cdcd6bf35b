import { memo, useRef } from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import { alertMessage } from '../../shared/domain/alert-message.ts';
import { formatExact } from '../../shared/format/local-time.ts';
import { formatCoinName } from '../../shared/format/name.ts';
import { formatPrice } from '../../shared/format/price.ts';
import { t, text } from '../../shared/messages/message.ts';
import { Change } from '../quotes/change.tsx';
import { AlertDetail } from './alert-detail.tsx';
import { endTexts, figureTexts, inhibitorTexts } from './alert-figures.ts';
import classes from './alert-item.module.css';
import { useSeen } from './use-seen.ts';

export type AlertItemProps = {
  readonly alert: Alert;
  /** How long ago it was, as text. */
  readonly age: string;
  readonly isChosen: boolean;
  readonly isUnread: boolean;
  readonly onShow: (alert: Alert) => void;
  readonly onSeen: (id: string) => void;
  readonly onShowRule: (id: string) => void;
  readonly onOnlyRule: (id: string) => void;
};

/** One alert. Choosing it shows its details below it, and the chart at its time. */
export const AlertItem = memo(function AlertItem(props: AlertItemProps) {
  const { alert, age, isChosen, isUnread, onShow, onSeen, onShowRule, onOnlyRule } = props;
  const button = useRef<HTMLButtonElement>(null);
  useSeen(button, isUnread, () => onSeen(alert.id));
  const { changePct } = alert.figures;
  return (
    <>
      <button
        ref={button}
        type="button"
        className={classes.item}
        data-testid="alert-item"
        data-unread={isUnread || undefined}
        aria-pressed={isChosen}
        onClick={() => {
          if (isUnread) onSeen(alert.id);
          onShow(alert);
        }}
      >
        <span className={classes.head}>
          <strong>{formatCoinName(alert.coinId)}</strong>
          {changePct !== undefined && <Change pct={changePct} />}
          {isUnread && <span className={classes.unread}>{t('alerts.unread')}</span>}
          <time dateTime={new Date(alert.observedAt).toISOString()} title={formatExact(alert.observedAt)}>
            {t('quotes.ago', { age })}
          </time>
        </span>
        <span className={classes.message}>{text(alertMessage(alert))}</span>
        <span className={classes.figures}>
          {[
            t('alerts.price', { price: formatPrice(alert.price, alert.vsCurrency) }),
            ...figureTexts(alert),
            ...inhibitorTexts(alert),
            ...endTexts(alert),
          ].map((figure) => (
            <span key={figure}>{figure}</span>
          ))}
        </span>
      </button>
      {isChosen && (
        <AlertDetail alert={alert} onShowRule={onShowRule} onOnlyRule={onOnlyRule} onShow={onShow} />
      )}
    </>
  );
});
