import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../shared/domain/alert.ts';
import { firstOfEachCandle } from './first-of-each-candle.ts';

const MINUTE = 60_000;
const alertAt = (id: string, observedAt: number, changePct?: number): Alert => ({
  id,
  rule: 'moving-average',
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  source: 'coingecko',
  observedAt,
  price: 1,
  kind: 'moving-average',
  params: { thresholdPct: 2, windowMinutes: 5 },
  severity: 'warning',
  direction: changePct === undefined ? null : changePct > 0 ? 'up' : 'down',
  figures: changePct === undefined ? {} : { changePct },
});

describe('the alerts that candles show', () => {
  it('are the first of each candle and direction, oldest first, each once', () => {
    const rose = alertAt('rose', 10 * MINUTE, 3);
    const alerts = [
      alertAt('later candle', 16 * MINUTE, 2),
      alertAt('rose again', 12 * MINUTE, 4),
      rose,
      alertAt('fell', 13 * MINUTE, -3),
      rose,
      alertAt('no direction', 14 * MINUTE),
    ];
    const shown = firstOfEachCandle(alerts, '5m').map(({ id }) => id);
    expect(shown).toEqual(['rose', 'fell', 'no direction', 'later candle']);
  });
});
