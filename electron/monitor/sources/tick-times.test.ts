import { describe, expect, it } from 'vitest';
import { inWords, textOf } from '../../../tests/text-of.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { createTickTimes, faultOfTime } from './tick-times.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function times(isKnown = true) {
  const clock = virtualClock(NOW);
  let changes = 0;
  const tickTimes = createTickTimes({
    now: clock.now,
    isKnown: () => isKnown,
    log: silentLog,
    report: () => {
      changes += 1;
    },
  });
  return { clock, tickTimes, changes: () => changes };
}

describe('the time of a price', () => {
  it.each([
    [NOW, null],
    [NOW - 300 * 24 * HOUR_MS, null],
    [NOW + MINUTE_MS, null],
    [NOW + MINUTE_MS + 1, 'is 1\u00a0min in the future'],
    [NOW + 2 * HOUR_MS, 'is 2\u00a0h in the future'],
    [Date.parse('2076-03-01T12:00:00Z'), 'is 18263\u00a0d in the future'],
    [NOW / 1_000, 'is too small by a factor of a thousand: it is in another unit'],
    [NOW * 1_000, 'is too large by a factor of a thousand: it is in another unit'],
    [NOW * 1_000_000, 'is too large by a factor of a million: it is in another unit'],
    [Date.parse('2001-01-01T00:00:00Z'), 'is before the first block of Bitcoin'],
    [0, 'is before the first block of Bitcoin'],
    [Number.NaN, 'is before the first block of Bitcoin'],
  ])('%d: %s', (at, fault) => {
    expect(inWords(faultOfTime(at, times().tickTimes.latest()))).toBe(fault);
  });

  it('may be further ahead while the offset of the clock is unknown', () => {
    expect(times(false).tickTimes.accepts('kraken', 'BTC/USD', NOW + 4 * MINUTE_MS)).toBe(true);
    expect(times(false).tickTimes.accepts('kraken', 'BTC/USD', NOW + 6 * MINUTE_MS)).toBe(false);
    expect(times(true).tickTimes.accepts('kraken', 'BTC/USD', NOW + 4 * MINUTE_MS)).toBe(false);
  });

  it('is counted and reported when implausible, until an hour after the last one', async () => {
    const { clock, tickTimes, changes } = times();
    expect(tickTimes.problem()).toBeNull();
    tickTimes.accepts('kraken', 'BTC/USD', NOW - 1);
    tickTimes.accepts('kraken', 'BTC/USD', NOW + 2 * HOUR_MS);
    expect(inWords(tickTimes.problem())).toEqual({
      id: 'tick-times',
      message:
        'Kraken gave a price whose time cannot be right (BTC/USD: it is 2\u00a0h in the future). ' +
        'Such prices are ignored; no action is needed.',
    });
    tickTimes.accepts('kraken', 'ETH/USD', NOW * 1_000);
    expect(textOf(tickTimes.problem()?.message)).toMatch(
      /^Kraken gave 2 prices .*ETH\/USD: it is too large by a factor of a thousand/,
    );
    expect(changes()).toBe(1);
    await clock.advance(HOUR_MS + 1);
    expect(tickTimes.problem()).toBeNull();
  });
});
