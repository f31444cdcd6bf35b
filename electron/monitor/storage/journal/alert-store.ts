import type { DatabaseSync } from 'node:sqlite';
import type { Alert } from '../../../../shared/domain.ts';
import type { AlertQuery, AlertRange } from '../storage.ts';

/** So many alerts stay readable while the database is away. */
const KEEP = 500;

/** The journal's table of alerts: what was not told yet, and the newest for when the database is away. */
export type AlertStore = {
  /** Within the caller's transaction. An alert that is there already stays as it is. */
  insert(alerts: readonly Alert[]): void;
  untold(): readonly Alert[];
  markTold(ids: readonly string[]): void;
  /** Newest first, by time and id. */
  newest(query: AlertQuery): readonly Alert[];
  /** Oldest first. */
  within(range: AlertRange): readonly Alert[];
  /** Drops all but the newest; what is untold stays. */
  purge(): void;
};

export function createAlertStore(database: DatabaseSync): AlertStore {
  const insert = database.prepare('insert or ignore into alerts (id, observed_at, alert) values (?, ?, ?)');
  const selectUntold = database.prepare('select alert from alerts where told = 0 order by observed_at, id');
  const tell = database.prepare('update alerts set told = 1 where id in (select value from json_each(?))');
  const selectNewest = database.prepare(
    `select alert from alerts where (observed_at, id) < (?, ?) order by observed_at desc, id desc limit ?`,
  );
  const selectAll = database.prepare('select alert from alerts order by observed_at desc, id desc limit ?');
  const selectWithin = database.prepare(
    'select alert from alerts where observed_at >= ? and observed_at < ? order by observed_at, id',
  );
  const deleteOld = database.prepare(
    `delete from alerts where told = 1
       and id not in (select id from alerts order by observed_at desc, id desc limit ${KEEP})`,
  );
  const parse = (row: Record<string, unknown>): Alert => JSON.parse(String(row.alert)) as Alert;

  return {
    insert(alerts) {
      for (const alert of alerts) insert.run(alert.id, alert.observedAt, JSON.stringify(alert));
    },
    untold: () => selectUntold.all().map(parse),
    markTold(ids) {
      tell.run(JSON.stringify(ids));
    },
    newest({ limit, before }) {
      const rows =
        before === undefined ? selectAll.all(limit) : selectNewest.all(before.observedAt, before.id, limit);
      return rows.map(parse);
    },
    within({ coinId, vsCurrency, from, to }) {
      const alerts = selectWithin.all(from, to).map(parse);
      return alerts.filter((alert) => alert.coinId === coinId && alert.vsCurrency === vsCurrency);
    },
    purge() {
      deleteOld.run();
    },
  };
}
