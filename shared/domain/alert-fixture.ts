import type { Alert } from './alert.ts';

/** An alert of the default rule, for tests that do not depend on its figures. */
export function alertOf(fields: Partial<Alert> & Pick<Alert, 'id' | 'observedAt'>): Alert {
  return {
    rule: 'moving-average',
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    source: 'coingecko',
    price: 1,
    kind: 'moving-average',
    params: { thresholdPct: 2, windowMinutes: 5 },
    severity: 'warning',
    direction: 'up',
    figures: {},
    ...fields,
  };
}
