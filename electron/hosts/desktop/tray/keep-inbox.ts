import { procedures } from '../../../../shared/contract/procedures.ts';
import type { Monitor } from '../../../monitor/monitor.ts';
import { type AlertInbox, withAlerts, withoutUnreadIds, withUnread, withUnreadIds } from './alert-inbox.ts';

type KeepInboxParts = {
  readonly monitor: Pick<Monitor, 'dispatch' | 'subscribe'>;
  readonly update: (update: (current: AlertInbox) => AlertInbox) => void;
  /** Whether a new alert changes the icon until the user opens the window. */
  readonly isUnnoticed: () => boolean;
};

/** Keeps the inbox up to date: with stored alerts, new alerts, and those read on any page. Returns a function that stops this. */
export function keepInbox({ monitor, update, isUnnoticed }: KeepInboxParts): () => void {
  const unsubscribe = monitor.subscribe(({ event, payload }) => {
    if (event === 'alert') {
      update((inbox) => withUnreadIds(withAlerts(inbox, [payload]), [payload.id]));
      if (isUnnoticed()) update(withUnread);
    }
    if (event === 'alerts-read') update((inbox) => withoutUnreadIds(inbox, payload.alertIds));
  });
  void readStored({ monitor, update });
  return unsubscribe;
}

/** Reads the stored alerts. If the database is unavailable, the list starts with the next alert. */
async function readStored({ monitor, update }: Omit<KeepInboxParts, 'isUnnoticed'>): Promise<void> {
  const recent = await monitor.dispatch({ id: 0, procedure: 'alerts', input: { limit: 3 } });
  if (!recent.ok) return;
  const { alerts } = procedures.alerts.output.parse(recent.output);
  update((inbox) => withAlerts(inbox, alerts));
  const unread = await monitor.dispatch({ id: 0, procedure: 'alerts.unread', input: {} });
  if (!unread.ok) return;
  const { alertIds } = procedures['alerts.unread'].output.parse(unread.output);
  update((inbox) => withUnreadIds(inbox, alertIds));
}
