import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../shared/domain/alert.ts';
import { type AlertData, joinAlerts, withAlert } from './alert-query.ts';

const alert = (observedAt: number, id = `a${observedAt}`): Alert => ({
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
  direction: 'up',
  figures: {},
});
const onePage = (alerts: readonly Alert[], next: AlertData['pages'][number]['next'] = null): AlertData => ({
  pages: [{ alerts, next }],
  pageParams: [undefined],
});

describe('a new alert', () => {
  it('stands at the head of the list', () => {
    expect(joinAlerts(withAlert(onePage([alert(1)]), alert(2)))).toEqual([alert(2), alert(1)]);
  });

  it('is there once, however often it is received', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), (times) => {
        const joined = times.reduce((data, at) => withAlert(data, alert(at)), onePage([]));
        const expected = [...new Set(times)].toSorted((a, b) => b - a);
        expect(joinAlerts(joined).map(({ observedAt }) => observedAt)).toEqual(expected);
      }),
    );
  });

  it('pushes out the oldest of a long list, which can be loaded again', () => {
    const long = Array.from({ length: 200 }, (_, n) => alert(200 - n));
    const joined = withAlert(onePage(long), alert(201));
    expect(joinAlerts(joined)).toHaveLength(200);
    expect(joined.pages[0]?.next).toEqual({ observedAt: 2, id: 'a2' });
  });

  it('pushes out none while older pages are shown', () => {
    const long = Array.from({ length: 200 }, (_, n) => alert(300 - n));
    const data: AlertData = {
      pages: [
        { alerts: long, next: { observedAt: 101, id: 'a101' } },
        { alerts: [alert(1)], next: null },
      ],
      pageParams: [undefined, { observedAt: 101, id: 'a101' }],
    };
    expect(joinAlerts(withAlert(data, alert(301)))).toHaveLength(202);
  });
});

describe('joinAlerts', () => {
  it('shows an alert once that two pages hold', () => {
    const data: AlertData = {
      pages: [
        { alerts: [alert(3), alert(2)], next: { observedAt: 2, id: 'a2' } },
        { alerts: [alert(2), alert(1)], next: null },
      ],
      pageParams: [undefined, { observedAt: 2, id: 'a2' }],
    };
    expect(joinAlerts(data)).toEqual([alert(3), alert(2), alert(1)]);
  });
});
