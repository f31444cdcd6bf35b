import type { DatabaseSync } from 'node:sqlite';
import { type Alert, resolvedId } from '../../../shared/domain/alert.ts';
import { type AlertQuery, type AlertRange, matchesFilter } from '../../../shared/domain/alert-query.ts';
import { storedAlertSchema } from '../../../shared/domain/stored-alert.ts';
import { inTransaction } from '../log/in-transaction.ts';
import type { Logger } from '../logging/logger.ts';

/** The number of alerts that stay readable while the database is unavailable. */
const KEEP = 500;

/** The suffix that the id of a resolved event adds to the id of its alert. No other id ends with it. */
const RESOLVED = resolvedId('');

/** No limit, as SQLite writes it. */
const ALL = -1;

/** Examining these takes a millisecond or two. */
const ALERTS_PER_PURGE = 1_000;
/**
 * After this many consecutive calls that deleted nothing, the rest is left to the next round: tens of thousands of alerts may
 * wait for a channel.
 */
const MAX_EMPTY_CALLS = 2;

/** A dead letter of a channel can be sent again for this long. */
const KEEP_DEAD_MS = 30 * 24 * 3_600_000;

/** The log file's table of alerts: those on their way to a channel, and the newest for times without the database. */
export type AlertStore = {
  /**
   * Inserts alerts and resolved events within the caller's transaction. Existing rows are left unchanged. Returns the rows that
   * are new.
   */
  insert(alerts: readonly Alert[]): readonly Alert[];
  has(id: string): boolean;
  /** The alert or resolved event with this id; null when it does not exist or is damaged. */
  get(id: string): Alert | null;
  /** Newest first, by time and id; resolved alerts include their resolution. */
  newest(query: AlertQuery): readonly Alert[];
  /** Oldest first. */
  within(range: AlertRange): readonly Alert[];
  /**
   * Deletes all but the newest alerts and those that a channel still has to deliver, with their deliveries: a thousand are examined
   * in a call, because thousands may wait for a channel. Returns whether to call again in this round. The next round continues where
   * this one ends.
   */
  purge(): boolean;
  /** The number of alerts that were found damaged, in this run or earlier ones. */
  deadLetters(): number;
};

export type AlertStoreOptions = {
  readonly log: Logger;
  /** Called when an alert was found damaged and became a dead letter. */
  readonly onDamage: (damage: { readonly id: string; readonly error: string }) => void;
  readonly now: () => number;
};

export function createAlertStore(
  database: DatabaseSync,
  { log, onDamage, now }: AlertStoreOptions,
): AlertStore {
  // A resolved event is stored under its own id, beside the alert.
  const insert = database.prepare('insert or ignore into alerts (id, observed_at, alert) values (?, ?, ?)');
  const selectOne = database.prepare('select id, alert from alerts where id = ?');
  const selectId = database.prepare('select 1 from alerts where id = ?');
  const select = `
    select own.id as id, own.alert as alert, resolved.alert as resolved
    from alerts own left join alerts resolved on resolved.id = own.id || '${RESOLVED}'
    where own.id not like '%${RESOLVED}'`;
  const selectNewest = database.prepare(
    `${select} and (own.observed_at, own.id) < (?, ?) order by own.observed_at desc, own.id desc limit ?`,
  );
  const selectAll = database.prepare(`${select} order by own.observed_at desc, own.id desc limit ?`);
  const selectWithin = database.prepare(
    `${select} and own.observed_at >= ? and own.observed_at < ? order by own.observed_at, own.id`,
  );
  const selectPage = database.prepare(
    `select max(number) as last from (select rowid as number from alerts where rowid > ? order by rowid limit ${ALERTS_PER_PURGE})`,
  );
  const deleteOld = database.prepare(
    `with kept as (
       select id from alerts where id not like '%${RESOLVED}' order by observed_at desc, id desc limit ${KEEP}
     )
     delete from alerts
     where rowid > ? and rowid <= ?
       and id not in (select id from kept union all select id || '${RESOLVED}' from kept)
       and not exists (
         select 1 from deliveries
         where alert_id = alerts.id
           and (status in ('pending', 'failed') or (status = 'dead' and updated_at > ?)))
     returning id`,
  );
  const deleteDeliveries = database.prepare(
    'delete from deliveries where alert_id in (select value from json_each(?))',
  );
  // In SQL, so that the text stays the same, byte by byte.
  const copyToDead = database.prepare(
    `insert or replace into dead_alerts (id, dead_at, error, alert) select id, ?, ?, alert from alerts where id = ?`,
  );
  const remove = database.prepare('delete from alerts where id = ?');
  const selectDead = database.prepare('select count(*) as count from dead_alerts');
  /** The last row that the current round of purging has examined. */
  let purgedUpTo = 0;
  let emptyCalls = 0;
  const countDead = (): number => Number(selectDead.get()?.count);
  let dead = countDead();

  const makeDeadLetter = (id: string, error: string): void => {
    try {
      inTransaction(database, () => {
        copyToDead.run(now(), error, id);
        remove.run(id);
      });
    } catch (cause) {
      log.error({ err: cause, id }, 'a damaged alert cannot be moved to the dead letters; it is skipped');
      return;
    }
    dead = countDead();
    onDamage({ id, error });
  };

  const read = (rows: readonly Readonly<Record<string, unknown>>[]): readonly Alert[] =>
    rows.flatMap((row) => {
      const alert = parse(String(row.alert));
      const resolved = typeof row.resolved === 'string' ? parse(row.resolved) : null;
      if (alert !== null) return [resolved === null ? alert : { ...alert, resolution: resolved.resolution }];
      makeDeadLetter(String(row.id), 'it is not an alert');
      return [];
    });

  return {
    insert: (alerts) =>
      alerts.filter((alert) => insert.run(alert.id, alert.observedAt, JSON.stringify(alert)).changes > 0),
    has: (id) => selectId.get(id) !== undefined,
    get: (id) => read(selectOne.all(id))[0] ?? null,
    newest({ limit, before, filter }) {
      // The table holds a few hundred alerts: for a filtered list all are read.
      const most = filter === undefined ? limit : ALL;
      const rows =
        before === undefined ? selectAll.all(most) : selectNewest.all(before.observedAt, before.id, most);
      const alerts = read(rows);
      return filter === undefined
        ? alerts
        : alerts.filter((alert) => matchesFilter(alert, filter)).slice(0, limit);
    },
    within({ coinId, vsCurrency, from, to }) {
      const alerts = read(selectWithin.all(from, to));
      return alerts.filter((alert) => alert.coinId === coinId && alert.vsCurrency === vsCurrency);
    },
    purge() {
      const last = selectPage.get(purgedUpTo)?.last ?? null;
      if (last !== null) {
        inTransaction(database, () => {
          const dropped = deleteOld.all(purgedUpTo, last, now() - KEEP_DEAD_MS).map(({ id }) => id);
          if (dropped.length > 0) deleteDeliveries.run(JSON.stringify(dropped));
          emptyCalls = dropped.length > 0 ? 0 : emptyCalls + 1;
        });
      }
      purgedUpTo = Number(last ?? 0);
      const hasMore = last !== null && emptyCalls < MAX_EMPTY_CALLS;
      if (!hasMore) emptyCalls = 0;
      return hasMore;
    },
    deadLetters: () => dead,
  };
}

function parse(text: string): Alert | null {
  try {
    return storedAlertSchema.parse(JSON.parse(text));
  } catch {
    return null; // damaged: the caller makes a dead letter of it
  }
}
