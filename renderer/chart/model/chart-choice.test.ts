import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import { type ChartChoice, nextChoice } from './chart-choice.ts';
import { LIVE_VIEW } from './chart-view.ts';

const MINUTE = 60_000;
const NOW = 2_000_000 * MINUTE;
const choice: ChartChoice = { coinId: 'bitcoin', interval: '1m', view: LIVE_VIEW, alert: null };
const alertAt = (observedAt: number, coinId = 'zcash'): Alert => ({
  id: `alert-${observedAt}-${coinId}`,
  rule: 'moving-average',
  coinId,
  vsCurrency: 'usd',
  source: 'coingecko',
  observedAt,
  price: 31,
  kind: 'moving-average',
  params: { thresholdPct: 2, windowMinutes: 5 },
  severity: 'warning',
  direction: 'up',
  figures: { changePct: 2.5 },
});

describe('selecting what is displayed', () => {
  it('returns to the present with another coin, with the same width', () => {
    const past: ChartChoice = {
      ...choice,
      view: { mode: 'past', bars: 80, to: NOW - 500 * MINUTE },
      alert: alertAt(1),
    };
    expect(nextChoice(past, { type: 'choose-coin', coinId: 'zcash' })).toEqual({
      coinId: 'zcash',
      interval: '1m',
      view: { mode: 'live', bars: 80 },
      alert: null,
    });
  });

  it('changes nothing when the selected coin is selected again', () => {
    expect(nextChoice(choice, { type: 'choose-coin', coinId: 'bitcoin' })).toBe(choice);
  });

  it('shows an alert in the middle, on the chart of its coin', () => {
    const alert = alertAt(NOW - 600 * MINUTE);
    expect(nextChoice(choice, { type: 'show-alert', alert, now: NOW })).toEqual({
      coinId: 'zcash',
      interval: '1m',
      view: { mode: 'past', bars: 60, to: alert.observedAt + 30 * MINUTE },
      alert,
    });
  });

  it('shows a fresh alert on the live chart', () => {
    const next = nextChoice(choice, { type: 'show-alert', alert: alertAt(NOW - MINUTE), now: NOW });
    expect(next.view.mode).toBe('live');
  });

  it('shows an old alert in an interval for which a few requests suffice', () => {
    const intervalFor = (ageMinutes: number) =>
      nextChoice(choice, { type: 'show-alert', alert: alertAt(NOW - ageMinutes * MINUTE), now: NOW })
        .interval;
    expect([1_000, 5_000, 15_000, 60_000, 200_000, 1_700_000, 1_900_000].map(intervalFor)).toEqual([
      '1m',
      '5m',
      '15m',
      '1h',
      '4h',
      '1d',
      '1w',
    ]);
  });
});
