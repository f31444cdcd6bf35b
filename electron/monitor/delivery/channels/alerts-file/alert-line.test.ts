import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../../shared/domain/alert.ts';
import { alertLine } from './alert-line.ts';

const alert: Alert = {
  id: 'a',
  rule: 'moving-average',
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  source: 'coingecko',
  observedAt: Date.UTC(2026, 0, 5, 12),
  price: 66_950.123,
  kind: 'moving-average',
  params: { thresholdPct: 2, windowMinutes: 5 },
  severity: 'warning',
  direction: 'up',
  figures: { average: 65_000, changePct: 3.0002 },
};

describe('alert line', () => {
  it('has the time, the coin, what happened and the figures', () => {
    expect(alertLine(alert)).toBe(
      '2026-01-05T12:00:00.000Z - Alert: bitcoin price changed by more than 2% from the 5-min average. ' +
        '(price 66950.123 USD, average 65000 USD, change +3.00%, source coingecko)',
    );
  });

  it('writes tiny prices in full', () => {
    const tiny = alertLine({ ...alert, price: 0.00000012345, figures: { changePct: -2.5 } });
    expect(tiny).toContain('(price 0.00000012345 USD, change -2.50%, source coingecko)');
  });
});
