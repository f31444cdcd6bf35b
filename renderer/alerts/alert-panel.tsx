import { useCallback, useMemo, useState } from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { AlertFilterFields } from './alert-filter.tsx';
import { AlertItem } from './alert-item.tsx';
import classes from './alert-panel.module.css';
import { AlertToolbar } from './alert-toolbar.tsx';
import { filterOf } from './filter-link.ts';
import { useAlertFilter } from './use-alert-filter.ts';
import { useAlerts } from './use-alerts.ts';
import { useUnread } from './use-unread.ts';

type AlertPanelProps = {
  readonly chosenId: string | null;
  readonly onShow: (alert: Alert) => void;
  readonly onShowRule: (id: string) => void;
};

/** The list of alerts, newest first, with its filter. */
export function AlertPanel({ chosenId, onShow, onShowRule }: AlertPanelProps) {
  const filterState = useAlertFilter();
  const { choice, change } = filterState;
  const filter = useMemo(() => filterOf(choice), [choice]);
  const isFiltered = Object.keys(choice).length > 0;
  const [isFilterShown, setFilterShown] = useState(isFiltered);
  const { data, error, failureReason, hasNextPage, isFetchingNextPage, fetchNextPage } = useAlerts(filter);
  const { unread, onSeen, markAll } = useUnread();
  const trouble = error ?? failureReason;
  const onOnlyRule = useCallback(
    (rule: string) => {
      change('rule', rule);
      setFilterShown(true);
    },
    [change],
  );
  return (
    <section className={classes.panel} aria-labelledby="alerts-heading" data-place="alerts" tabIndex={-1}>
      <AlertToolbar
        filter={filter}
        isFilterShown={isFilterShown}
        hasUnread={unread.size > 0}
        onToggleFilter={() => setFilterShown((before) => !before)}
        onMarkAll={markAll}
      />
      {isFilterShown && <AlertFilterFields {...filterState} />}
      {trouble !== null && (
        <p className={classes.trouble} role="status">
          {t(data === undefined ? 'alerts.unreadable' : 'alerts.older-unreadable', {
            reason: messageOf(trouble),
          })}
        </p>
      )}
      {data === undefined && trouble === null && (
        <p className={classes.empty} role="status">
          {t('page.loading')}
        </p>
      )}
      {data?.length === 0 &&
        (isFiltered ? <p className={classes.empty}>{t('alerts.no-match')}</p> : <NoAlerts />)}
      <ol aria-live="polite" aria-relevant="additions">
        {data?.map((alert) => (
          <li key={alert.id}>
            <AlertItem
              alert={alert}
              isChosen={alert.id === chosenId}
              isUnread={unread.has(alert.id)}
              onShow={onShow}
              onSeen={onSeen}
              onShowRule={onShowRule}
              onOnlyRule={onOnlyRule}
            />
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
