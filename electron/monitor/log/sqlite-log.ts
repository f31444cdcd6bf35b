import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { createGroupCommit } from './group-commit.ts';
import { inTransaction } from './in-transaction.ts';
import { prepareLogStatements, RECORDS_PER_TRIM } from './log-statements.ts';
import { createLogTail } from './log-tail.ts';
import { createTickPacker } from './packed-ticks.ts';
import { pageOf, type RecordRow, readRows, ticksOfRow } from './read-rows.ts';
import { canBeEncoded, encodeBatch } from './record-codec.ts';
import { checksumOf, encodeStored } from './stored-batch.ts';
import type {
  DeadLetter,
  Lag,
  LogBatch,
  LogCursor,
  LogRecord,
  ReadLimit,
  ReplayStart,
  TickLog,
} from './tick-log.ts';
import type { WriteAheadLog } from './write-ahead-log.ts';

/** A page of a replay, which takes a few milliseconds. */
const REPLAY_PAGE: ReadLimit = { maxRecords: 1_000, maxTicks: 1_000 };

/**
 * The part of a burst that is appended at a time, so that consumers read it while the next part is appended. A burst with alerts is
 * appended at once.
 */
const BURST_PART: ReadLimit = { maxRecords: Number.POSITIVE_INFINITY, maxTicks: 5_000 };

/** Pages that a trim returns to the file system at a time. */
const PAGES_PER_TRIM = 200;

export type SqliteLogOptions = {
  /** The database of an open log file, and its write-ahead log. */
  readonly database: DatabaseSync;
  readonly wal: Omit<WriteAheadLog, 'close'>;
  /** Called within the transaction that appends the batch. */
  readonly onAppend: (batch: LogBatch) => void;
  /** Called when a record on disk is unreadable. It has become a dead letter, and reading continues after it. */
  readonly onDamaged: (letter: DeadLetter) => void;
  /** The current time in ms since the epoch, for dead letters. */
  readonly now: () => number;
};

/** The log of a single machine, which can also be replayed synchronously. */
export type SqliteLog = TickLog & {
  /**
   * Records from an instant on or after an offset, oldest first, including those appended during the iteration: it ends at the
   * end of the log. Damaged ones become dead letters.
   */
  replay(from: ReplayStart): Iterable<LogRecord>;
  /** The offset of the newest record, 0 before the first. */
  lastOffset(): number;
};

/** The log's own state of a consumer. */
type ConsumerState = {
  committed: number;
  /** Records read but not committed, oldest first. */
  uncommitted: readonly { readonly offset: number; readonly ticks: number }[];
  readonly lag: { records: number; ticks: number };
};

type Append = { readonly batch: LogBatch; readonly appendedAt: number };

/**
 * The log of a single machine, in SQLite. Every append is synced to disk before it resolves, together with the other
 * appends of the same moment (group commit). Everything else, such as a cursor's commit, is synced with the next append: after a
 * power cut, a consumer that lost one reads its newest records again.
 */
export function createSqliteLog({ database, wal, onAppend, onDamaged, now }: SqliteLogOptions): SqliteLog {
  const statements = prepareLogStatements(database);
  const pack = createTickPacker();
  const countDead = (): number => Number(statements.selectDead.get()?.count);

  let lastOffset = Number(
    database.prepare("select seq from sqlite_sequence where name = 'records'").get()?.seq ?? 0,
  );
  let dead = countDead();
  const tail = createLogTail(lastOffset);
  const states = new Map<string, ConsumerState>();
  const cursors = new Map<string, LogCursor>();

  /** Whether there was a burst after which no room was made in the write-ahead log yet. */
  let wasBurst = false;
  /** Whether the newest commits may not be on disk, although they were synced. */
  let hasFailedSync = false;
  /** Removes records that were not synced: the caller may append them again. */
  const withdraw = (): void => void statements.deleteAfter.run(lastOffset);
  const sync = (): void => {
    try {
      wal.sync();
    } catch (error) {
      hasFailedSync = true;
      try {
        withdraw();
      } catch {
        // The next write does it.
      }
      throw error;
    }
  };
  /** The system reports a failed sync once, and need not write these pages again. In the main file, nothing depends on them. */
  const recoverSync = (): void => {
    if (!hasFailedSync) return;
    withdraw();
    wal.checkpoint();
    hasFailedSync = false;
  };

  const makeDeadLetter = (row: RecordRow, error: string): void => {
    const offset = Number(row.log_offset);
    // A consumer read it before it was damaged, and will commit it.
    if ([...states.values()].some(({ uncommitted }) => uncommitted.some((read) => read.offset === offset)))
      return;
    inTransaction(database, () => {
      statements.copyToDead.run(now(), error, offset);
      statements.remove.run(offset);
    });
    dead = countDead();
    for (const { committed, lag } of states.values()) {
      if (offset <= committed) continue;
      lag.records -= 1;
      lag.ticks -= Number(row.tick_count);
    }
    onDamaged({ offset, error });
  };

  /** The newest offset that every open cursor has committed. */
  const slowestCommit = (): number => Math.min(...[...states.values()].map(({ committed }) => committed));

  const openCursor = (consumer: string, start: 'oldest' | 'newest'): LogCursor => {
    const saved = statements.selectCursor.get(consumer)?.log_offset;
    const committed = Number(saved ?? (start === 'oldest' ? 0 : lastOffset));
    if (saved === undefined) {
      try {
        // Saved now, so that nothing is trimmed before this consumer has read it.
        statements.saveCursor.run(consumer, committed);
      } catch {
        // A full disk. The consumer works anyway; its first commit saves the cursor.
      }
    }
    const counted = statements.selectLag.get(committed);
    const lag = { records: Number(counted?.records), ticks: Number(counted?.ticks) };
    const state: ConsumerState = { committed, uncommitted: [], lag };
    states.set(consumer, state);
    let position = committed;

    const readDisk = (limit: ReadLimit): readonly LogRecord[] => {
      for (;;) {
        const rows = pageOf(statements.selectAfter.iterate(position), limit, ticksOfRow);
        const records = readRows(rows, makeDeadLetter);
        position = Number(rows.at(-1)?.log_offset ?? position);
        // A page of nothing but damaged records is not the end of the log.
        if (records.length > 0 || rows.length === 0) return records;
      }
    };

    const readTail = (newest: Iterable<LogRecord>, limit: ReadLimit): readonly LogRecord[] => {
      const records = pageOf(newest, limit, ({ ticks }) => ticks.length);
      position = records.at(-1)?.offset ?? position;
      return records;
    };

    return {
      async read(limit) {
        const newest = tail.after(position);
        const records = newest === null ? readDisk(limit) : readTail(newest, limit);
        const read = records.map(({ offset, ticks }) => ({ offset, ticks: ticks.length }));
        state.uncommitted = [...state.uncommitted, ...read];
        return records;
      },
      async commit(offset) {
        statements.saveCursor.run(consumer, offset);
        state.committed = offset;
        for (const done of state.uncommitted) {
          if (done.offset > offset) break;
          lag.records -= 1;
          lag.ticks -= done.ticks;
        }
        state.uncommitted = state.uncommitted.filter((record) => record.offset > offset);
        tail.dropUpTo(slowestCommit());
        if (wasBurst && lag.records === 0) {
          wasBurst = false;
          // Later, so that no caller waits for it.
          setImmediate(wal.makeRoom, 'calm');
        }
      },
      rewind() {
        position = state.committed;
        state.uncommitted = [];
      },
      lag: (): Lag => ({ ...lag }),
    };
  };

  /** Writes batches in one transaction and returns their offsets. When it throws, nothing is stored. */
  const write = (appends: readonly Append[], isPartOfBurst: boolean): readonly number[] => {
    const written = appends.map(({ batch, appendedAt }, index) => {
      return { batch, appendedAt, offset: lastOffset + 1 + index };
    });
    recoverSync();
    inTransaction(database, () => {
      for (const { batch, appendedAt, offset } of written) {
        const stored = encodeStored(batch, pack);
        const { text, packed } = stored;
        statements.insert.run(offset, appendedAt, batch.ticks.length, text, checksumOf(stored), packed);
        onAppend(batch);
      }
    });
    // An alert would wait for it.
    if (appends.every(({ batch }) => batch.alerts.length === 0))
      wal.makeRoom(isPartOfBurst ? 'burst' : 'calm');
    wasBurst ||= isPartOfBurst;
    sync();
    for (const { batch, appendedAt, offset } of written) {
      lastOffset = offset;
      // A batch that does not survive encoding is read from disk, where it becomes a dead letter.
      if (canBeEncoded(batch)) tail.push({ offset, appendedAt, ...batch });
      else tail.skip(offset);
      for (const { lag } of states.values()) {
        lag.records += 1;
        lag.ticks += batch.ticks.length;
      }
    }
    return written.map(({ offset }) => offset);
  };
  const commit = createGroupCommit({
    write,
    countTogether: (waiting) =>
      waiting.some(({ batch }) => batch.alerts.length > 0)
        ? waiting.length
        : pageOf(waiting, BURST_PART, ({ batch }) => batch.ticks.length).length,
  });

  return {
    append: (batch, appendedAt) => commit({ batch, appendedAt }),
    cursor(consumer, start = 'oldest') {
      const cursor = cursors.get(consumer) ?? openCursor(consumer, start);
      cursors.set(consumer, cursor);
      return cursor;
    },
    consumers: () => statements.selectConsumers.all().map(({ consumer }) => String(consumer)),
    forget(consumer) {
      statements.deleteCursor.run(consumer);
      cursors.delete(consumer);
      states.delete(consumer);
    },
    lastOffset: () => lastOffset,
    *replay(from) {
      const since = 'since' in from ? from.since : 0;
      const first = 'since' in from ? statements.selectFirst.get(since)?.log_offset : from.after + 1;
      if (first === null || first === undefined) return;
      // In pages: reading record by record would keep a statement open for as long as the caller takes, and half an
      // hour of trades at once may be a hundred megabytes. Until an empty page: more may be appended while the caller
      // works on a page.
      for (let offset = Number(first) - 1; ; ) {
        const rows = pageOf(statements.selectSince.iterate(offset, since), REPLAY_PAGE, ticksOfRow);
        const last = rows.at(-1);
        if (last === undefined) return;
        const records = readRows(rows, (row, error) => {
          try {
            makeDeadLetter(row, error);
          } catch {
            // Usually a full disk. The record is skipped here and becomes a dead letter when it is read again.
          }
        });
        offset = Number(last.log_offset);
        yield* records;
      }
    },
    async keepDeadLetter({ offset, ticks, alerts }, error, at) {
      statements.insertDead.run(offset, at, error, encodeBatch({ ticks, alerts }));
      dead = countDead();
    },
    deadLetters: () => dead,
    async trim(keepMs, at, signal) {
      const slowest = Number(statements.selectSlowest.get()?.log_offset ?? lastOffset);
      // After a long outage there is much to delete. Delete a little at a time, with other work in between.
      for (;;) {
        const dropped = statements.deleteOld.all(slowest, at - keepMs, at + keepMs);
        const free = Number(statements.selectFree.get()?.freelist_count);
        if (free > 0) database.exec(`pragma incremental_vacuum(${PAGES_PER_TRIM})`);
        if (dropped.length < RECORDS_PER_TRIM && free <= PAGES_PER_TRIM) return;
        await turn();
        if (signal?.aborted) return;
      }
    },
  };
}
