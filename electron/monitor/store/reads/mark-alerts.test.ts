import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../shared/domain/alert.ts';
import { alertMarkSchema, MAX_IN_MARK } from '../../../../shared/domain/alert-mark.ts';
import { alert } from '../../log/log-fixture.ts';
import { markAlerts } from './mark-alerts.ts';

const MINUTE = 60_000;
const alertAt = (id: string, observedAt: number, fields: Partial<Alert> = {}): Alert => ({
  ...alert(id, observedAt),
  ...fields,
});
const all = (alerts: readonly Alert[]) => [{ alerts, others: 0 }];
const shown = (marks: ReturnType<typeof markAlerts>) =>
  marks.map(({ alerts, count }) => [alerts.map(({ id }) => id), count]);

describe('alert marks of candles', () => {
  it('contain the alerts of each candle and direction, oldest first, each once', () => {
    const rose = alertAt('rose', 10 * MINUTE);
    const alerts = [
      alertAt('later candle', 16 * MINUTE),
      alertAt('rose again', 12 * MINUTE),
      rose,
      alertAt('fell', 13 * MINUTE, { direction: 'down' }),
      rose,
      alertAt('no direction', 14 * MINUTE, { direction: null }),
    ];
    expect(shown(markAlerts(all(alerts), '5m'))).toEqual([
      [['rose', 'rose again'], 2],
      [['fell'], 1],
      [['no direction'], 1],
      [['later candle'], 1],
    ]);
  });

  it('contain one alert of each rule before a second one of any rule, and count the others', () => {
    const often = Array.from({ length: 9 }, (_, at) => alertAt(`often-${at}`, at));
    const rules = ['a', 'b', 'c'].map((rule, at) => alertAt(rule, 100 + at, { rule }));
    expect(shown(markAlerts(all([...often, ...rules]), '1m'))).toEqual([
      [['often-0', 'often-1', 'a', 'b', 'c'], 12],
    ]);
  });

  it('add alerts that were only counted to those that were read, and count an alert of two places once', () => {
    const [one, two] = [alertAt('one', 1), alertAt('two', 2)];
    const resolution = {
      alertId: 'one',
      resolvedAt: 9,
      reason: 'ended',
      extreme: { price: 1, observedAt: 1, figures: {} },
    } as unknown as NonNullable<Alert['resolution']>;
    const marks = markAlerts(
      [
        { alerts: [{ ...one, resolution }], others: 40 },
        { alerts: [one, two], others: 0 },
      ],
      '1m',
    );
    expect(shown(marks)).toEqual([[['one', 'two'], 42]]);
    expect(marks[0]?.alerts[0]?.resolution).toBe(resolution);
  });

  it('count every alert once, with at most three marks per candle for any number of alerts', () => {
    const anyAlert = fc.record({
      observedAt: fc.nat(10 * MINUTE),
      rule: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
      direction: fc.constantFrom('up' as const, 'down' as const, null),
    });
    fc.assert(
      fc.property(fc.array(anyAlert, { maxLength: 200 }), (given) => {
        const alerts = given.map((fields, at) => alertAt(`alert-${at}`, fields.observedAt, fields));
        const marks = markAlerts(all(alerts), '1m');
        expect(marks.reduce((sum, { count }) => sum + count, 0)).toBe(alerts.length);
        expect(marks.length).toBeLessThanOrEqual(3 * 11);
        for (const mark of marks) {
          expect(alertMarkSchema.safeParse(mark).success).toBe(true);
          expect(mark.alerts).toHaveLength(Math.min(MAX_IN_MARK, mark.count));
        }
      }),
    );
  });
});
