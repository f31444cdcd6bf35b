import { type AlertFilter, matchesFilter } from '../../shared/domain/alert-query.ts';
import { invalidate } from '../api/invalidate.ts';
import type { LiveFeature } from '../api/live-updates.ts';
import { createPatches } from '../api/patches.ts';
import { ALERTS_KEY, type AlertData, withAlert, withChanged } from './alert-pages.ts';
import { UNREAD_KEY, type Unread, withNewAlert, withoutRead } from './unread-query.ts';

/** Adds each new alert to the lists whose filter it matches, shows how it ended, and keeps the unread alerts current. */
export const liveAlerts: LiveFeature = ({ queryClient, client, onDatabaseReady }) => {
  const patch = createPatches(queryClient);
  client.on('alert', (alert) => {
    patch<AlertData>(ALERTS_KEY, (data, queryKey) => {
      const filter = (queryKey[ALERTS_KEY.length] ?? {}) as AlertFilter;
      return matchesFilter(alert, filter) ? withAlert(data, alert) : data;
    });
    patch<Unread>(UNREAD_KEY, (unread) => withNewAlert(unread, alert.id));
  });
  client.on('alerts-read', ({ alertIds }) => {
    patch<Unread>(UNREAD_KEY, (unread) => withoutRead(unread, alertIds));
  });
  client.on('alert-resolved', (alert) => patch<AlertData>(ALERTS_KEY, (data) => withChanged(data, alert)));
  onDatabaseReady(() => invalidate(queryClient, ALERTS_KEY));
};
