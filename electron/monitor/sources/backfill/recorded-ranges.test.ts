import { describe, expect, it } from 'vitest';
import { recordedRanges } from './recorded-ranges.ts';

const MINUTE_MS = 60_000;
const at = (hours: number, minutes = 0): number => Date.UTC(2026, 0, 1, hours, minutes);

describe('the recorded ranges of a coin', () => {
  it('consist of whole buckets', () => {
    const own = [{ from: at(1, 7), to: at(1, 8) }];
    expect(recordedRanges(own, own, '5m')).toEqual([{ from: at(1, 5), to: at(1, 10) }]);
    expect(recordedRanges(own, own, '1h')).toEqual([{ from: at(1), to: at(2) }]);
  });

  it('include times in which its price did not change while others did', () => {
    const own = [
      { from: at(1), to: at(2) },
      { from: at(5), to: at(6) },
    ];
    expect(recordedRanges(own, [{ from: at(0), to: at(9) }], '5m')).toEqual([{ from: at(1), to: at(6) }]);
  });

  it('do not include times without any ticks', () => {
    const own = [
      { from: at(1), to: at(2) },
      { from: at(5), to: at(6) },
    ];
    const all = [
      { from: at(0), to: at(4) },
      { from: at(4, 30), to: at(9) },
    ];
    expect(recordedRanges(own, all, '5m')).toEqual(own);
    expect(recordedRanges(own, own, '5m')).toEqual(own);
  });

  it('do not include times so long that the coin cannot have been watched', () => {
    const own = [
      { from: at(1), to: at(2) },
      { from: at(8) + MINUTE_MS, to: at(9) },
    ];
    expect(recordedRanges(own, [{ from: at(0), to: at(9) }], '1m')).toEqual(own);
  });
});
