import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../../../shared/format/number.ts';
import { chartLayout, edgeAbove, PLOT_TOP, priceAxisWidth, TIME_AXIS_HEIGHT } from './chart-layout.ts';
import { priceDomain, priceTicks, stepDecimals } from './price-scale.ts';

describe('the width of the price axis', () => {
  it('has room for every label of every price range within the prices', () => {
    const power = fc.double({ min: -18, max: 13, noNaN: true });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(power, fc.double({ min: 0, max: 2, noNaN: true }), share, share, (exponent, span, a, b) => {
        const [low, high] = [10 ** exponent, 10 ** (exponent + span)];
        const width = priceAxisWidth([low, high]);
        // The axis spans only the prices in the visible range.
        const visible = [low + Math.min(a, b) * (high - low), low + Math.max(a, b) * (high - low)] as const;
        const { ticks, step } = priceTicks(priceDomain(visible), 20);
        for (const tick of ticks) {
          expect(formatNumber(tick, stepDecimals(step)).length * 7).toBeLessThanOrEqual(width - 14);
        }
      }),
    );
  });

  it('has room for steps of 2.5, which have one digit more than the others', () => {
    const { ticks, step } = priceTicks(priceDomain([1.9, 1.9]), 20);
    expect(step).toBeCloseTo(0.00025, 10);
    const longest = Math.max(...ticks.map((tick) => formatNumber(tick, stepDecimals(step)).length));
    expect(longest * 7).toBeLessThanOrEqual(priceAxisWidth([1.9, 1.9]) - 14);
  });

  it('is narrow without labels', () => {
    expect(priceAxisWidth(null)).toBeLessThan(20);
  });
});

describe('the panes of a chart', () => {
  const lower = fc.uniqueArray(fc.constantFrom('volume', 'rsi', 'macd', 'atr', 'obv'), { maxLength: 5 });

  it('are below each other within the plot, and leave the largest part to the prices', () => {
    fc.assert(
      fc.property(lower, fc.integer({ min: 200, max: 2_000 }), (ids, height) => {
        const { panes } = chartLayout({ width: 800, height }, { lower: ids, axisWidth: 60 });
        expect(panes.map(({ id }) => id)).toEqual(['price', ...ids]);
        for (const [index, pane] of panes.entries()) {
          const above = panes[index - 1];
          if (above !== undefined) expect(pane.top).toBeGreaterThanOrEqual(above.top + above.height);
          expect(pane.top + pane.height).toBeLessThanOrEqual(height - TIME_AXIS_HEIGHT + 3);
        }
        const plotHeight = height - PLOT_TOP - TIME_AXIS_HEIGHT;
        expect(panes[0]?.height).toBeGreaterThanOrEqual(Math.floor(plotHeight * 0.4) - ids.length);
      }),
    );
  });

  it.each([300, 420, 900])(
    'keep the line and the label of the volume above its bars, at %i pixels',
    (height) => {
      const { panes } = chartLayout({ width: 390, height }, { lower: ['volume', 'rsi'], axisWidth: 60 });
      const [price, volume, study] = panes;
      if (price === undefined || volume === undefined || study === undefined)
        throw new Error('a pane is missing');
      expect(edgeAbove(volume) - 0.5).toBeGreaterThanOrEqual(price.top + price.height);
      // The label's baseline is 15 pixels below the line, and its letters reach 3 pixels below that.
      expect(volume.top - edgeAbove(volume)).toBeGreaterThanOrEqual(18);
      expect(volume.height).toBeGreaterThan(0);
      expect(edgeAbove(study) - 0.5).toBeGreaterThanOrEqual(volume.top + volume.height);
    },
  );

  it('reserve no space for a missing pane', () => {
    const { panes } = chartLayout({ width: 800, height: 500 }, { lower: [], axisWidth: 60 });
    expect(panes).toEqual([
      { id: 'price', top: PLOT_TOP, height: 500 - PLOT_TOP - TIME_AXIS_HEIGHT, labelRoom: 0 },
    ]);
  });
});
