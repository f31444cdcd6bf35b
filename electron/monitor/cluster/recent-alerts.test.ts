import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alert, resolvedId } from '../../../shared/domain/alert.ts';
import { alert } from '../log/log-fixture.ts';
import { createRecentAlerts } from './recent-alerts.ts';

const at = (id: string, observedAt: number): Alert => ({ ...alert(id), id, observedAt });

describe('the newest alerts of their topic', () => {
  it('are returned once each, newest first, for any order and repetition', () => {
    const offers = fc.array(fc.record({ id: fc.constantFrom(...'abcdef'), twice: fc.boolean() }));
    fc.assert(
      fc.property(offers, (offered) => {
        const alerts = createRecentAlerts();
        const applied = new Set<string>();
        for (const { id, twice } of offered) {
          const isNew = alerts.apply(at(id, id.charCodeAt(0) % 3));
          expect(isNew).toBe(!applied.has(id));
          applied.add(id);
          if (twice) expect(alerts.apply(at(id, id.charCodeAt(0) % 3))).toBe(false);
        }
        const all = alerts.newest({ limit: 100 });
        expect(all.map(({ id }) => id).toSorted()).toEqual([...applied].toSorted());
        // Reading page by page gives the same result.
        const paged: Alert[] = [];
        for (let before: Alert | undefined; ; before = paged.at(-1)) {
          const page = alerts.newest({ limit: 2, before });
          if (page.length === 0) break;
          paged.push(...page);
        }
        expect(paged).toEqual(all);
      }),
    );
  });

  it('have their resolution, once', () => {
    const alerts = createRecentAlerts();
    const raised = at('a', 1);
    const resolution = { alertId: 'a', resolvedAt: 5 } as unknown as NonNullable<Alert['resolution']>;
    const event: Alert = { ...raised, id: resolvedId('a'), resolution };
    expect([alerts.apply(raised), alerts.apply(event), alerts.apply(event), alerts.apply(raised)]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(alerts.newest({ limit: 10 })).toEqual([{ ...raised, resolution }]);
  });

  it('are bounded: the oldest make room', () => {
    const alerts = createRecentAlerts(10);
    for (let time = 0; time < 100; time++) alerts.apply(at(`id-${time}`, time));
    const kept = alerts.newest({ limit: 1_000 });
    expect(kept.length).toBeLessThanOrEqual(20);
    expect(kept.slice(0, 10).map(({ observedAt }) => observedAt)).toEqual(
      Array.from({ length: 10 }, (_, index) => 99 - index),
    );
  });
});
