import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choiceOfLink, linkOf } from './chart-link.ts';

describe('a link to a chart', () => {
  it('contains the coin, the interval and the visible range', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }),
        fc.constantFrom('1m' as const, '45m' as const, '1w' as const),
        fc.integer({ min: 12, max: 1_000 }),
        fc.option(fc.integer({ min: 1, max: 2e12 })),
        (coinId, interval, bars, to) => {
          const view =
            to === null ? ({ mode: 'live', bars } as const) : ({ mode: 'past', bars, to } as const);
          expect(choiceOfLink(linkOf({ coinId, interval, view }))).toEqual({ coinId, interval, view });
        },
      ),
    );
  });

  it('limits the number of candles to what a chart can show', () => {
    const barsOf = (bars: string) => choiceOfLink(`#chart?coin=bitcoin&interval=1m&bars=${bars}`)?.view.bars;
    expect([barsOf('2'), barsOf('500'), barsOf('99999999')]).toEqual([12, 500, 10_000]);
  });

  it('is null for other addresses and invalid parameters', () => {
    for (const hash of [
      '',
      '#alerts',
      '#chart?coin=&interval=1m',
      '#chart?coin=bitcoin&interval=0m',
      '#chart?interval=1m',
    ]) {
      expect(choiceOfLink(hash), hash).toBeNull();
    }
  });
});
