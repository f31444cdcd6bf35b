import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../shared/domain/problem.ts';
import { textOf } from '../../../tests/text-of.ts';
import { type Clock, virtualClock } from './clock.ts';
import { correctedClock, createClockOffset, fetchNotingTime } from './clock-offset.ts';

const TRUTH = Date.parse('2026-03-01T12:00:00.400Z');
const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;

/** A machine whose clock is off, among hosts whose clocks may be off too. */
function machine(offMs: number) {
  const truth = virtualClock(TRUTH);
  let off = offMs;
  let changes = 0;
  const reports: (Problem | null)[] = [];
  const clock: Clock = { ...truth, now: () => truth.now() + off };
  const offset = createClockOffset({
    clock,
    elapsed: truth.now,
    onChange: () => {
      changes += 1;
    },
    report: (problem) => reports.push(problem),
  });
  /** Sends a request to a host, with these times for the way there and back. */
  const call = async (
    host = 'api.coingecko.com',
    tripMs: readonly [number, number] = [100, 100],
    hostOffMs = 0,
  ) => {
    const fetch = fetchNotingTime(
      async () => {
        await truth.advance(tripMs[0]);
        const date = new Date(truth.now() + hostOffMs).toUTCString();
        await truth.advance(tripMs[1]);
        return new Response('{}', { headers: { date } });
      },
      clock,
      offset,
    );
    await fetch(`https://${host}/api/v3/ping`);
  };
  return {
    offset,
    call,
    /** How far the corrected clock is from the truth. */
    errorMs: () => Math.abs(correctedClock(clock, offset).now() - truth.now()),
    setTo: (ms: number) => {
      off = ms;
    },
    changes: () => changes,
    reports,
  };
}

describe("the offset of the machine's clock", () => {
  it.each([
    [-2 * HOUR_MS, /^This machine's clock is about 2\u00a0h behind the clocks of api\.coingecko\.com\. /],
    [2 * HOUR_MS, /^This machine's clock is about 2\u00a0h ahead of the clocks of api\.coingecko\.com\. /],
    [-140 * SECOND_MS, /is about 2\u00a0min behind/],
    [-30 * SECOND_MS, null],
    [500, null],
  ])('is estimated and corrected, and reported from a minute on: %d ms', async (offMs, message) => {
    const { offset, call, errorMs, reports } = machine(offMs);
    expect(offset.isKnown()).toBe(false);
    await call();
    expect(offset.isKnown()).toBe(true);
    expect(errorMs()).toBeLessThan(SECOND_MS);
    if (message === null) expect(offset.problem()).toBeNull();
    else expect(textOf(offset.problem()?.message)).toMatch(message);
    // Reported once, however often it is read.
    await call();
    expect(reports).toEqual(message === null ? [] : [offset.problem()]);
  });

  it('is as accurate as the round trip to the host allows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -5 * HOUR_MS, max: 5 * HOUR_MS }),
        fc.array(fc.tuple(fc.nat({ max: 8_000 }), fc.nat({ max: 8_000 })), { minLength: 1, maxLength: 8 }),
        async (offMs, trips) => {
          const { call, errorMs } = machine(offMs);
          for (const trip of trips) await call('api.kraken.com', trip);
          const longest = Math.max(...trips.map(([there, back]) => there + back));
          expect(errorMs()).toBeLessThanOrEqual(longest / 2 + 3 * SECOND_MS);
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([2_300, 2_600, 2_900])(
    'does not oscillate with responses in whole seconds: %d ms',
    async (offMs) => {
      const { call, changes } = machine(-offMs);
      // The responses arrive at all fractions of a second.
      for (let count = 0; count < 300; count++) await call('api.coingecko.com', [130, (count * 37) % 101]);
      expect(changes()).toBeLessThanOrEqual(1);
    },
  );

  it.each([-2 * HOUR_MS, 2 * HOUR_MS])(
    'becomes more precise with quick responses after a slow one: %d ms',
    async (offMs) => {
      const { call, errorMs, changes } = machine(offMs);
      await call('api.coingecko.com', [100, 20_000]);
      expect(errorMs()).toBeGreaterThan(9 * SECOND_MS);
      for (let count = 0; count < 4; count++) await call();
      expect(errorMs()).toBeLessThan(SECOND_MS);
      expect(changes()).toBeLessThanOrEqual(2);
    },
  );

  it('is zero if the clock is right within the precision of the responses', async () => {
    const { offset, call, changes } = machine(0);
    for (const trip of [
      [10, 10],
      [9_000, 10],
      [10, 9_000],
    ] as const)
      await call('api.kraken.com', trip);
    expect(offset.offsetMs()).toBe(0);
    expect(changes()).toBe(0);
  });

  it('is not that of a host whose clock is wrong, while another agrees with the machine', async () => {
    const { offset, call } = machine(0);
    await call('wrong.example', [100, 100], 2 * HOUR_MS);
    await call('api.kraken.com');
    expect(offset.offsetMs()).toBe(0);
    expect(offset.problem()).toBeNull();
  });

  it('is not changed by single wrong responses', async () => {
    const { call, errorMs } = machine(-2 * HOUR_MS);
    for (const hostOffMs of [0, 0, 5 * HOUR_MS, 0, -9 * HOUR_MS])
      await call('api.kraken.com', [50, 50], hostOffMs);
    expect(errorMs()).toBeLessThan(SECOND_MS);
  });

  it('is rejected when it is half a century', async () => {
    const { offset, call } = machine(0);
    await call('wrong.example', [100, 100], 50 * 365 * 24 * HOUR_MS);
    expect(offset.offsetMs()).toBe(0);
    expect(offset.isKnown()).toBe(false);
  });

  it('is reset when the clock jumps ahead, because it was set or after a sleep', async () => {
    const { offset, call, errorMs, setTo } = machine(-2 * HOUR_MS);
    await call();
    setTo(0);
    expect(errorMs()).toBe(0);
    expect(offset.problem()).toBeNull();
    expect(offset.isKnown()).toBe(false);
  });

  it.each([
    [0, -2 * HOUR_MS],
    [2 * HOUR_MS, 0],
  ])(
    'is corrected immediately when the clock is set back, so that no price appears to be from the future',
    async (from, to) => {
      const { offset, call, errorMs, setTo } = machine(from);
      await call();
      setTo(to);
      expect(errorMs()).toBeLessThan(SECOND_MS);
      expect(offset.isKnown()).toBe(true);
      await call();
      expect(errorMs()).toBeLessThan(SECOND_MS);
      expect(offset.problem() === null).toBe(to === 0);
    },
  );

  it('takes the age of a cached response into account', async () => {
    const truth = virtualClock(TRUTH);
    const offset = createClockOffset({
      clock: truth,
      elapsed: truth.now,
      onChange: () => undefined,
      report: () => undefined,
    });
    const headers = { date: new Date(TRUTH - 59 * SECOND_MS).toUTCString(), age: '59' };
    await fetchNotingTime(async () => new Response('{}', { headers }), truth, offset)('https://a.example/');
    expect(offset.offsetMs()).toBe(0);
  });
});
