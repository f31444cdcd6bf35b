import { describe, expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const read = (fields: Record<string, string>): number | null => retryAfterMs(new Headers(fields), NOW);

describe('Retry-After', () => {
  it('is read as seconds', () => {
    expect(read({ 'retry-after': '42' })).toBe(42_000);
    expect(read({ 'retry-after': '0' })).toBe(0);
    expect(read({ 'retry-after': '1.5' })).toBe(1_500);
  });

  it('is read as a date, relative to our clock without a Date header', () => {
    expect(read({ 'retry-after': 'Sun, 01 Mar 2026 12:01:30 GMT' })).toBe(90_000);
  });

  it('is read as a date, relative to the Date header of the server', () => {
    expect(
      read({
        'retry-after': 'Sun, 01 Mar 2026 15:00:10 GMT',
        date: 'Sun, 01 Mar 2026 15:00:00 GMT',
      }),
    ).toBe(10_000);
  });

  it('means no wait when its date has passed', () => {
    expect(read({ 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' })).toBe(0);
  });

  it.each(['soon', '-5', '', 'NaN', 'Infinity'])('is ignored when it is %j', (value) => {
    expect(read({ 'retry-after': value })).toBeNull();
  });

  it('is null when it is absent', () => {
    expect(read({})).toBeNull();
  });
});
