import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Clock, scaledClock, steadyClock, systemClock, virtualClock } from './clock.ts';

const warnings: string[] = [];
const note = (warning: Error): void => {
  warnings.push(warning.message);
};

afterEach(() => {
  process.off('warning', note);
  warnings.splice(0);
});

describe('a sleep until a past time', () => {
  it.each([
    ['the system', systemClock],
    ['a scaled clock', scaledClock(1_200, Date.now())],
    ['a virtual clock', virtualClock(0)],
  ] satisfies [string, Clock][])('ends immediately by %s, without a warning', async (_, clock) => {
    process.on('warning', note);
    const slept = clock.sleep(-200);
    if ('advance' in clock) await (clock as ReturnType<typeof virtualClock>).advance(0);
    await slept;
    // Warnings are emitted in a later turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });
});

describe('the steady clock', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ['forward', 2],
    ['back', -2],
  ])("continues evenly when the machine's clock is set %s by two hours", (_, hours) => {
    const before = steadyClock.now();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
    const passed = steadyClock.now() - before;
    expect(passed).toBeGreaterThanOrEqual(0);
    expect(passed).toBeLessThan(3_600_000);
  });
});
