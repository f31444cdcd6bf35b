import { describe, expect, it } from 'vitest';
import type { Alert } from '../../shared/domain/alert.ts';
import { figureTexts, inhibitorTexts } from './alert-figures.ts';

const withFigures = (figures: Alert['figures']): Alert => ({
  id: 'a',
  rule: 'moving-average',
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  source: 'coingecko',
  observedAt: 1,
  price: 66_000,
  kind: 'moving-average',
  params: { thresholdPct: 2, windowMinutes: 5 },
  severity: 'warning',
  direction: 'up',
  figures,
});

describe('the figures of an alert', () => {
  it('are formatted by their kind', () => {
    const alert = withFigures({ average: 64_000, changePct: 3, thresholdPct: 2, sampleCount: 12 });
    expect(figureTexts(alert)).toEqual(['average $64,000.00', 'threshold +2.00%', 'sample count 12']);
  });

  it('say which coin an alert follows', () => {
    const alert = withFigures({});
    expect(inhibitorTexts(alert)).toEqual([]);
    const inhibitedBy = { alertId: 'b', coinId: 'bitcoin', beta: 1.4999, beyondPct: -0.1234 };
    expect(inhibitorTexts({ ...alert, coinId: 'ethereum', inhibitedBy })).toEqual([
      'follows Bitcoin: beta 1.50, −0.12% beyond it; not notified',
    ]);
  });

  it('are prices if a rule compares sources', () => {
    const alert = withFigures({ kraken: 64_000, coinbase: 63_000, spreadPct: 1.59 });
    expect(figureTexts({ ...alert, params: { sources: ['kraken', 'coinbase'] } })).toEqual([
      'kraken $64,000.00',
      'coinbase $63,000.00',
      'spread +1.59%',
    ]);
  });
});
