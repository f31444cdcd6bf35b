import { expect, it } from 'vitest';
import type { Candle } from '../../shared/domain/candle.ts';
import { momentOf, momentShape } from './moment-shape.ts';

const MINUTE_MS = 60_000;
const AT = Date.UTC(2026, 0, 5, 12, 0, 30);
const candle = (minutes: number, open: number, close: number): Candle => ({
  start: Date.UTC(2026, 0, 5, 12) + minutes * MINUTE_MS,
  open,
  high: Math.max(open, close) + 1,
  low: Math.min(open, close) - 1,
  close,
  volume: null,
  tickCount: 1,
});

it('shows five minutes before and after the minute of the alert', () => {
  const { from, to } = momentOf(AT);
  expect((to - from) / MINUTE_MS).toBe(11);
  const shape = momentShape([candle(-6, 1, 1), candle(-5, 100, 102), candle(5, 102, 99), candle(6, 1, 1)], {
    observedAt: AT,
    price: 100.5,
  });
  expect(shape?.candles.map(({ isRising }) => isRising)).toEqual([true, false]);
  expect(shape).toMatchObject({ high: 103, low: 98, at: { x: 0.5, y: 0.5 } });
  expect(shape?.candles[0]).toMatchObject({ high: 0, top: 0.2, bottom: 0.6, low: 0.8 });
});

it('includes a price outside of the candles, and is null without a candle', () => {
  expect(momentShape([candle(0, 100, 100)], { observedAt: AT, price: 110 })).toMatchObject({
    high: 110,
    at: { y: 0 },
  });
  expect(momentShape([], { observedAt: AT, price: 110 })).toBeNull();
});
