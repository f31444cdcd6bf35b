import type { DatabaseSync } from 'node:sqlite';
import type { Alert } from '../../../shared/domain/alert.ts';
import { storedAlertSchema } from '../../../shared/domain/stored-alert.ts';
import { inTransaction } from '../log/in-transaction.ts';
import type { Logger } from '../logging/logger.ts';
import type { AlertQuery, AlertRange } from '../store/reads/queries.ts';

/** So many alerts stay readable while the database is away. */
const KEEP = 500;

/** The journal's table of alerts: what was not delivered yet, and the newest for when the database is away. */
export type AlertStore = {
  /**
   * Within the caller's transaction. An alert that is there already stays as it is. What was delivered and could not be
   * marked so is marked in the same transaction.
   */
  insert(alerts: readonly Alert[]): void;
  undelivered(): readonly Alert[];
  /**
   * Notes that alerts were delivered, also such as are not in the journal yet: those are marked when they come. Never
   * throws; what cannot be marked now is marked with the next fetch that is accepted, or the next call.
   */
  markDelivered(ids: readonly string[]): void;
  /** Newest first, by time and id. */
  newest(query: AlertQuery): readonly Alert[];
  /** Oldest first. */
  within(range: AlertRange): readonly Alert[];
  /** Drops all but the newest; what is undelivered stays. */
  purge(): void;
  /** Alerts that were found damaged, at this start or before. */
  deadLetters(): number;
};

export type AlertStoreOptions = {
  readonly log: Logger;
  /** An alert was found damaged and is a dead letter now. */
  readonly onDamage: (damage: { readonly id: string; readonly error: string }) => void;
  readonly now: () => number;
};

export function createAlertStore(
  database: DatabaseSync,
  { log, onDamage, now }: AlertStoreOptions,
): AlertStore {
  const insert = database.prepare(
    'insert or ignore into alerts (id, observed_at, delivered, alert) values (?, ?, ?, ?)',
  );
  const selectUndelivered = database.prepare(
    'select id, alert from alerts where delivered = 0 order by observed_at, id',
  );
  const mark = database.prepare(
    'update alerts set delivered = 1 where id in (select value from json_each(?)) returning id',
  );
  const selectNewest = database.prepare(
    `select id, alert from alerts where (observed_at, id) < (?, ?) order by observed_at desc, id desc limit ?`,
  );
  const selectAll = database.prepare(
    'select id, alert from alerts order by observed_at desc, id desc limit ?',
  );
  const selectWithin = database.prepare(
    'select id, alert from alerts where observed_at >= ? and observed_at < ? order by observed_at, id',
  );
  const deleteOld = database.prepare(
    `delete from alerts where delivered = 1
       and id not in (select id from alerts order by observed_at desc, id desc limit ${KEEP})`,
  );
  // In SQL, so that the text stays as it is, byte by byte.
  const copyToDead = database.prepare(
    `insert or replace into dead_alerts (id, dead_at, error, alert) select id, ?, ?, alert from alerts where id = ?`,
  );
  const remove = database.prepare('delete from alerts where id = ?');
  const selectDead = database.prepare('select count(*) as count from dead_alerts');
  const countDead = (): number => Number(selectDead.get()?.count);
  let dead = countDead();

  /** Delivered, and perhaps not marked so on disk. */
  const unmarked = new Set<string>();
  const unmarkedIds = (): string => JSON.stringify([...unmarked]);

  const setAside = (id: string, error: string): void => {
    try {
      inTransaction(database, () => {
        copyToDead.run(now(), error, id);
        remove.run(id);
      });
    } catch (cause) {
      log.error({ err: cause, id }, 'a damaged alert cannot be moved to the dead letters; it is passed over');
      return;
    }
    dead = countDead();
    onDamage({ id, error });
  };

  const read = (rows: readonly Readonly<Record<string, unknown>>[]): readonly Alert[] =>
    rows.flatMap((row) => {
      const alert = parse(String(row.alert));
      if (alert !== null) return [alert];
      setAside(String(row.id), 'it is not an alert');
      return [];
    });

  return {
    insert(alerts) {
      for (const alert of alerts) {
        const delivered = unmarked.has(alert.id) ? 1 : 0;
        insert.run(alert.id, alert.observedAt, delivered, JSON.stringify(alert));
      }
      // They stay in the set until `markDelivered`: the caller's transaction may yet fail.
      if (unmarked.size > 0) mark.all(unmarkedIds());
    },
    undelivered: () => read(selectUndelivered.all()),
    markDelivered(ids) {
      for (const id of ids) unmarked.add(id);
      if (unmarked.size === 0) return;
      try {
        for (const { id } of mark.all(unmarkedIds())) unmarked.delete(String(id));
      } catch (error) {
        log.error(
          { err: error, alerts: unmarked.size },
          'the journal cannot note which alerts were delivered',
        );
      }
    },
    newest({ limit, before }) {
      const rows =
        before === undefined ? selectAll.all(limit) : selectNewest.all(before.observedAt, before.id, limit);
      return read(rows);
    },
    within({ coinId, vsCurrency, from, to }) {
      const alerts = read(selectWithin.all(from, to));
      return alerts.filter((alert) => alert.coinId === coinId && alert.vsCurrency === vsCurrency);
    },
    purge() {
      deleteOld.run();
    },
    deadLetters: () => dead,
  };
}

function parse(text: string): Alert | null {
  try {
    return storedAlertSchema.parse(JSON.parse(text));
  } catch {
    return null; // damaged: the caller sets it aside
  }
}
