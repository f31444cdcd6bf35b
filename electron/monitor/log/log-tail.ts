import type { LogRecord } from './tick-log.ts';

/** Enough for every consumer that keeps up; one that has fallen behind reads the disk. */
const MAX_TICKS = 20_000;

/** The newest records in memory, so that nobody near the end of the log reads or decodes what this process appended. */
export type LogTail = {
  push(record: LogRecord): void;
  /** A record was appended that is not to be had here, nor what came before it. */
  pass(offset: number): void;
  /** The records behind `offset`, oldest first; null when some of them are no longer here. */
  after(offset: number): readonly LogRecord[] | null;
};

/** @param startOffset the newest offset in the log when the tail begins: of what lies before, it knows nothing */
export function createLogTail(startOffset: number): LogTail {
  let records: LogRecord[] = [];
  /** Index of the oldest record that counts; what lies before it is dropped in one go, now and then. */
  let first = 0;
  let ticks = 0;
  /** The newest offset that is not here any more. */
  let droppedUpTo = startOffset;

  const dropOldest = (): void => {
    const dropped = records[first];
    if (dropped === undefined) return;
    first++;
    ticks -= dropped.ticks.length;
    droppedUpTo = dropped.offset;
    if (first * 2 < records.length) return;
    records = records.slice(first);
    first = 0;
  };

  /** Index of the first record behind the offset. */
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
    },
    pass(offset) {
      records = [];
      first = 0;
      ticks = 0;
      droppedUpTo = offset;
    },
    after(offset) {
      return offset < droppedUpTo ? null : records.slice(indexAfter(offset));
    },
  };
}
