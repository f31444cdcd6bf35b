import { useCallback, useMemo, useRef, useState } from 'react';
import type { Alert } from '../../shared/domain/alert.ts';
import { t } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { AlertAnnouncement } from './alert-announcement.tsx';
import { AlertPageRows } from './alert-chunk.tsx';
import { AlertFilterFields } from './alert-filter.tsx';
import classes from './alert-panel.module.css';
import { AlertToolbar } from './alert-toolbar.tsx';
import { filterOf } from './filter-link.ts';
import { useAlertFilter } from './use-alert-filter.ts';
import { useAlerts } from './use-alerts.ts';
import { useChosenLoaded } from './use-chosen-loaded.ts';
import { useUnread } from './use-unread.ts';

type AlertPanelProps = {
  /** Shown with its details, and scrolled to if it was chosen elsewhere. */
  readonly chosen: Alert | null;
  readonly onShow: (alert: Alert) => void;
  readonly onShowRule: (id: string) => void;
};

/** The list of alerts, newest first, with its filter. */
export function AlertPanel({ chosen, onShow, onShowRule }: AlertPanelProps) {
  const filterState = useAlertFilter();
  const { choice, change } = filterState;
  const filter = useMemo(() => filterOf(choice), [choice]);
  const isFiltered = Object.keys(choice).length > 0;
  const [isFilterShown, setFilterShown] = useState(isFiltered);
  const alerts = useAlerts(filter);
  const { data, error, failureReason, hasNextPage, isFetchingNextPage, fetchNextPage } = alerts;
  useChosenLoaded(chosen, alerts);
  const { hasUnread, onSeen, markAll } = useUnread();
  const trouble = error ?? failureReason;
  const scroller = useRef<HTMLElement>(null);
  const revealed = useRef<string | null>(null);
  const isEmpty = data?.pages.every((page) => page.alerts.length === 0) ?? false;
  const onOnlyRule = useCallback(
    (rule: string) => {
      change('rule', rule);
      setFilterShown(true);
    },
    [change],
  );
  const actions = useMemo(
    () => ({ onShow, onSeen, onShowRule, onOnlyRule }),
    [onShow, onSeen, onShowRule, onOnlyRule],
  );
  return (
    <section
      ref={scroller}
      className={classes.panel}
      aria-labelledby="alerts-heading"
      data-place="alerts"
      tabIndex={-1}
    >
      <AlertToolbar
        filter={filter}
        isFilterShown={isFilterShown}
        hasUnread={hasUnread}
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
      {isEmpty && (isFiltered ? <p className={classes.empty}>{t('alerts.no-match')}</p> : <NoAlerts />)}
      <AlertAnnouncement />
      {data?.pages.map((page, index) => (
        <AlertPageRows
          key={data.pages[index - 1]?.next?.id ?? 'newest'}
          page={page}
          isFirst={index === 0}
          chosenId={chosen?.id ?? null}
          revealed={revealed}
          actions={actions}
          scroller={scroller}
        />
      ))}
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
