import { describe, expect, it } from 'vitest';
import { volumeDomain } from './volume-domain.ts';

describe('the axis of the volume pane', () => {
  it('begins at zero for traded volume, and surrounds the level of a rolling one', () => {
    expect(volumeDomain([100, 104], 'traded')[0]).toBe(0);
    expect(volumeDomain([100, 104], 'rolling-24h')).toEqual([99, 105]);
    expect(volumeDomain(null, 'traded')).toEqual([0, 1]);
  });

  it('does not change while a bar grows a little, and always contains it', () => {
    const top = (volume: number) => volumeDomain([volume, volume], 'traded')[1];
    expect(top(100)).toBe(105);
    expect(top(101)).toBe(top(104));
    for (const volume of [1e-8, 0.0123, 0.07, 3, 999.9, 1e12]) expect(top(volume)).toBeGreaterThan(volume);
  });
});
