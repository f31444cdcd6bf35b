import type { Alert } from '../../shared/domain/alert.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
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
      <h2 id="alerts-heading">Alerts</h2>
      {trouble !== null && (
        <p className={classes.trouble} role="status">
          {alerts === undefined
            ? 'Alerts cannot be read right now: '
            : 'Older alerts cannot be read right now: '}
          {textOfError(trouble)}
        </p>
      )}
      {alerts === undefined && trouble === null && (
        <p className={classes.empty} role="status">
          Loading…
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
          {isFetchingNextPage ? 'Loading…' : 'Load older'}
        </button>
      )}
    </section>
  );
}

function NoAlerts() {
  const rule = useSnapshot((snapshot) => snapshot.alertRule);
  return (
    <p className={classes.empty}>
      No alerts yet.
      {rule !== undefined &&
        ` One is raised when a price moves more than ${rule.thresholdPct} % from its ${rule.windowMinutes}-minute average.`}
    </p>
  );
}
