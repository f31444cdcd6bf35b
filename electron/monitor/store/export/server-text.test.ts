import { describe, expect, it } from 'vitest';
import { csvField, doubleText, instantText } from './server-text.ts';

describe('text as the server writes it', () => {
  it('has numbers with an exponent where PostgreSQL has one', () => {
    // As `select x::float8` gives them.
    for (const [value, text] of [
      [0, '0'],
      [-0, '-0'],
      [0.1 + 0.2, '0.30000000000000004'],
      [123_456_789_012_345, '123456789012345'],
      [1e14, '100000000000000'],
      [1e15, '1e+15'],
      [1.5e21, '1.5e+21'],
      [0.0001, '0.0001'],
      [0.000_012_5, '1.25e-05'],
      [-1e-300, '-1e-300'],
      [5e-324, '5e-324'],
      [Number.NaN, 'NaN'],
      [Number.NEGATIVE_INFINITY, '-Infinity'],
    ] as const)
      expect(doubleText(value)).toBe(text);
  });

  it('has times to the microsecond, and quotes fields that require it', () => {
    expect(instantText(1_767_225_600_000_007)).toBe('2026-01-01T00:00:00.000007Z');
    expect(instantText(-1)).toBe('1969-12-31T23:59:59.999999Z');
    expect(csvField('kraken')).toBe('kraken');
    expect(csvField('a "b",c\n')).toBe('"a ""b"",c\n"');
  });
});
