import type { DatabaseSync } from 'node:sqlite';
import type { Alert } from '../../../shared/domain/alert.ts';
import {
  type AlertDelivery,
  type DeliveryProgress,
  deliveryProgressSchema,
} from '../../../shared/domain/delivery.ts';
import { type Message, message, messageSchema, verbatim } from '../../../shared/messages/message.ts';
import { inTransaction } from '../log/in-transaction.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import type { AlertStore } from './alert-store.ts';
import { type Delivery, isSettled } from './delivery.ts';

/** The log file's table of deliveries: the progress of each alert on each channel. */
export type Outbox = {
  /**
   * The channel's deliveries that are pending or are retried, in the order in which the channel received them. Those that cannot be
   * read become dead letters.
   */
  unsettled(channel: string): readonly Delivery[];
  /** The dead letters that can be retried, oldest first. */
  dead(channel: string): readonly Delivery[];
  /** The progress of the alerts on every channel that received them. */
  progressOf(alertIds: readonly string[]): readonly AlertDelivery[];
  /** The number of dead letters of the channel. */
  deadCount(channel: string): number;
  /**
   * Whether the channel has received the alert before. Never throws: when the log file cannot be read, the alert counts as new,
   * because a repeated alert is better than a lost one.
   */
  has(channel: string, alertId: string): boolean;
  /**
   * Records the progress of deliveries. It is written a moment later, for all channels together, so that no alert waits for the
   * log. Never throws: what cannot be written is kept in memory and retried every second.
   */
  note(channel: string, deliveries: readonly Delivery[]): void;
  /** Immediately writes what was noted. */
  flush(): void;
  /** Resolves when what was noted has been written, or with false when that failed. */
  written(): Promise<boolean>;
  /** Skips the pending deliveries of all other channels, which were removed. */
  skipOthers(channels: readonly string[], now: number): void;
  /**
   * Writes what was noted for these alerts, within the caller's transaction, which may still fail. Alerts that were delivered
   * before the log could store them thus enter it together with their deliveries.
   */
  writeDeliveriesOf(alerts: readonly Alert[]): void;
};

/** Long enough for attempts of fast channels to end, so that only their result is written. */
const WRITE_AFTER_MS = 20;
const RETRY_MS = 1_000;
/** A crash loses the count of failed attempts: a channel that fails often, with many alerts, writes it rarely. */
const FAILED_AFTER_MS = 1_000;

export type OutboxOptions = {
  readonly alerts: Pick<AlertStore, 'has' | 'get' | 'insert'>;
  readonly clock: Clock;
  readonly log: Logger;
};

const COLUMNS = 'taken_at as takenAt, status, attempts, reason, detail, updated_at as updatedAt';

export function createOutbox(database: DatabaseSync, { alerts, clock, log }: OutboxOptions): Outbox {
  // Beside the index of unsettled deliveries in the log's schema: pages query the number of dead ones frequently.
  database.exec(
    "create index if not exists deliveries_dead on deliveries (channel, delivery_id) where status = 'dead'",
  );
  const selectUnsettled = database.prepare(
    `select alert_id, ${COLUMNS} from deliveries
     where channel = ? and status in ('pending', 'failed') order by delivery_id`,
  );
  const selectDead = database.prepare(
    `select alert_id, ${COLUMNS} from deliveries where channel = ? and status = 'dead' order by delivery_id`,
  );
  const countDead = database.prepare(
    "select count(*) as count from deliveries where channel = ? and status = 'dead'",
  );
  const selectProgress = database.prepare(
    `select alert_id as alertId, channel, ${COLUMNS} from deliveries
     where alert_id in (select value from json_each(?)) order by alert_id, channel`,
  );
  const selectOne = database.prepare('select 1 from deliveries where channel = ? and alert_id = ?');
  const save = database.prepare(
    `insert into deliveries (channel, alert_id, taken_at, status, attempts, reason, detail, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (channel, alert_id) do update set
       taken_at = excluded.taken_at, status = excluded.status, attempts = excluded.attempts,
       reason = excluded.reason, detail = excluded.detail, updated_at = excluded.updated_at`,
  );

  const skipOthers = database.prepare(
    `update deliveries set status = 'skipped', reason = 'channel-removed', updated_at = ?
     where status in ('pending', 'failed') and channel not in (select value from json_each(?))`,
  );

  const markDamaged = database.prepare(
    `update deliveries set status = 'dead', reason = 'damaged', detail = ?, updated_at = ?
     where channel = ? and status in ('pending', 'failed')
       and alert_id not in (select id from alerts)`,
  );

  /** Noted and perhaps not on disk, in the order in which channels received the alerts. */
  const remembered = new Map<string, Remembered>();
  const keyOf = (channel: string, alertId: string): string => `${channel} ${alertId}`;

  const write = ({ channel, delivery }: Remembered): void => {
    const { alert, takenAt, status, attempts, reason, detail, updatedAt } = delivery;
    // An alert with a pending delivery must be stored, and otherwise only the newest ones are. It usually is, and looking it up
    // is faster than encoding it again.
    if (!isSettled(delivery) && !alerts.has(alert.id)) alerts.insert([alert]);
    const message = detail === null ? null : JSON.stringify(detail);
    save.run(channel, alert.id, takenAt, status, attempts, reason, message, updatedAt);
  };

  let ended = Promise.withResolvers<boolean>();
  /** Cancels the scheduled write. */
  let scheduled: AbortController | null = null;
  let scheduledMs = Number.POSITIVE_INFINITY;

  const flush = (): void => {
    scheduled?.abort();
    scheduled = null;
    scheduledMs = Number.POSITIVE_INFINITY;
    if (remembered.size === 0) return;
    let isWritten = false;
    try {
      // Not synced: a power failure that loses this write also loses the later commits of cursors.
      inTransaction(database, () => {
        for (const each of remembered.values()) write(each);
      });
      remembered.clear();
      isWritten = true;
    } catch (err) {
      log.error({ err, deliveries: remembered.size }, 'the state of deliveries cannot be saved');
      schedule(RETRY_MS);
    }
    ended.resolve(isWritten);
    ended = Promise.withResolvers();
  };

  const schedule = (ms: number): void => {
    if (scheduledMs <= ms) return;
    scheduled?.abort();
    scheduledMs = ms;
    scheduled = new AbortController();
    clock.sleep(ms * clock.speed, scheduled.signal).then(flush, () => undefined); // it was already written
  };

  const withAlerts = (rows: readonly Readonly<Record<string, unknown>>[]): readonly Delivery[] =>
    rows.flatMap(({ alert_id: alertId, ...progress }) => {
      const alert = alerts.get(String(alertId));
      return alert === null ? [] : [{ alert, ...readProgress(progress) }];
    });

  /** Makes dead letters of the deliveries whose alert is damaged: reading it has removed it from the table of alerts. */
  const makeDeadLetters = (channel: string): void => {
    try {
      markDamaged.run(JSON.stringify(message('delivery.alert-damaged')), clock.now(), channel);
    } catch (err) {
      log.error(
        { err, channel },
        'deliveries of damaged alerts cannot become dead letters; the next start retries',
      );
    }
  };

  return {
    unsettled(channel) {
      const rows = selectUnsettled.all(channel);
      const readable = withAlerts(rows);
      if (readable.length < rows.length) makeDeadLetters(channel);
      return readable;
    },
    deadCount(channel) {
      flush();
      return Number(countDead.get(channel)?.count);
    },
    dead: (channel) => withAlerts(selectDead.all(channel)),
    progressOf(alertIds) {
      flush();
      return selectProgress.all(JSON.stringify(alertIds)).map(({ alertId, channel, ...progress }) => ({
        alertId: String(alertId),
        channel: String(channel),
        ...readProgress(progress),
      }));
    },
    has(channel, alertId) {
      if (remembered.has(keyOf(channel, alertId))) return true;
      try {
        return selectOne.get(channel, alertId) !== undefined;
      } catch (err) {
        log.error({ err, channel, alert: alertId }, 'the log file cannot be queried for a delivery');
        return false;
      }
    },
    note(channel, deliveries) {
      for (const delivery of deliveries) {
        remembered.set(keyOf(channel, delivery.alert.id), { channel, delivery });
      }
      if (remembered.size === 0) return;
      schedule(deliveries.every(({ status }) => status === 'failed') ? FAILED_AFTER_MS : WRITE_AFTER_MS);
    },
    flush,
    written: async () => remembered.size === 0 || (await ended.promise),
    skipOthers(channels, now) {
      skipOthers.run(now, JSON.stringify(channels));
    },
    writeDeliveriesOf(appended) {
      if (remembered.size === 0) return;
      const ids = new Set(appended.map(({ id }) => id));
      for (const each of remembered.values()) if (ids.has(each.delivery.alert.id)) write(each);
    },
  };
}

type Remembered = { readonly channel: string; readonly delivery: Delivery };

/** The reason is shown to the user. A value that is damaged, or of a newer version, must not prevent a start. */
const storedProgressSchema = deliveryProgressSchema.extend({
  reason: deliveryProgressSchema.shape.reason.catch(null),
});

/** Reads a row without its alert and its channel. */
function readProgress(row: Readonly<Record<string, unknown>>): DeliveryProgress {
  return storedProgressSchema.parse({ ...row, detail: readDetail(row.detail) });
}

/** A detail is stored as JSON. Earlier versions stored the English text. */
function readDetail(stored: unknown): Message | null {
  if (stored === null) return null;
  const text = String(stored);
  try {
    return messageSchema.parse(JSON.parse(text));
  } catch {
    return verbatim(text);
  }
}
