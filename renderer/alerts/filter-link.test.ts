import { describe, expect, it } from 'vitest';
import { type FilterChoice, filterOf, filterOfLink, linkOfFilter } from './filter-link.ts';

const CHOICE: FilterChoice = {
  coin: 'usd-coin',
  rule: 'btc-hour',
  severity: 'critical',
  direction: 'down',
  inhibited: 'no',
  from: '2026-03-01',
  to: '2026-03-02',
};

describe('a filter in the address', () => {
  it('is parsed as it was formatted', () => {
    expect(filterOfLink(linkOfFilter(CHOICE))).toEqual(CHOICE);
    expect(linkOfFilter({})).toBe('');
  });

  it.each([
    ['', {}],
    ['#chart?coin=bitcoin&interval=1m', {}],
    ['#alerts?severity=huge&direction=up&from=yesterday', { direction: 'up' }],
    ['#alerts?coin=&other=1', {}],
    ['#alerts?inhibited=maybe', {}],
  ])('of %s is %j', (hash, choice) => {
    expect(filterOfLink(hash)).toEqual(choice);
  });
});

describe('the days of a filter', () => {
  it('are local and inclusive', () => {
    expect(filterOf(CHOICE)).toEqual({
      coinId: 'usd-coin',
      rule: 'btc-hour',
      severity: 'critical',
      direction: 'down',
      isInhibited: false,
      from: new Date(2026, 2, 1).getTime(),
      to: new Date(2026, 2, 3).getTime(),
    });
    expect(filterOf({ from: '2026-03-01' })).toEqual({ from: new Date(2026, 2, 1).getTime() });
  });
});
