import type { Alert } from '../../shared/domain/alert.ts';
import { formatExact } from '../../shared/format/local-time.ts';
import { formatSource } from '../../shared/format/name.ts';
import { t } from '../../shared/messages/message.ts';
import { focusPart } from '../api/use-host-requests.ts';
import { useReadOnly } from '../api/use-read-only.ts';
import { MuteButton } from '../quiet/mute-button.tsx';
import { AlertDeliveries } from './alert-deliveries.tsx';
import classes from './alert-item.module.css';
import { AlertMoment } from './alert-moment.tsx';

type AlertDetailProps = {
  readonly alert: Alert;
  readonly onShow: (alert: Alert) => void;
  readonly onShowRule: (id: string) => void;
  readonly onOnlyRule: (id: string) => void;
};

/** The details of an opened alert: the minutes around it, and links. */
export function AlertDetail({ alert, onShow, onShowRule, onOnlyRule }: AlertDetailProps) {
  const { rule, severity, source, observedAt } = alert;
  const isReadOnly = useReadOnly();
  return (
    <div className={classes.detail}>
      <p>{[formatExact(observedAt), formatSource(source), t(`rule-choice.${severity}`)].join(' · ')}</p>
      <AlertMoment alert={alert} />
      {!isReadOnly && <AlertDeliveries alertId={alert.id} />}
      <div className={classes.actions}>
        <button
          type="button"
          onClick={() => {
            onShow(alert);
            focusPart('chart');
          }}
        >
          {t('alerts.go-to-chart')}
        </button>
        <button type="button" onClick={() => onShowRule(rule)}>
          {t('alerts.rule', { rule })}
        </button>
        <button type="button" onClick={() => onOnlyRule(rule)}>
          {t('alerts.only-rule')}
        </button>
        {!isReadOnly && (
          <>
            <MuteButton subject={{ coin: alert.coinId }} />
            <MuteButton subject={{ rule }} />
          </>
        )}
      </div>
    </div>
  );
}
