import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../shared/domain/candle.ts';
import { figureReader, type ReadoutInputs } from './readout.ts';

const candle: Candle = { start: 60_000, open: 100, high: 110, low: 90, close: 105, volume: 12, tickCount: 3 };
const inputs = (live: Candle): ReadoutInputs => ({
  scene: null,
  live,
  pointerX: null,
  vsCurrency: 'usd',
  volumeKind: 'traded',
  dateOf: minuteOf,
});
const minuteOf = (start: number): string => `minute ${start / 60_000}`;

describe('the figures of the readout', () => {
  it('are those of the candle', () => {
    expect(figureReader()(inputs(candle)).map(({ name, value }) => `${name} ${value}`)).toEqual([
      'Time minute 1',
      'O 100.00',
      'H 110.00',
      'L 90.00',
      'C 105.00',
      'Change +5.00%',
      'Traded volume 12',
    ]);
  });

  it('are the same objects until a price changes them', () => {
    const read = figureReader();
    const before = read(inputs(candle));
    const after = read(inputs({ ...candle, close: 95, low: 89 }));
    const changed = after.filter((figure, index) => figure !== before[index]);
    expect(changed.map(({ id, value, tone }) => [id, value, tone])).toEqual([
      ['low', '89.00', undefined],
      ['close', '95.00', undefined],
      ['change', '−5.00%', 'down'],
    ]);
    // Prices of another magnitude have other decimals.
    const smaller = read(inputs({ ...candle, close: 9 }));
    expect(smaller.find(({ id }) => id === 'open')?.value).toBe('100.0000');
  });

  it('are none without a candle', () => {
    const read = figureReader();
    read(inputs(candle));
    expect(read({ ...inputs(candle), live: null })).toEqual([]);
  });
});
