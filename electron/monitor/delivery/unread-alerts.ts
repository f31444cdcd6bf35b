import type { DatabaseSync } from 'node:sqlite';
import type { Alert } from '../../../shared/domain/alert.ts';

/** How many of the newest alerts can be unread; older ones count as read. */
const MAX_UNREAD = 500;

/** The unread alerts, stored beside the log. */
export type UnreadAlerts = {
  /** Within the caller's transaction. */
  add(alerts: readonly Alert[]): void;
  /** Newest first. */
  ids(): readonly string[];
  /** Marks these as read, or all (null). Those that are already read stay so. */
  markRead(alertIds: readonly string[] | null): void;
  purge(): void;
};

// Beside the schema of the log: an older version of the program ignores this table, and a newer one does not depend on it.
const CREATE = `
  create table if not exists unread_alerts (
    id text primary key,
    observed_at integer not null
  ) strict`;

export function createUnreadAlerts(database: DatabaseSync): UnreadAlerts {
  database.exec(CREATE);
  const insert = database.prepare('insert or ignore into unread_alerts (id, observed_at) values (?, ?)');
  const select = database.prepare(
    `select id from unread_alerts order by observed_at desc, id desc limit ${MAX_UNREAD}`,
  );
  const deleteAll = database.prepare('delete from unread_alerts');
  const deleteSome = database.prepare(
    'delete from unread_alerts where id in (select value from json_each(?))',
  );
  const deleteOld = database.prepare(
    `delete from unread_alerts
     where id not in (select id from unread_alerts order by observed_at desc, id desc limit ${MAX_UNREAD})`,
  );
  return {
    add(alerts) {
      for (const { id, observedAt } of alerts) insert.run(id, observedAt);
    },
    ids: () => select.all().map(({ id }) => String(id)),
    markRead(alertIds) {
      if (alertIds === null) deleteAll.run();
      else deleteSome.run(JSON.stringify(alertIds));
    },
    purge: () => void deleteOld.run(),
  };
}
