import { describe, expect, it } from 'vitest';
import type { BenchResult } from '../result.ts';
import { compareResults } from './compare-results.ts';

const result = (name: string, value: number, unit: string): BenchResult => ({
  name,
  value,
  unit,
  ratio: 1,
  ratioTo: 'itself',
});

describe('compareResults', () => {
  it('treats higher figures as better, except for time and memory', () => {
    const compared = compareResults([
      {
        before: [result('ingest', 100, 'rows/s'), result('latency', 10, 'ms'), result('memory', 80, 'MB')],
        after: [result('ingest', 200, 'rows/s'), result('latency', 5, 'ms'), result('memory', 160, 'MB')],
      },
    ]);
    expect(compared.map(({ name, ratio }) => [name, ratio])).toEqual([
      ['ingest', 2],
      ['latency', 2],
      ['memory', 0.5],
    ]);
  });

  it('compares within each round, and returns the median', () => {
    const [compared] = compareResults(
      [
        [100, 110],
        [10, 9],
        [50, 60],
      ].map(([before = 0, after = 0]) => ({
        before: [result('ingest', before, 'rows/s')],
        after: [result('ingest', after, 'rows/s')],
      })),
    );
    expect(compared?.ratios).toEqual([1.1, 0.9, 1.2]);
    expect(compared).toMatchObject({ before: 50, after: 60, ratio: 1.1 });
  });

  it('matches figures whose units differ only in what was measured', () => {
    const [compared] = compareResults([
      {
        before: [result('memory (PSS)', 200, 'MB in 9 processes')],
        after: [result('memory (PSS)', 100, 'MB in 8 processes')],
      },
    ]);
    expect(compared).toMatchObject({ unit: 'MB', ratio: 2 });
  });

  it('matches a figure that was renamed', () => {
    const name = 'ingest, polls of 500 coins every 10 s';
    const [compared] = compareResults([
      { before: [result('ingest', 100, 'rows/s')], after: [result(name, 300, 'rows/s')] },
    ]);
    expect(compared).toMatchObject({ name, ratio: 3 });
  });

  it('omits figures that only one of the commits has', () => {
    const rounds = [{ before: [result('old', 1, 'ms')], after: [result('new', 1, 'ms')] }];
    expect(compareResults(rounds)).toEqual([]);
  });
});
