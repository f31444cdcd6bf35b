import { describe, expect, it } from 'vitest';
import { countdown } from './countdown.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

describe('the countdown of a candle', () => {
  it('is the time until the candle closes', () => {
    expect([
      countdown(0, MINUTE_MS, 30_000),
      countdown(0, MINUTE_MS, 999),
      countdown(0, 240 * MINUTE_MS, 176 * MINUTE_MS + 57_000),
      countdown(0, 7 * DAY_MS, 3.5 * DAY_MS + 8 * 3_600_000),
      countdown(0, MINUTE_MS, 60_005),
    ]).toEqual(['0:30', '1:00', '1:03:03', '3 d 4 h', '0:00']);
  });

  it('is never longer than the candle, even if the clock has not been updated since it began', () => {
    expect(countdown(MINUTE_MS, MINUTE_MS, 18_000)).toBe('1:00');
  });
});
