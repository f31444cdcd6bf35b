import { type AlertFilter, matchesFilter } from '../../shared/domain/alert-query.ts';
import type { LiveFeature } from '../api/live-updates.ts';
import { ALERTS_KEY, type AlertData, withAlert, withChanged } from './alert-query.ts';
import { UNREAD_KEY, type Unread, withNewAlert, withoutRead } from './unread-query.ts';

/** Prepends each new alert to the lists whose filter it matches, shows how it ended, and keeps what is unread. */
export const liveAlerts: LiveFeature = ({ queryClient, client, onDatabaseReady }) => {
  client.on('alert', (alert) => {
    for (const { queryKey } of queryClient.getQueryCache().findAll({ queryKey: ALERTS_KEY })) {
      const filter = (queryKey[ALERTS_KEY.length] ?? {}) as AlertFilter;
      if (!matchesFilter(alert, filter)) continue;
      queryClient.setQueryData<AlertData>(queryKey, (data) => data && withAlert(data, alert));
    }
    queryClient.setQueryData<Unread>(UNREAD_KEY, (unread) => unread && withNewAlert(unread, alert.id));
  });
  client.on('alerts-read', ({ alertIds }) => {
    queryClient.setQueryData<Unread>(UNREAD_KEY, (unread) => unread && withoutRead(unread, alertIds));
  });
  client.on('alert-resolved', (alert) => {
    queryClient.setQueriesData<AlertData>(
      { queryKey: ALERTS_KEY },
      (data) => data && withChanged(data, alert),
    );
  });
  onDatabaseReady(() => void queryClient.invalidateQueries({ queryKey: ALERTS_KEY }));
};
