import { describe, expect, it } from 'vitest';
import { createRepeats } from './repeats.ts';

const MINUTE_MS = 60_000;

describe('repeated failures', () => {
  it('are shown four times an hour, with their number', () => {
    const repeats = createRepeats();
    const shown: number[] = [];
    for (let minute = 0; minute < 60; minute++) {
      const times = repeats.count('away', minute * MINUTE_MS);
      if (times !== null) shown.push(times);
    }
    expect(shown).toEqual([1, 15, 15, 15]);
  });

  it('are shown again after the clock was set back, or something has changed', () => {
    const repeats = createRepeats();
    expect(repeats.count('away', 60 * MINUTE_MS)).toBe(1);
    expect(repeats.count('away', 0)).toBe(1);
    expect(repeats.count('away', 1)).toBeNull();
    expect(repeats.count(null, 2)).toBe(1);
    expect(repeats.count('away', 3)).toBe(1);
  });
});
