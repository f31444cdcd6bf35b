import { describe, expect, it } from 'vitest';
import { manyTicks, NOW } from './log-fixture.ts';
import { createLogTail, type LogTail } from './log-tail.ts';

/** A tail with a thousand ticks in each record from 1 to `count`. */
function tailOf(count: number): LogTail {
  const tail = createLogTail(0);
  for (let offset = 1; offset <= count; offset++) tail.push({ offset, appendedAt: NOW, ...manyTicks(1_000) });
  return tail;
}

const offsetsAfter = (tail: LogTail, offset: number): readonly number[] | undefined =>
  tail.after(offset)?.map((record) => record.offset);

describe('the tail of the log', () => {
  it('holds the newest records, up to 120,000 ticks', () => {
    const tail = tailOf(200);
    expect(offsetsAfter(tail, 198)).toEqual([199, 200]);
    expect(offsetsAfter(tail, 80)).toHaveLength(120);
    expect(tail.after(79)).toBeNull();
  });

  it('drops records up to an offset and holds those that follow', () => {
    const tail = tailOf(5);
    tail.dropUpTo(2);
    expect(tail.after(1)).toBeNull();
    expect(offsetsAfter(tail, 2)).toEqual([3, 4, 5]);
    tail.dropUpTo(1);
    expect(offsetsAfter(tail, 2)).toEqual([3, 4, 5]);
    tail.dropUpTo(9);
    expect(offsetsAfter(tail, 5)).toEqual([]);
    tail.push({ offset: 6, appendedAt: NOW, ...manyTicks(1) });
    expect(offsetsAfter(tail, 5)).toEqual([6]);
    expect(tail.after(4)).toBeNull();
  });
});
