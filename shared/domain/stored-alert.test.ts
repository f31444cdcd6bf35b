import { describe, expect, it } from 'vitest';
import { text } from '../messages/message.ts';
import { alertMessage } from './alert-message.ts';
import { storedAlertSchema } from './stored-alert.ts';

const OLD = {
  id: 'moving-average:coingecko:bitcoin:usd:1',
  rule: 'moving-average',
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  source: 'coingecko',
  observedAt: 1,
  price: 97,
  message: 'price changed by more than 2.5% from the 7.5-min average',
  figures: { average: 100, changePct: -3 },
};

describe('a stored alert', () => {
  it('of a version that stored a sentence gets kind, parameters, severity and direction', () => {
    const { message, ...rest } = OLD;
    const alert = storedAlertSchema.parse(OLD);
    expect(alert).toEqual({
      ...rest,
      kind: 'moving-average',
      params: { thresholdPct: 2.5, windowMinutes: 7.5 },
      severity: 'warning',
      direction: 'down',
    });
    expect(text(alertMessage(alert))).toBe(message);
  });

  it('with a sentence of another kind keeps everything else', () => {
    expect(storedAlertSchema.parse({ ...OLD, message: 'moved', figures: {} })).toMatchObject({
      params: {},
      direction: null,
      price: 97,
    });
  });

  it('of this version is read unchanged', () => {
    const alert = storedAlertSchema.parse(OLD);
    expect(storedAlertSchema.parse({ ...alert, severity: 'critical' })).toEqual({
      ...alert,
      severity: 'critical',
    });
  });

  it('that is damaged is rejected', () => {
    for (const damaged of [null, 'text', {}, { ...OLD, price: -1 }, { ...OLD, kind: 'x' }])
      expect(storedAlertSchema.safeParse(damaged).success).toBe(false);
  });
});
