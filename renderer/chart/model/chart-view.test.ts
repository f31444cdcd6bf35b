import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { viewAfterKey } from './chart-keys.ts';
import {
  type ChartView,
  defaultBars,
  LIVE_VIEW,
  liveEdgeAt,
  panned,
  type ViewFrame,
  visibleRange,
  WHOLE_VIEW,
  zoomed,
} from './chart-view.ts';

const MINUTE = 60_000;
const frame: ViewFrame = {
  liveEdge: 1_000 * MINUTE,
  earliest: null,
  firstLoaded: 0,
  intervalMs: MINUTE,
  defaultBars: 100,
};
const past: ChartView = { mode: 'past', bars: 100, to: 500 * MINUTE };

const views = fc.oneof(
  fc.constant(LIVE_VIEW),
  fc.record({
    mode: fc.constant('past' as const),
    bars: fc.integer({ min: 12, max: 1_000 }),
    to: fc.integer({ min: 0, max: 999 * MINUTE }),
  }),
);

describe('a chart view', () => {
  it('shows the present with some space to its right', () => {
    expect(liveEdgeAt(10 * MINUTE + 1, '1m')).toBe(14 * MINUTE);
    expect(visibleRange(LIVE_VIEW, frame)).toEqual({ from: 900 * MINUTE, to: 1_000 * MINUTE });
  });

  it('follows the present only while it is live', () => {
    const later = { ...frame, liveEdge: frame.liveEdge + MINUTE };
    expect(visibleRange(LIVE_VIEW, later).to).toBe(later.liveEdge);
    expect(visibleRange(past, later)).toEqual(visibleRange(past, frame));
  });

  it('keeps its width when it is moved and moved back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (bars) => {
        const there = panned(past, -bars, frame);
        expect(visibleRange(there, frame).to).toBe((500 - bars) * MINUTE);
        expect(visibleRange(panned(there, bars, frame), frame)).toEqual(visibleRange(past, frame));
      }),
    );
  });

  it('follows the newest candle again as soon as it is visible', () => {
    expect(panned(past, 496, frame).mode).toBe('past');
    expect(panned(past, 497, frame)).toEqual({ mode: 'live', bars: 100, margin: 0 });
    expect(panned(past, 500, frame)).toEqual({ mode: 'live', bars: 100 });
  });

  it('keeps its distance from the newest candle after it was moved', () => {
    const later = { ...frame, liveEdge: frame.liveEdge + 10 * MINUTE };
    const view = panned(LIVE_VIEW, 7, frame);
    expect(visibleRange(view, later).to).toBe(visibleRange(view, frame).to + 10 * MINUTE);
  });

  it('shows the future in at most half of its width', () => {
    expect(visibleRange(panned(past, 9_000, frame), frame).to).toBe((997 + 50) * MINUTE);
  });

  it('does not move beyond the history', () => {
    const known = { ...frame, earliest: 400 * MINUTE };
    expect(panned(past, -900, known)).toEqual({ mode: 'past', bars: 100, to: 450 * MINUTE });
    expect(panned(past, -900, frame)).toEqual({ mode: 'past', bars: 100, to: -400 * MINUTE });
  });

  it('keeps the point under the pointer in place when it zooms', () => {
    const { from, to } = visibleRange(zoomed(past, 0.5, 0.25, frame), frame);
    expect(to - from).toBe(50 * MINUTE);
    expect(from + (to - from) * 0.25).toBe(425 * MINUTE);
  });

  it('keeps the point under the pointer in place when it is live', () => {
    const { from, to } = visibleRange(zoomed(LIVE_VIEW, 0.5, 0.1, frame), frame);
    expect(to - from).toBe(50 * MINUTE);
    expect(from + (to - from) * 0.1).toBe(910 * MINUTE);
  });

  it('keeps following the newest candle while it remains visible', () => {
    expect(zoomed(LIVE_VIEW, 0.5, 1, frame)).toEqual({ mode: 'live', bars: 50 });
    expect(zoomed(LIVE_VIEW, 0.5, 0.97, frame)).toEqual({ mode: 'live', bars: 50, margin: 1.5 });
    expect(zoomed(LIVE_VIEW, 2, 1, frame)).toEqual({ mode: 'live', bars: 200 });
    expect(zoomed(LIVE_VIEW, 0.5, 0.1, frame).mode).toBe('past');
  });

  it('keeps any instant under the pointer in place when it zooms, unless a limit prevents it', () => {
    fc.assert(
      fc.property(
        views,
        fc.double({ min: 0.2, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (view, factor, anchor) => {
          const before = visibleRange(view, frame);
          const bars = ((before.to - before.from) / MINUTE) * factor;
          const pointed = before.from + (before.to - before.from) * anchor;
          const wantedTo = pointed + bars * MINUTE * (1 - anchor);
          fc.pre(bars >= 12 && wantedTo <= 997 * MINUTE + (bars / 2) * MINUTE);
          const { from, to } = visibleRange(zoomed(view, factor, anchor, frame), frame);
          expect(from + (to - from) * anchor).toBeCloseTo(pointed, 3);
        },
      ),
    );
  });

  it('never shows less than a dozen candles, more than ten thousand, or mostly the future', () => {
    fc.assert(
      fc.property(
        views,
        fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (view, factor, anchor) => {
          const { from, to } = visibleRange(zoomed(view, factor, anchor, frame), frame);
          const bars = (to - from) / MINUTE;
          expect(bars).toBeGreaterThan(11.99);
          expect(bars).toBeLessThan(10_000.01);
          expect((from + to) / 2).toBeLessThanOrEqual(997 * MINUTE + 1);
        },
      ),
    );
  });

  it('shows all loaded candles, and the time of one more before them', () => {
    const { from, to } = visibleRange(WHOLE_VIEW, { ...frame, firstLoaded: 300 * MINUTE });
    expect([from, to]).toEqual([299 * MINUTE, 1_000 * MINUTE]);
  });

  it('shows fewer candles if there are few, and no more than fit', () => {
    expect(defaultBars(1_080, 5)).toBe(36);
    expect(defaultBars(1_080, 60)).toBe(66);
    expect(defaultBars(1_080, 5_000)).toBe(120);
    expect(defaultBars(200, 5_000)).toBe(30);
  });
});

describe('viewAfterKey', () => {
  it('moves by a tenth, zooms, and returns to the present', () => {
    expect(viewAfterKey('ArrowLeft', past, frame)).toEqual({ mode: 'past', bars: 100, to: 490 * MINUTE });
    expect(viewAfterKey('ArrowRight', past, frame)).toEqual({ mode: 'past', bars: 100, to: 510 * MINUTE });
    expect(viewAfterKey('+', past, frame)?.bars).toBe(80);
    expect(viewAfterKey('-', past, frame)?.bars).toBe(125);
    expect(viewAfterKey('End', past, frame)).toBe(LIVE_VIEW);
  });

  it('ignores other keys', () => {
    expect(viewAfterKey('Tab', past, frame)).toBeNull();
  });
});
