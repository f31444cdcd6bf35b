import { describe, expect, it } from 'vitest';
import { seededCandles } from '../../../tests/chart-page/seeded-candles.ts';
import { calendarOf } from './candle-time.ts';
import { type ChartCore, type ChartHost, createChartCore } from './chart-core.ts';
import type { ChartInputs } from './chart-inputs.ts';
import { chartLayout, PRICE_PANE } from './chart-layout.ts';
import { LIVE_VIEW, liveEdgeAt, panned, zoomed } from './chart-view.ts';
import { extentOf } from './price-scale.ts';
import { shownCandles } from './shown-candles.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 5, 12, 12, 0, 30);
const CANDLES = seededCandles({
  count: 3_000,
  intervalMs: MINUTE,
  lastStart: NOW - 30_000 - MINUTE,
  price: 60_000,
  seed: 5,
});
const LAYOUT = chartLayout({ width: 1_000, height: 600 }, { lower: [], axisWidth: 80 });
const INPUTS: ChartInputs = {
  key: 'bitcoin usd 1m',
  layout: LAYOUT,
  interval: '1m',
  intervalMs: MINUTE,
  viewFrame: {
    liveEdge: liveEdgeAt(NOW, '1m'),
    earliest: null,
    firstLoaded: CANDLES[0]?.start ?? 0,
    intervalMs: MINUTE,
    defaultBars: 120,
  },
  calendar: calendarOf('1m', 'UTC'),
  now: NOW,
  candles: CANDLES,
  volumeKind: null,
  sources: [],
  studies: [],
  compared: [],
  priceAxis: { mode: 'linear', isInverted: false },
  hasVolumeProfile: false,
  alerts: [],
};
const PRICES = LAYOUT.panes[0] ?? { top: 0, height: 0 };

/** A chart whose frames and timers the test triggers, and whose axes are reported as by Recharts. */
function chart() {
  let frames: (() => void)[] = [];
  let timers: (() => void)[] = [];
  const host: ChartHost = {
    requestFrame(onFrame) {
      frames.push(onFrame);
      return () => undefined;
    },
    setTimer(_ms, onTime) {
      timers.push(onTime);
      return () => {
        timers = timers.filter((one) => one !== onTime);
      };
    },
  };
  const core = createChartCore(host, LIVE_VIEW);
  const pass = (): void => {
    const due = frames;
    frames = [];
    for (const onFrame of due) onFrame();
  };
  const drawAxes = (): void => {
    const frame = core.frame.get();
    if (frame === null) return;
    core.reportTime(frame, 0, LAYOUT.plotWidth);
    for (const axis of frame.axes) core.reportAxis(frame, axis, PRICES.top + PRICES.height, PRICES.top);
  };
  const rest = (): void => {
    const due = timers;
    timers = [];
    for (const onTime of due) onTime();
    pass();
  };
  core.setInputs(INPUTS);
  drawAxes();
  pass();
  return { core, pass, drawAxes, rest };
}

const priceAxis = (core: ChartCore) => core.scene()?.panes.get(PRICE_PANE)?.axis;

describe('a chart that is moved', () => {
  it('shows all visible prices on its axis, without a new frame for React', () => {
    const { core, pass } = chart();
    const drawn = core.frame.get();
    const axes = new Set([priceAxis(core)]);
    for (let step = 0; step < 60; step++) {
      core.setView(panned(core.view.get(), -7, INPUTS.viewFrame), true);
      pass();
      const scene = core.scene();
      const axis = priceAxis(core);
      axes.add(axis);
      expect(scene?.moved?.times.length).toBeGreaterThan(0);
      const [low, high] = extentOf(scene === null ? [] : shownCandles(scene)) ?? [];
      expect(low).toBeGreaterThanOrEqual(axis?.domain[0] ?? Number.NaN);
      expect(high).toBeLessThanOrEqual(axis?.domain[1] ?? Number.NaN);
      const pane = scene?.panes.get(PRICE_PANE);
      expect(pane?.y(axis?.domain[0] ?? 0)).toBeCloseTo(PRICES.top + PRICES.height, 6);
      expect(pane?.y(axis?.domain[1] ?? 0)).toBeCloseTo(PRICES.top, 6);
    }
    // The prices have left the axis more than once.
    expect(axes.size).toBeGreaterThan(2);
    expect(core.frame.get()).toBe(drawn);
  });

  it('is also zoomed without a new frame, and shows the time range of the view', () => {
    const { core, pass } = chart();
    const drawn = core.frame.get();
    for (const factor of [1.3, 1.3, 0.5, 2.2]) {
      core.setView(zoomed(core.view.get(), factor, 0.4, INPUTS.viewFrame), true);
      pass();
      const { range, time, plot } = core.scene() ?? {};
      const bars = core.view.get().bars ?? Number.NaN;
      expect(((range?.to ?? 0) - (range?.from ?? 0)) / MINUTE).toBeCloseTo(bars, 6);
      expect(time?.x(range?.to ?? 0)).toBeCloseTo(plot?.right ?? Number.NaN, 6);
    }
    expect(core.frame.get()).toBe(drawn);
  });

  it('has a price axis that is dragged without a new frame, until it comes to rest', () => {
    const { core, pass, drawAxes, rest } = chart();
    const drawn = core.frame.get();
    const [low, high] = priceAxis(core)?.domain ?? [Number.NaN, Number.NaN];
    for (let step = 1; step <= 20; step++) {
      const range = [low - step * 10, high + step * 20] as const;
      core.setPriceRange(range, true);
      pass();
      expect(priceAxis(core)?.domain).toEqual(range);
      expect(priceAxis(core)?.ticks.length).toBeGreaterThan(2);
      expect(core.scene()?.moved?.times.length).toBeGreaterThan(0);
      expect(core.placed.get()?.panes.get(PRICE_PANE)?.axis).toBe(priceAxis(core));
    }
    expect(core.frame.get()).toBe(drawn);
    rest();
    drawAxes();
    expect(core.frame.get()).not.toBe(drawn);
    expect(core.scene()?.moved).toBeNull();
    expect(priceAxis(core)?.domain).toEqual([low - 200, high + 400]);
    core.setPriceRange(null, false);
    pass();
    drawAxes();
    expect(priceAxis(core)?.domain).toEqual([low, high]);
  });

  it('keeps its chosen prices while it is moved in time', () => {
    const { core, pass } = chart();
    core.setPriceRange([50_000, 70_000], true);
    for (let step = 0; step < 30; step++) {
      core.setView(panned(core.view.get(), -7, INPUTS.viewFrame), true);
      pass();
      expect(priceAxis(core)?.domain).toEqual([50_000, 70_000]);
    }
  });

  it('keeps its content until its axes at rest are drawn', () => {
    const { core, pass, drawAxes, rest } = chart();
    core.setView(panned(core.view.get(), -500, INPUTS.viewFrame), true);
    pass();
    const { range } = core.scene() ?? {};
    rest();
    expect(core.scene()?.range).toEqual(range);
    expect(core.scene()?.moved).not.toBeNull();
    drawAxes();
    expect(core.scene()?.range).toEqual(range);
    expect(core.scene()?.moved).toBeNull();
    expect(core.placed.get()?.range).toEqual(range);
    expect(core.rested.get()?.range).toEqual(range);
  });

  it('moves placed elements along, and places them again when an axis has changed', () => {
    const { core, pass } = chart();
    for (let step = 0; step < 60; step++) {
      core.setView(panned(core.view.get(), -7, INPUTS.viewFrame), true);
      pass();
      const [scene, placed] = [core.scene(), core.placed.get()];
      expect(placed?.panes.get(PRICE_PANE)?.axis).toBe(scene?.panes.get(PRICE_PANE)?.axis);
      expect(placed?.time.pxPerMs).toBeCloseTo(scene?.time.pxPerMs ?? Number.NaN, 12);
    }
  });

  it('shows the drawn frame immediately when it is moved back', () => {
    const { core, pass, rest } = chart();
    const view = core.view.get();
    const drawn = core.frame.get();
    core.setView(panned(view, -5, INPUTS.viewFrame), true);
    pass();
    core.setView(view, true);
    pass();
    expect(core.scene()?.moved).not.toBeNull();
    rest();
    expect(core.frame.get()).toBe(drawn);
    expect(core.scene()?.moved).toBeNull();
  });
});

describe('a new price', () => {
  it('causes a new frame only if it is outside of the axis', () => {
    const { core, pass, drawAxes } = chart();
    const [low, high] = priceAxis(core)?.domain ?? [0, 0];
    const scene = core.scene();
    const [lowest, highest] = (scene && extentOf(shownCandles(scene))) ?? [0, 0];
    const middle = (lowest + highest) / 2;
    const live = { start: NOW - 30_000, open: middle, volume: null, tickCount: 1 };
    const next = (price: number): void => {
      core.setLive({ ...live, high: Math.max(middle, price), low: Math.min(middle, price), close: price });
      pass();
      drawAxes();
    };
    next(middle);
    const frame = core.frame.get();
    for (const price of [middle * 1.00001, lowest, highest]) next(price);
    expect(core.frame.get()).toBe(frame);
    expect(core.live.get()?.close).toBe(highest);
    next(high * 1.01);
    expect(priceAxis(core)?.domain[1]).toBeGreaterThan(high * 1.01);
    next(middle);
    expect(priceAxis(core)?.domain).toEqual([low, high]);
  });
});
