import type { LogRecord } from './tick-log.ts';

/**
 * Enough for every consumer that keeps up or catches up after a burst, in some twenty megabytes. A consumer that has fallen
 * further behind reads from disk.
 */
const MAX_TICKS = 120_000;

/**
 * The newest records, in memory, so that consumers near the end of the log neither read nor decode them. Those that every consumer
 * has committed are dropped: usually there are few.
 */
export type LogTail = {
  push(record: LogRecord): void;
  /** Skips a record that was appended but cannot be served from memory, and drops the ones before it. */
  skip(offset: number): void;
  /** Drops the records up to the offset. */
  dropUpTo(offset: number): void;
  /** The records after `offset`, oldest first; null when some of them are no longer in memory. */
  after(offset: number): readonly LogRecord[] | null;
};

/** @param startOffset the newest offset in the log when the tail is created; older records are not in memory */
export function createLogTail(startOffset: number): LogTail {
  let records: LogRecord[] = [];
  /** Index of the oldest valid record; the ones before it are removed together from time to time. */
  let first = 0;
  let ticks = 0;
  /** The newest offset that is no longer in memory. */
  let droppedUpTo = startOffset;

  const dropOldest = (): void => {
    const dropped = records[first];
    if (dropped === undefined) return;
    first++;
    ticks -= dropped.ticks.length;
    droppedUpTo = dropped.offset;
  };

  /** Releases the dropped records, of which no more are held than of others. */
  const release = (): void => {
    if (first * 2 < records.length) return;
    records = records.slice(first);
    first = 0;
  };

  /** Index of the first record after the offset. */
  const indexAfter = (offset: number): number => {
    let low = first;
    let high = records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((records[middle]?.offset ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  };

  return {
    push(record) {
      records.push(record);
      ticks += record.ticks.length;
      while (ticks > MAX_TICKS && records.length - first > 1) dropOldest();
      release();
    },
    skip(offset) {
      records = [];
      first = 0;
      ticks = 0;
      droppedUpTo = offset;
    },
    dropUpTo(offset) {
      while ((records[first]?.offset ?? Number.POSITIVE_INFINITY) <= offset) dropOldest();
      release();
    },
    after(offset) {
      return offset < droppedUpTo ? null : records.slice(indexAfter(offset));
    },
  };
}
