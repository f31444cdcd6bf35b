import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../../monitor/time/clock.ts';
import type { DesktopState } from '../state/desktop-state.ts';
import { createAlertPause } from './alert-pause.ts';

const MINUTE_MS = 60_000;

/** Starts of the program that share a clock and a state file. */
function starts() {
  const clock = virtualClock(1_000_000);
  let current: DesktopState = {
    bounds: null,
    isMaximized: false,
    wasToldAboutHiding: false,
    pause: { kind: 'none' },
  };
  const state = {
    current: () => current,
    change: (patch: Partial<DesktopState>) => {
      current = { ...current, ...patch };
    },
  };
  return {
    clock,
    start() {
      const changedAt: number[] = [];
      const pause = createAlertPause({
        state,
        clock,
        onChange: () => changedAt.push(clock.now() - 1_000_000),
      });
      return { ...pause, changedAt };
    },
  };
}

describe('the pause', () => {
  it('tells when it begins and when it ends by itself', async () => {
    const { clock, start } = starts();
    const pause = start();
    pause.pause('15-minutes');
    expect(pause.current().kind).toBe('until');
    await clock.advance(15 * MINUTE_MS);
    expect(pause.current().kind).toBe('none');
    expect(pause.changedAt).toEqual([0, 15 * MINUTE_MS]);
  });

  it('lasts over a restart and ends when it should', async () => {
    const { clock, start } = starts();
    const before = start();
    before.pause('1-hour');
    before.stop();
    await clock.advance(20 * MINUTE_MS);
    const after = start();
    expect(after.current().kind).toBe('until');
    await clock.advance(60 * MINUTE_MS);
    expect(after.current().kind).toBe('none');
    expect(after.changedAt).toEqual([60 * MINUTE_MS]);
    expect(before.changedAt).toEqual([0]);
  });

  it('ends when it is taken back, and not once more at its time', async () => {
    const { clock, start } = starts();
    const pause = start();
    pause.pause('15-minutes');
    await clock.advance(MINUTE_MS);
    pause.resume();
    expect(pause.current().kind).toBe('none');
    await clock.advance(60 * MINUTE_MS);
    expect(pause.changedAt).toEqual([0, MINUTE_MS]);
  });
});
