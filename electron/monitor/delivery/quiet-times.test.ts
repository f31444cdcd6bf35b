import { describe, expect, it } from 'vitest';
import type { Quiet } from '../../../shared/domain/quiet.ts';
import type { Settings } from '../../../shared/settings/settings.ts';
import { virtualClock } from '../time/clock.ts';
import { createQuietTimes } from './quiet-times.ts';

const MINUTE_MS = 60_000;
const local = (text: string): number => new Date(text).getTime();

/** Quiet times from an instant on, with all that they reported. */
function follow(start: number, first: Partial<Pick<Settings, 'pause' | 'quietHours'>>) {
  const clock = virtualClock(start);
  let settings = { pause: null, quietHours: null, ...first };
  const reported: string[] = [];
  let now: Quiet | null = null;
  const times = createQuietTimes({
    settings: () => settings,
    clock,
    report(quiet) {
      now = quiet;
      reported.push(`${(clock.now() - start) / MINUTE_MS} ${quiet?.reason ?? 'over'}`);
    },
  });
  return {
    clock,
    reported,
    times,
    now: () => now,
    set(changed: Partial<Pick<Settings, 'pause' | 'quietHours'>>): void {
      settings = { ...settings, ...changed };
      times.changed();
    },
  };
}

describe('quiet times', () => {
  it('begin and end by themselves with the quiet hours, every day', async () => {
    const { clock, reported, times } = follow(local('2026-03-10T21:30:20'), { quietHours: '22:00-07:00' });
    await clock.advance(36 * 60 * MINUTE_MS);
    const offset = 40 / 60;
    expect(reported).toEqual([
      '0 over',
      `${29 + offset} quiet-hours`,
      `${29 + offset + 9 * 60} over`,
      `${29 + offset + 24 * 60} quiet-hours`,
      `${29 + offset + 33 * 60} over`,
    ]);
    times.stop();
    await clock.advance(24 * 60 * MINUTE_MS);
    expect(reported).toHaveLength(5);
  });

  it('last until a pause ends or is cancelled', async () => {
    const start = local('2026-03-10T12:00:00');
    const { clock, reported, now, set } = follow(start, {});
    set({ pause: { until: new Date(start + 90_000).toISOString() } });
    expect(now()).toEqual({ reason: 'paused', until: start + 90_000 });
    await clock.advance(5 * MINUTE_MS);
    set({ pause: { until: null } });
    expect(now()).toEqual({ reason: 'paused', until: null });
    await clock.advance(5 * MINUTE_MS);
    set({ pause: null });
    expect(reported).toEqual(['0 over', '0 paused', '1.5 over', '5 paused', '10 over']);
  });

  it('continue as quiet hours when a pause ends within them', async () => {
    const start = local('2026-03-10T22:30:00');
    const { clock, reported } = follow(start, {
      quietHours: '22:00-23:00',
      pause: { until: new Date(start + 10 * MINUTE_MS).toISOString() },
    });
    await clock.advance(60 * MINUTE_MS);
    expect(reported).toEqual(['0 paused', '10 quiet-hours', '30 over']);
  });
});
