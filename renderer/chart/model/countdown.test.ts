import { expect, it } from 'vitest';
import { countdown } from './countdown.ts';

it('counts down to the close of a candle', () => {
  expect([30_000, 59_001, 3_723_000, 3 * 86_400_000 + 4 * 3_600_000, -5].map(countdown)).toEqual([
    '0:30',
    '1:00',
    '1:02:03',
    '3 d 4 h',
    '0:00',
  ]);
});
