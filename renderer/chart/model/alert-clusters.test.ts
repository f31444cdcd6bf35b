import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import { bucketStart } from '../../../shared/domain/interval.ts';
import { alertClusters, MARKER_PX, nextOf } from './alert-clusters.ts';
import { alertsOnChart } from './alerts-on-chart.ts';

const MINUTE = 60_000;
const alertAt = (id: string, observedAt: number, fields: Partial<Alert> = {}): Alert => ({
  id,
  rule: 'moving-average',
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  source: 'coingecko',
  observedAt,
  price: 1,
  kind: 'moving-average',
  params: {},
  severity: 'warning',
  direction: 'up',
  figures: {},
  ...fields,
});
const series = { coinId: 'bitcoin', vsCurrency: 'usd', interval: '1m' } as const;
const range = { from: 0, to: 100 * MINUTE };
const ids = (alerts: readonly Alert[]): readonly string[] => alerts.map(({ id }) => id);

describe('clusters of alerts', () => {
  it('represent every alert, without overlapping others on their side', () => {
    const anyMark = fc.record({
      minute: fc.nat(60),
      listed: fc.integer({ min: 1, max: 5 }),
      others: fc.nat(1_000),
      direction: fc.constantFrom('up' as const, 'down' as const, null),
    });
    fc.assert(
      fc.property(
        fc.array(anyMark, { maxLength: 60 }),
        fc.double({ min: 0.1, max: 40, noNaN: true }),
        (given, px) => {
          const marks = given.map(({ minute, listed, others, direction }, at) => ({
            alerts: Array.from({ length: listed }, (_, nth) =>
              alertAt(`${at}-${nth}`, minute * MINUTE + nth, { direction }),
            ),
            count: listed + others,
          }));
          const x = (at: number): number => (at / MINUTE) * px;
          const clusters = alertClusters(marks, x);
          const sum = (all: readonly { readonly count: number }[]) =>
            all.reduce((total, { count }) => total + count, 0);
          expect(sum(clusters)).toBe(sum(marks));
          expect(clusters.flatMap(({ alerts }) => ids(alerts)).toSorted()).toEqual(
            marks.flatMap(({ alerts }) => ids(alerts)).toSorted(),
          );
          for (const side of ['above', 'below'] as const) {
            const begins = clusters
              .filter((one) => one.side === side)
              .map(({ alerts }) => x(alerts[0]?.observedAt ?? 0));
            for (const [index, begin] of begins.entries()) {
              if (index > 0)
                expect(begin - (begins[index - 1] ?? 0)).toBeGreaterThanOrEqual(MARKER_PX - 1e-9);
            }
          }
        },
      ),
    );
  });

  it('merge a rise and an alert without direction at the same time', () => {
    const marks = [
      { alerts: [alertAt('up', 1)], count: 1 },
      { alerts: [alertAt('volume', 2, { direction: null })], count: 1 },
      { alerts: [alertAt('down', 3, { direction: 'down' })], count: 1 },
    ];
    expect(alertClusters(marks, (at) => at).map(({ side, alerts }) => [side, ids(alerts)])).toEqual([
      ['below', ['up', 'volume']],
      ['above', ['down']],
    ]);
  });

  it('are cycled through by clicks, from the newest to the oldest', () => {
    const cluster = {
      side: 'below',
      alerts: ['a', 'b', 'c'].map((id, at) => alertAt(id, at)),
      count: 9,
    } as const;
    const clicks: (string | null)[] = [null];
    for (let click = 0; click < 4; click++) clicks.push(nextOf(cluster, clicks.at(-1) ?? null)?.id ?? null);
    expect(clicks.slice(1)).toEqual(['c', 'b', 'a', 'c']);
    expect(nextOf(cluster, 'of another cluster')?.id).toBe('c');
  });
});

describe('the alerts on a chart', () => {
  it('include the selected one in the mark that counts it, without counting it twice', () => {
    const mark = { alerts: [alertAt('first', 5 * MINUTE)], count: 8 };
    const chosen = alertAt('seventh', 5 * MINUTE + 30_000);
    const [found, ...others] = alertsOnChart([mark], chosen, series, range);
    expect(others).toEqual([]);
    expect(found?.count).toBe(8);
    expect(ids(found?.alerts ?? [])).toEqual(['first', 'seventh']);
    expect(bucketStart(chosen.observedAt, '1m')).toBe(5 * MINUTE);
  });

  it('include the selected one separately until its mark is loaded, and none of another coin or time', () => {
    const chosen = alertAt('chosen', 7 * MINUTE);
    expect(alertsOnChart([], chosen, series, range)).toEqual([{ alerts: [chosen], count: 1 }]);
    const full = { alerts: [alertAt('full', 7 * MINUTE + 1)], count: 1 };
    expect(alertsOnChart([full], chosen, series, range)).toHaveLength(2);
    const own = { alerts: [alertAt('own', 9 * MINUTE)], count: 1 };
    expect(alertsOnChart([own], own.alerts[0] ?? null, series, range)).toEqual([own]);
    expect(alertsOnChart([], alertAt('other', 1, { coinId: 'zcash' }), series, range)).toEqual([]);
    expect(alertsOnChart([], alertAt('other', 1, { vsCurrency: 'eur' }), series, range)).toEqual([]);
    expect(
      alertsOnChart([{ alerts: [alertAt('late', 200 * MINUTE)], count: 3 }], null, series, range),
    ).toEqual([]);
  });
});
