import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pauseInForce, pauseOf } from './pause.ts';

const local = (text: string): number => new Date(text).getTime();
const endOf = (until: string | null): number => (until === null ? Number.NaN : Date.parse(until));

describe('a pause of alerts', () => {
  it('ends by itself after its time', () => {
    const now = local('2026-03-10T14:00:00');
    const pause = pauseOf('15-minutes', now);
    expect(pauseInForce(pause, now + 899_999)).toEqual(pause);
    expect(pauseInForce(pause, now + 900_000)).toBeNull();
  });

  it('until it is resumed never ends by itself', () => {
    const pause = pauseOf('until-resumed', 0);
    expect(pauseInForce(pause, Number.MAX_SAFE_INTEGER)).toEqual(pause);
  });

  it.each([
    ['2026-03-10T14:00:00', '2026-03-11T08:00:00'],
    ['2026-03-10T23:59:59', '2026-03-11T08:00:00'],
    ['2026-03-11T01:30:00', '2026-03-11T08:00:00'],
    ['2026-03-11T08:00:00', '2026-03-12T08:00:00'],
    ['2026-12-31T20:00:00', '2027-01-01T08:00:00'],
  ])('until tomorrow, started at %s, ends at %s', (now, end) => {
    expect(endOf(pauseOf('until-tomorrow', local(now)).until)).toBe(local(end));
  });

  it('until tomorrow ends at eight in the morning, within a day and an hour, whenever it is started', () => {
    const instants = fc.integer({ min: local('2026-01-01T00:00:00'), max: local('2030-01-01T00:00:00') });
    fc.assert(
      fc.property(instants, (now) => {
        const at = endOf(pauseOf('until-tomorrow', now).until);
        expect([new Date(at).getHours(), new Date(at).getMinutes()]).toEqual([8, 0]);
        expect(at).toBeGreaterThan(now);
        expect(at - now).toBeLessThanOrEqual(25 * 3_600_000);
      }),
    );
  });
});
