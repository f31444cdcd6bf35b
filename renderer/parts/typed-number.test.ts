import { describe, expect, it } from 'vitest';
import { text } from '../../shared/messages/message.ts';
import { numberFault, typedItems, typedNumber } from './typed-number.ts';

describe('a number that was typed', () => {
  it.each([
    ['5', 5],
    [' 0,05 ', 0.05],
    ['0,050', 0.05],
    ['1234,5', 1234.5],
    ['60000', 60_000],
    ['1,234.50', 1234.5],
    ['1e-9', 1e-9],
    ['-3', -3],
  ])('“%s” is %d', (typed, number) => {
    expect(typedNumber(typed)).toBe(number);
  });

  it.each([
    ['', 'must be a number'],
    ['many', 'must be a number'],
    ['1.2.3', 'must be a number'],
    ['60,000', 'can be read in two ways, as 60000 or as 60: write it without the comma'],
    ['1,234,567', 'can be read in two ways, as 1234567 or as 1: write it without the comma'],
  ])('“%s” is not a number: %s', (typed, fault) => {
    expect(typedNumber(typed)).toBeNaN();
    expect(text(numberFault(typed))).toBe(fault);
  });

  it.each([
    ['60000, 65000, 70000', ['60000', '65000', '70000']],
    ['60000,65000', ['60000', '65000']],
    ['60000 65000;70000', ['60000', '65000', '70000']],
    ['0,5; 0,75', ['0,5', '0,75']],
    ['60,000, 65,000', ['60,000', '65,000']],
    ['60000,', ['60000']],
    ['  ', []],
  ])('“%s” is the list %j', (typed, items) => {
    expect(typedItems(typed)).toEqual(items);
  });
});
