import { describe, expect, it } from 'vitest';
import { createMonitorClock } from './monitor-clock.ts';

/** A machine whose clock stands still until it is moved, and ticks on request. */
function machine() {
  let ms = 1_000_000;
  const ticking = new Map<() => void, number>();
  const clock = createMonitorClock(
    () => ms,
    (periodMs, onTick) => {
      ticking.set(onTick, periodMs);
      return () => ticking.delete(onTick);
    },
  );
  return {
    clock,
    ticking,
    advance(by: number) {
      ms += by;
      for (const onTick of ticking.keys()) onTick();
    },
  };
}

describe("the monitor's clock", () => {
  it("continues from the monitor's time, at its speed", () => {
    const { clock, advance } = machine();
    clock.sync(5_000, 60);
    advance(2_000);
    expect(clock.now()).toBe(125_000);
  });

  it('returns a time that changes only with ticks', () => {
    const { clock, advance, ticking } = machine();
    clock.sync(5_000, 1);
    const seen: number[] = [];
    const stop = clock.subscribe(() => seen.push(clock.get()));
    advance(1_000);
    advance(1_000);
    expect(seen).toEqual([6_000, 7_000]);
    stop();
    expect(ticking.size).toBe(0);
  });

  it('ticks once for all subscribers', () => {
    const { clock, ticking } = machine();
    const stops = [clock.subscribe(() => {}), clock.subscribe(() => {})];
    expect(ticking.size).toBe(1);
    stops[0]?.();
    expect(ticking.size).toBe(1);
    stops[1]?.();
    expect(ticking.size).toBe(0);
  });

  it("ticks at the speed of the monitor's time, within a readable rate", () => {
    const { clock, ticking } = machine();
    const periods: (readonly number[])[] = [];
    const stop = clock.subscribe(() => {});
    for (const speed of [1, 2, 120, 0.5]) {
      clock.sync(5_000, speed);
      periods.push([...ticking.values()]);
    }
    expect(periods).toEqual([[1_000], [500], [250], [1_000]]);
    stop();
    expect(ticking.size).toBe(0);
  });

  it('is current for the first subscriber after a time without subscribers', () => {
    const { clock, advance } = machine();
    clock.sync(5_000, 1);
    advance(3_600_000);
    const stop = clock.subscribe(() => {});
    expect(clock.get()).toBe(3_605_000);
    stop();
  });
});
