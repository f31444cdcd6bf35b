import { expect, it } from 'vitest';
import { faded } from './faded.ts';

it('mixes a colour with its background, and does not change system colours', () => {
  expect(faded('#000000', '#ffffff')).toBe('#808080');
  expect(faded('#12805a', '#fcfcfa')).toBe('#87beaa');
  expect(faded('CanvasText', '#ffffff')).toBe('CanvasText');
});
