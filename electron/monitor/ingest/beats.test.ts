import { describe, expect, it } from 'vitest';
import { virtualClock } from '../time/clock.ts';
import { createBeats } from './beats.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const AT = Date.UTC(2026, 0, 5, 12) + 3_456;

function started() {
  const clock = virtualClock(AT);
  const seen: number[] = [];
  const beats = createBeats({ clock, onBeat: (at) => seen.push(at) });
  beats.start();
  return { clock, seen, beats };
}

describe('beats', () => {
  it('are at multiples of ten seconds, once sources have had time to return prices', async () => {
    const { clock, seen, beats } = started();
    await clock.advance(2 * MINUTE_MS);
    expect(seen).toEqual([]);
    await clock.advance(30 * SECOND_MS);
    const first = Date.UTC(2026, 0, 5, 12, 2, 10);
    expect(seen).toEqual([first, first + 10 * SECOND_MS, first + 20 * SECOND_MS]);
    await beats.stop();
    await clock.advance(MINUTE_MS);
    expect(seen).toHaveLength(3);
  });

  it('begin again no sooner than two minutes after a pause', async () => {
    const { clock, seen, beats } = started();
    await clock.advance(5 * MINUTE_MS);
    beats.pause();
    const before = seen.length;
    await clock.advance(30 * MINUTE_MS);
    expect(seen).toHaveLength(before);
    beats.resume();
    await clock.advance(2 * MINUTE_MS);
    expect(seen).toHaveLength(before);
    await clock.advance(MINUTE_MS);
    expect(seen.length).toBeGreaterThan(before);
    await beats.stop();
  });

  it('begin again no sooner than two minutes after the machine has slept', async () => {
    let slept = 0;
    const clock = virtualClock(AT);
    const seen: number[] = [];
    // While a machine sleeps its timers stand still, and its clock continues.
    const beats = createBeats({
      clock: { ...clock, now: () => clock.now() + slept },
      onBeat: (at) => seen.push(at),
    });
    beats.start();
    await clock.advance(5 * MINUTE_MS);
    const before = seen.length;
    slept = 8 * 60 * MINUTE_MS;
    await clock.advance(2 * MINUTE_MS);
    expect(seen).toHaveLength(before);
    await clock.advance(MINUTE_MS);
    expect(seen.length).toBeGreaterThan(before);
    await beats.stop();
  });
});
