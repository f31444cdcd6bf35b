import { describe, expect, it } from 'vitest';
import { measuredRanges } from './measured-ranges.ts';

const MINUTE_MS = 60_000;
const at = (hours: number, minutes = 0): number => Date.UTC(2026, 0, 1, hours, minutes);

describe('the measured time of a coin', () => {
  it('is in whole buckets', () => {
    const own = [{ from: at(1, 7), to: at(1, 8) }];
    expect(measuredRanges(own, own, '5m')).toEqual([{ from: at(1, 5), to: at(1, 10) }]);
    expect(measuredRanges(own, own, '1h')).toEqual([{ from: at(1), to: at(2) }]);
  });

  it('includes the time in which its price stood still while others moved', () => {
    const own = [
      { from: at(1), to: at(2) },
      { from: at(5), to: at(6) },
    ];
    expect(measuredRanges(own, [{ from: at(0), to: at(9) }], '5m')).toEqual([{ from: at(1), to: at(6) }]);
  });

  it('does not include a time in which nothing was measured at all', () => {
    const own = [
      { from: at(1), to: at(2) },
      { from: at(5), to: at(6) },
    ];
    const all = [
      { from: at(0), to: at(4) },
      { from: at(4, 30), to: at(9) },
    ];
    expect(measuredRanges(own, all, '5m')).toEqual(own);
    expect(measuredRanges(own, own, '5m')).toEqual(own);
  });

  it('does not include a time so long that the coin was not among the watched', () => {
    const own = [
      { from: at(1), to: at(2) },
      { from: at(8) + MINUTE_MS, to: at(9) },
    ];
    expect(measuredRanges(own, [{ from: at(0), to: at(9) }], '1m')).toEqual(own);
  });
});
