import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { DamagedRecord } from './damaged-record.ts';
import { inTransaction } from './in-transaction.ts';
import { createLogTail } from './log-tail.ts';
import { canBeEncoded, decodeBatch, encodeBatch } from './record-codec.ts';
import type { DeadLetter, Lag, LogBatch, LogCursor, LogRecord, ReadLimit, TickLog } from './tick-log.ts';

/** Whoever reads back through the log gets pages of about so many ticks, which take a few milliseconds. */
const PAGE_TICKS = 1_000;

/** Old records that are dropped at a time, and pages that are then given back to the file system. */
const RECORDS_PER_TRIM = 20;
const PAGES_PER_TRIM = 200;

export type SqliteLogOptions = {
  /** Of an open log file. */
  readonly database: DatabaseSync;
  /** Called within the transaction that appends a batch. */
  readonly alongside: (batch: LogBatch) => void;
  /** A record on disk cannot be read any more. It was made a dead letter, and reading goes on behind it. */
  readonly onDamaged: (letter: DeadLetter) => void;
  /** Milliseconds since the epoch, for the time of a dead letter. */
  readonly now: () => number;
};

/** The log of one machine, which can also be read back at once. */
export type SqliteLog = TickLog & {
  /**
   * Records appended at or after `since`, oldest first, also those that are appended while it is read: when it ends,
   * nothing more is there. Damaged ones become dead letters.
   */
  recordsSince(since: number): Iterable<LogRecord>;
};

type Row = Readonly<Record<string, unknown>>;

/** How far a consumer is, as the log itself needs to know it. */
type Place = {
  committed: number;
  /** Read and not committed, oldest first. */
  inHand: readonly { readonly offset: number; readonly ticks: number }[];
  readonly lag: { records: number; ticks: number };
};

type Append = {
  readonly batch: LogBatch;
  readonly appendedAt: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: unknown) => void;
};

const COLUMNS = 'log_offset, appended_at, tick_count, batch, crc';

/**
 * The log of one machine, in SQLite. Every append is synced to disk before it resolves, together with the others of the
 * same turn of the event loop. Commits of cursors are not synced, since one that a power cut takes away only means that a
 * consumer sees its newest records again.
 */
export function createSqliteLog({ database, alongside, onDamaged, now }: SqliteLogOptions): SqliteLog {
  const insert = database.prepare(
    'insert into records (log_offset, appended_at, tick_count, batch, crc) values (?, ?, ?, ?, ?)',
  );
  const selectAfter = database.prepare(
    `select ${COLUMNS} from records where log_offset > ? order by log_offset`,
  );
  const selectFirst = database.prepare(
    'select min(log_offset) as log_offset from records where appended_at >= ?',
  );
  // The "+" keeps SQLite from going by the index of times, and sorting all that is left for each page.
  const selectSince = database.prepare(
    `select ${COLUMNS} from records where log_offset > ? and +appended_at >= ? order by log_offset`,
  );
  const selectLag = database.prepare(
    'select count(*) as records, coalesce(sum(tick_count), 0) as ticks from records where log_offset > ?',
  );
  const selectCursor = database.prepare('select log_offset from cursors where consumer = ?');
  const saveCursor = database.prepare(
    `insert into cursors (consumer, log_offset) values (?, ?)
     on conflict (consumer) do update set log_offset = excluded.log_offset`,
  );
  // Also of consumers that are not running now.
  const selectSlowest = database.prepare('select min(log_offset) as log_offset from cursors');
  // A clock that was set back leaves records of the future behind; they go too.
  const deleteOld = database.prepare(
    `delete from records where log_offset in (
       select log_offset from records
       where log_offset <= ? and appended_at not between ? and ? limit ${RECORDS_PER_TRIM})
     returning log_offset`,
  );
  const selectFree = database.prepare('pragma freelist_count');
  const insertDead = database.prepare(
    'insert or replace into dead_letters (log_offset, dead_at, error, batch) values (?, ?, ?, ?)',
  );
  // In SQL, so that the text stays as it is, byte by byte.
  const copyToDead = database.prepare(
    `insert or replace into dead_letters (log_offset, dead_at, error, batch)
     select log_offset, ?, ?, batch from records where log_offset = ?`,
  );
  const remove = database.prepare('delete from records where log_offset = ?');
  const selectDead = database.prepare('select count(*) as count from dead_letters');
  const countDead = (): number => Number(selectDead.get()?.count);

  let lastOffset = Number(
    database.prepare("select seq from sqlite_sequence where name = 'records'").get()?.seq ?? 0,
  );
  let dead = countDead();
  const tail = createLogTail(lastOffset);
  /** Appended in this turn of the event loop: they are synced to disk together. */
  let gathered: Append[] = [];
  const places = new Map<string, Place>();
  const cursors = new Map<string, LogCursor>();

  const makeDeadLetter = (row: Row, error: string): void => {
    const offset = Number(row.log_offset);
    // A consumer has read it before it was damaged, and will commit it.
    if ([...places.values()].some(({ inHand }) => inHand.some((read) => read.offset === offset))) return;
    inTransaction(database, () => {
      copyToDead.run(now(), error, offset);
      remove.run(offset);
    });
    dead = countDead();
    for (const { committed, lag } of places.values()) {
      if (offset <= committed) continue;
      lag.records -= 1;
      lag.ticks -= Number(row.tick_count);
    }
    onDamaged({ offset, error });
  };

  /** The rows that a statement gives, as many as the limit has room for. It has ended when this returns. */
  const take = (rows: Iterable<Row>, { maxRecords, maxTicks }: ReadLimit): readonly Row[] => {
    const taken: Row[] = [];
    let ticks = 0;
    for (const row of rows) {
      ticks += Number(row.tick_count);
      if (taken.length >= maxRecords || (taken.length > 0 && ticks > maxTicks)) break;
      taken.push(row);
    }
    return taken;
  };

  const readRows = (rows: readonly Row[], onUnreadable: (row: Row, error: string) => void): LogRecord[] => {
    const records: LogRecord[] = [];
    for (const row of rows) {
      try {
        records.push(recordOf(row));
      } catch (error) {
        if (!(error instanceof DamagedRecord)) throw error;
        onUnreadable(row, error.message);
      }
    }
    return records;
  };

  const openCursor = (consumer: string): LogCursor => {
    const committed = Number(selectCursor.get(consumer)?.log_offset ?? 0);
    // Known from now on, so that nothing is dropped before it was read.
    saveCursor.run(consumer, committed);
    const counted = selectLag.get(committed);
    const lag = { records: Number(counted?.records), ticks: Number(counted?.ticks) };
    const place: Place = { committed, inHand: [], lag };
    places.set(consumer, place);
    let position = committed;

    const readDisk = (limit: ReadLimit): readonly LogRecord[] => {
      for (;;) {
        const rows = take(selectAfter.iterate(position), limit);
        const records = readRows(rows, makeDeadLetter);
        position = Number(rows.at(-1)?.log_offset ?? position);
        // Nothing but damaged records is not the end of the log.
        if (records.length > 0 || rows.length === 0) return records;
      }
    };

    const readTail = (newest: readonly LogRecord[], { maxRecords, maxTicks }: ReadLimit) => {
      const records: LogRecord[] = [];
      let ticks = 0;
      for (const record of newest) {
        ticks += record.ticks.length;
        if (records.length >= maxRecords || (records.length > 0 && ticks > maxTicks)) break;
        records.push(record);
      }
      position = records.at(-1)?.offset ?? position;
      return records;
    };

    return {
      async read(limit) {
        const newest = tail.after(position);
        const records = newest === null ? readDisk(limit) : readTail(newest, limit);
        const read = records.map(({ offset, ticks }) => ({ offset, ticks: ticks.length }));
        place.inHand = [...place.inHand, ...read];
        return records;
      },
      async commit(offset) {
        database.exec('pragma synchronous = normal');
        try {
          saveCursor.run(consumer, offset);
        } finally {
          database.exec('pragma synchronous = full');
        }
        place.committed = offset;
        for (const done of place.inHand) {
          if (done.offset > offset) break;
          lag.records -= 1;
          lag.ticks -= done.ticks;
        }
        place.inHand = place.inHand.filter((record) => record.offset > offset);
      },
      rewind() {
        position = place.committed;
        place.inHand = [];
      },
      lag: (): Lag => ({ ...lag }),
    };
  };

  /** Writes batches in one transaction, and gives their offsets. Throws with nothing of them kept. */
  const write = (appends: readonly Append[]): readonly number[] => {
    const written = appends.map(({ batch, appendedAt }, index) => {
      return { batch, appendedAt, offset: lastOffset + 1 + index, text: encodeBatch(batch) };
    });
    inTransaction(database, () => {
      for (const { batch, appendedAt, offset, text } of written) {
        insert.run(offset, appendedAt, batch.ticks.length, text, crc32(text));
        alongside(batch);
      }
    });
    for (const { batch, appendedAt, offset } of written) {
      lastOffset = offset;
      // What the disk would not give back is left to the disk, whose readers make a dead letter of it.
      if (canBeEncoded(batch)) tail.push({ offset, appendedAt, ...batch });
      else tail.pass(offset);
      for (const { lag } of places.values()) {
        lag.records += 1;
        lag.ticks += batch.ticks.length;
      }
    }
    return written.map(({ offset }) => offset);
  };

  const settle = (appends: readonly Append[]): void => {
    try {
      const offsets = write(appends);
      for (const [index, { resolve }] of appends.entries()) resolve(offsets[index] ?? lastOffset);
    } catch (error) {
      // One that does not fit on the disk must not keep the others off it.
      if (appends.length > 1) for (const append of appends) settle([append]);
      else for (const { reject } of appends) reject(error);
    }
  };

  const commitGathered = (): void => {
    const appends = gathered;
    gathered = [];
    settle(appends);
  };

  return {
    append(batch, appendedAt) {
      if (gathered.length === 0) setImmediate(commitGathered);
      return new Promise((resolve, reject) => {
        gathered.push({ batch, appendedAt, resolve, reject });
      });
    },
    cursor(consumer) {
      const cursor = cursors.get(consumer) ?? openCursor(consumer);
      cursors.set(consumer, cursor);
      return cursor;
    },
    *recordsSince(since) {
      const first = selectFirst.get(since)?.log_offset;
      if (first === null || first === undefined) return;
      // By pages: a record at a time would keep a statement open for as long as the caller likes, and half an hour of
      // trades at once may be a hundred megabytes. To the first page that is empty: while the caller works on a page,
      // more may be appended.
      for (let offset = Number(first) - 1; ; ) {
        const rows = take(selectSince.iterate(offset, since), {
          maxRecords: PAGE_TICKS,
          maxTicks: PAGE_TICKS,
        });
        const last = rows.at(-1);
        if (last === undefined) return;
        const records = readRows(rows, (row, error) => {
          try {
            makeDeadLetter(row, error);
          } catch {
            // A full disk, as a rule. It is passed over here, and becomes a dead letter when it is met again.
          }
        });
        offset = Number(last.log_offset);
        yield* records;
      }
    },
    async keepDeadLetter({ offset, ticks, alerts }, error, at) {
      insertDead.run(offset, at, error, encodeBatch({ ticks, alerts }));
      dead = countDead();
    },
    deadLetters: () => dead,
    async trim(keepMs, at, signal) {
      const slowest = Number(selectSlowest.get()?.log_offset ?? lastOffset);
      // After a long outage there is much to drop: a little at a time, and other work in between.
      for (;;) {
        const dropped = deleteOld.all(slowest, at - keepMs, at + keepMs);
        const free = Number(selectFree.get()?.freelist_count);
        if (free > 0) database.exec(`pragma incremental_vacuum(${PAGES_PER_TRIM})`);
        if (dropped.length < RECORDS_PER_TRIM && free <= PAGES_PER_TRIM) return;
        await turn();
        if (signal?.aborted) return;
      }
    },
  };
}

/** Throws `DamagedRecord` when the text is not what was written. */
function recordOf(row: Row): LogRecord {
  const text = String(row.batch);
  // SQLite's own check looks at the pages' structure alone. Records of earlier versions have no sum.
  if (row.crc !== null && row.crc !== crc32(text)) throw new DamagedRecord('its checksum is wrong');
  return { offset: Number(row.log_offset), appendedAt: Number(row.appended_at), ...decodeBatch(text) };
}
