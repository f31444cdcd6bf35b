import type { Alert } from '../../shared/domain/alert.ts';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { AlertItem } from './alert-item.tsx';
import classes from './alert-panel.module.css';
import { useAlerts } from './use-alerts.ts';

type AlertPanelProps = { readonly chosenId: string | null; readonly onShow: (alert: Alert) => void };

/** The list of alerts, newest first. */
export function AlertPanel({ chosenId, onShow }: AlertPanelProps) {
  const { data: alerts, error, failureReason, hasNextPage, isFetchingNextPage, fetchNextPage } = useAlerts();
  const trouble = error ?? failureReason;
  return (
    <section className={classes.panel} aria-labelledby="alerts-heading" data-place="alerts" tabIndex={-1}>
      <h2 id="alerts-heading">{t('alerts.title')}</h2>
      {trouble !== null && (
        <p className={classes.trouble} role="status">
          {t(alerts === undefined ? 'alerts.unreadable' : 'alerts.older-unreadable', {
            reason: messageOf(trouble),
          })}
        </p>
      )}
      {alerts === undefined && trouble === null && (
        <p className={classes.empty} role="status">
          {t('page.loading')}
        </p>
      )}
      {alerts?.length === 0 && <NoAlerts />}
      <ol aria-live="polite" aria-relevant="additions">
        {alerts?.map((alert) => (
          <li key={alert.id}>
            <AlertItem alert={alert} isChosen={alert.id === chosenId} onShow={onShow} />
          </li>
        ))}
      </ol>
      {hasNextPage && (
        <button
          type="button"
          className={classes.more}
          disabled={isFetchingNextPage}
          onClick={() => fetchNextPage()}
        >
          {t(isFetchingNextPage ? 'page.loading' : 'alerts.load-older')}
        </button>
      )}
    </section>
  );
}

function NoAlerts() {
  const rule = useSnapshot((snapshot) => snapshot.alertRule);
  return (
    <p className={classes.empty}>
      {t('alerts.none')}
      {rule !== undefined && ` ${t('alerts.none-why', rule)}`}
    </p>
  );
}
