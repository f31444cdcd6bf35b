import type { DatabaseSync } from 'node:sqlite';
import { isResolvedEvent } from '../../../shared/domain/alert.ts';
import type { Clock } from '../time/clock.ts';
import { type AlertStore, type AlertStoreOptions, createAlertStore } from './alert-store.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { createUnreadAlerts, type UnreadAlerts } from './unread-alerts.ts';

/** The log file's tables of alerts and of their deliveries. */
export type AlertTables = AlertStore & {
  readonly outbox: Outbox;
  readonly unread: UnreadAlerts;
};

export type AlertTablesOptions = Omit<AlertStoreOptions, 'now'> & { readonly clock: Clock };

export function openAlertTables(
  database: DatabaseSync,
  { clock, log, onDamage }: AlertTablesOptions,
): AlertTables {
  const store = createAlertStore(database, { log, onDamage, now: clock.now });
  const outbox = createOutbox(database, { alerts: store, clock, log });
  const unread = createUnreadAlerts(database);
  return {
    ...store,
    outbox,
    unread,
    /** Within the transaction that appends the alerts' batch, which also writes the deliveries that were noted for them. */
    insert(alerts) {
      const added = store.insert(alerts);
      unread.add(added.filter((alert) => !isResolvedEvent(alert)));
      outbox.writeDeliveriesOf(alerts);
      return added;
    },
    purge() {
      const hasMore = store.purge();
      if (!hasMore) unread.purge();
      return hasMore;
    },
  };
}
