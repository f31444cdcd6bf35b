import { describe, expect, it } from 'vitest';
import { checkOrder, timeArgument } from './time-argument.ts';

describe('the time in a flag', () => {
  it('is an ISO 8601 time or a time ago, and not before 1970', () => {
    expect(timeArgument('2026-02-28')).toBe(Date.UTC(2026, 1, 28));
    expect(timeArgument('2026-02-28T23:30:00-02:00')).toBe(Date.UTC(2026, 2, 1, 1, 30));
    const before = Date.now();
    const weekAgo = timeArgument('1w');
    expect(weekAgo).toBeGreaterThanOrEqual(before - 7 * 86_400_000);
    expect(weekAgo).toBeLessThanOrEqual(Date.now() - 7 * 86_400_000);
    expect(timeArgument('9999999999w')).toBe(0);
    expect(timeArgument('0001-01-01')).toBe(0);
  });

  it.each(['2026-02-31', '2026-13-01', 'yesterday', '7', '-7d', '7 days', '', '2026-01-01T25:00:00Z'])(
    'cannot be "%s"',
    (given) => {
      expect(() => timeArgument(given)).toThrow('Give an ISO 8601 time');
    },
  );

  it('must be before the end', () => {
    expect(() => checkOrder(1, 2)).not.toThrow();
    for (const to of [0, 1])
      expect(() => checkOrder(1, to)).toThrow('--from (1970-01-01T00:00:00.001Z) must be before --to');
  });
});
