import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../shared/domain/candle.ts';
import { timeScale } from '../model/time-scale.ts';
import { liveColumn } from './live-column.ts';

const MINUTE = 60_000;
const candleAt = (start: number): Candle => ({
  start,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: null,
  tickCount: 1,
});
const plot = { left: 0, top: 0, right: 800, bottom: 400 };
const sceneOf = (live: number | null, last: number | null, to: number, bars: number) => ({
  live: live === null ? null : candleAt(live),
  candles: last === null ? [] : [candleAt(last)],
  time: timeScale({ from: to - bars * MINUTE, to }, plot.left, plot.right),
  intervalMs: MINUTE,
  plot,
});

describe('the column of the candle that is not closed yet', () => {
  it('reaches from the last closed candle to the end of the one that is not closed yet, within the plot', () => {
    const counts = fc.integer({ min: 0, max: 300 });
    const given = fc.record({ gap: counts, ahead: counts, bars: fc.integer({ min: 12, max: 10_000 }) });
    fc.assert(
      fc.property(given, fc.constantFrom(1, 1.25, 1.5, 2, 3), ({ gap, ahead, bars }, ratio) => {
        fc.pre(ahead < bars);
        const live = 1_000_000 * MINUTE;
        const last = live - (1 + gap) * MINUTE;
        const scene = sceneOf(live, last, live + (1 + ahead) * MINUTE, bars);
        const column = liveColumn(scene, ratio);
        expect(column).not.toBeNull();
        const { left, width } = column ?? { left: Number.NaN, width: Number.NaN };
        expect(Number.isInteger(left) && Number.isInteger(width)).toBe(true);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThanOrEqual(Math.max(0, scene.time.x(last)) * ratio);
        expect(left + width).toBeGreaterThanOrEqual(
          Math.min(plot.right, scene.time.x(live + MINUTE)) * ratio,
        );
        // No wider than necessary, except for the space at its edges and the step of its widths.
        const wanted = Math.min(plot.right, scene.time.x(live + MINUTE)) - Math.max(0, scene.time.x(last));
        expect(width).toBeLessThanOrEqual((wanted + 8) * ratio + 17);
      }),
    );
  });

  it('begins with the candle that is not closed yet if it is the only one', () => {
    const scene = sceneOf(0, null, 4 * MINUTE, 40);
    expect(liveColumn(scene, 1)).toEqual({ left: 716, width: 32 });
  });

  it('is empty if the candle that is not closed yet is not visible', () => {
    expect(liveColumn(sceneOf(null, 0, MINUTE, 40), 1)).toBeNull();
  });
});
