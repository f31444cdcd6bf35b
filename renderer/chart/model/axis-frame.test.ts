import { describe, expect, it } from 'vitest';
import { seededCandles } from '../../../tests/chart-page/seeded-candles.ts';
import { type AxisContext, priceAxisFrame, volumeAxisFrame } from './axis-frame.ts';
import { calendarOf } from './candle-time.ts';
import { chartLayout, PRICE_PANE } from './chart-layout.ts';
import { liveEdgeAt } from './chart-view.ts';
import type { StudySeries } from './study-series.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 5, 12, 12, 0, 30);
const COUNT = 200;
const CANDLES = seededCandles({
  count: COUNT,
  intervalMs: MINUTE,
  lastStart: NOW - 30_000 - MINUTE,
  price: 60_000,
  seed: 5,
});
const maxOf = (values: readonly number[]): number => Math.max(...values);

/** A chart of the candles from one index to another, with the one that is not closed yet. */
function context(from: number, to: number, part: Partial<AxisContext['inputs']> = {}): AxisContext {
  const startOf = (index: number): number => NOW - 30_000 - (COUNT - index) * MINUTE;
  return {
    inputs: {
      key: 'bitcoin usd 1m',
      layout: chartLayout({ width: 1_000, height: 600 }, { lower: [], axisWidth: 80 }),
      interval: '1m',
      intervalMs: MINUTE,
      viewFrame: {
        liveEdge: liveEdgeAt(NOW, '1m'),
        earliest: null,
        firstLoaded: 0,
        intervalMs: MINUTE,
        defaultBars: 120,
      },
      calendar: calendarOf('1m', 'UTC'),
      now: NOW,
      candles: CANDLES,
      volumeKind: 'traded',
      sources: [],
      studies: [],
      compared: [],
      priceAxis: { mode: 'linear', isInverted: false },
      hasVolumeProfile: false,
      alerts: [],
      ...part,
    },
    live: {
      start: NOW - 30_000,
      open: 60_000,
      high: 90_000,
      low: 60_000,
      close: 80_000,
      volume: 1e9,
      tickCount: 1,
    },
    range: { from: startOf(from), to: startOf(to) },
    priceRange: null,
    percentBase: 60_000,
  };
}

describe('the axes of a chart', () => {
  it('include the candle that is not closed yet only if it is visible', () => {
    const now = context(100, COUNT + 3);
    expect(priceAxisFrame(now, undefined).domain[1]).toBeGreaterThanOrEqual(90_000);
    expect(volumeAxisFrame(now, undefined).domain[1]).toBeGreaterThanOrEqual(1e9);
    const past = context(0, 100);
    const shown = CANDLES.slice(0, 100);
    expect(priceAxisFrame(past, undefined).domain[1]).toBeLessThan(
      maxOf(shown.map(({ high }) => high)) * 1.02,
    );
    expect(volumeAxisFrame(past, undefined).domain[1]).toBeLessThan(
      maxOf(shown.map(({ volume }) => volume ?? 0)) * 1.2,
    );
  });

  it('are the same for a range that was requested before, after another range of the same inputs', () => {
    const first = context(0, 100);
    const other = { ...first, range: context(50, 150).range };
    const ofFirst = priceAxisFrame(first, undefined);
    expect(priceAxisFrame(other, undefined)).not.toEqual(ofFirst);
    expect(priceAxisFrame(first, undefined)).toEqual(ofFirst);
  });

  it('extend by at most half the height of the candles for a study', () => {
    const study = (value: number): StudySeries => ({
      id: 'sma:20',
      title: 'SMA 20',
      pane: PRICE_PANE,
      color: 0,
      lines: [{ label: 'SMA', style: 'line' }],
      values: [new Float64Array(COUNT).fill(value)],
      preview: () => [value],
      fixedDomain: null,
      levels: [],
    });
    const domainWith = (studies: readonly StudySeries[]) =>
      priceAxisFrame(context(0, 100, { studies }), undefined).domain;
    const [low, high] = domainWith([]);
    const [lowest, highest] = domainWith([study(1), study(1e6)]);
    const height = high - low;
    expect(low - lowest).toBeGreaterThan(height * 0.3);
    expect(low - lowest).toBeLessThan(height * 0.7);
    expect(highest - high).toBeGreaterThan(height * 0.3);
    expect(highest - high).toBeLessThan(height * 0.7);
    // No price is zero, so a study of zero is ignored.
    expect(domainWith([study(0)])).toEqual([low, high]);
  });
});
