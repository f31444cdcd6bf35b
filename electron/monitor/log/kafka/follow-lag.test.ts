import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lagOf } from './follow-lag.ts';

const position = fc.record({
  topic: fc.constantFrom('ticks', 'alerts'),
  partition: fc.nat(5),
  offset: fc.nat(1_000),
});
const positions = fc.uniqueArray(position, { selector: ({ topic, partition }) => `${topic}/${partition}` });

describe('the lag of a topic', () => {
  it('counts the records after the committed offsets of its own partitions', () => {
    const committed = [
      { topic: 'ticks', partition: 0, offset: 10 },
      { topic: 'ticks', partition: 1, offset: 5 },
      { topic: 'alerts', partition: 0, offset: 0 },
    ];
    const ends = [
      { topic: 'ticks', partition: 0, offset: 12 },
      { topic: 'ticks', partition: 1, offset: 5 },
      { topic: 'ticks', partition: 2, offset: 900 },
      { topic: 'alerts', partition: 0, offset: 7 },
    ];
    expect(lagOf('ticks', committed, ends)).toBe(2);
    expect(lagOf('alerts', committed, ends)).toBe(7);
    expect(lagOf('ticks', [], ends)).toBe(0);
  });

  it('is never negative, grows by what is appended and shrinks by what is committed', () => {
    fc.assert(
      fc.property(positions, positions, fc.nat(50), (committed, ends, more) => {
        const lag = lagOf('ticks', committed, ends);
        expect(lag).toBeGreaterThanOrEqual(0);
        const later = ends.map((end) => ({ ...end, offset: end.offset + more }));
        expect(lagOf('ticks', committed, later)).toBeGreaterThanOrEqual(lag);
        expect(lagOf('ticks', later.length === 0 ? [] : later, later)).toBe(0);
      }),
    );
  });
});
