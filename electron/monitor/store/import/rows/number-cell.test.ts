import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberOfCell } from './number-cell.ts';

describe('the number of a cell', () => {
  it('is the number that was written', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (number) => {
        expect(numberOfCell(String(number))).toBe(number);
        expect(numberOfCell(number)).toBe(number);
      }),
    );
    for (const [text, number] of [
      [' 42.50 ', 42.5],
      ['1.', 1],
      ['.5', 0.5],
      ['1E-8', 1e-8],
    ] as const)
      expect(numberOfCell(text)).toBe(number);
  });

  it('is null if the text contains anything else', () => {
    for (const cell of [
      '',
      ' ',
      '-1',
      '+1',
      '1,5',
      '1 000',
      '0x10',
      '1e999',
      'NaN',
      'Infinity',
      '1.2.3',
      '१२',
      null,
    ])
      expect(numberOfCell(cell)).toBeNull();
    for (const number of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(numberOfCell(number)).toBeNull();
  });
});
