import type { LiveFeature } from '../api/live-updates.ts';
import { ALERTS_KEY, type AlertData, withAlert, withChanged } from './alert-query.ts';

/** Prepends each new alert to the list, and shows how it ended. */
export const liveAlerts: LiveFeature = ({ queryClient, client, onDatabaseReady }) => {
  client.on('alert', (alert) => {
    queryClient.setQueryData<AlertData>(ALERTS_KEY, (data) => data && withAlert(data, alert));
  });
  client.on('alert-resolved', (alert) => {
    queryClient.setQueryData<AlertData>(ALERTS_KEY, (data) => data && withChanged(data, alert));
  });
  onDatabaseReady(() => void queryClient.invalidateQueries({ queryKey: ALERTS_KEY }));
};
