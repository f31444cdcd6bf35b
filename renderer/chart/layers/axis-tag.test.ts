import { expect, it } from 'vitest';
import { tagBox } from './axis-tag.tsx';

it('a tag on the price axis is as wide as the axis, and its width is never negative', () => {
  expect(tagBox(310, 390, 2)).toEqual({ left: 311, width: 77, height: 33 });
  for (const width of [0, 1, 2, 3])
    expect(tagBox(0, width, 1).width, String(width)).toBeGreaterThanOrEqual(0);
});
