import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../shared/domain/alert.ts';
import { alert } from '../../log/log-fixture.ts';
import { mergeAlerts } from './merge-alerts.ts';

const LIMIT = 5;

describe('mergeAlerts', () => {
  it('returns the same page as one list of all alerts, wherever each alert is stored', () => {
    const place = fc.constantFrom('here', 'there', 'both');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 9 }), place), { maxLength: 30 }), (entries) => {
        const all = entries.map(([observedAt], index) => alert(String(index).padStart(2, '0'), observedAt));
        const kept = (where: string): Alert[] =>
          newestFirst(all.filter((_, index) => [where, 'both'].includes(entries[index]?.[1] ?? '')));
        const page = mergeAlerts(kept('here').slice(0, LIMIT), kept('there').slice(0, LIMIT), LIMIT);
        expect(page).toEqual(newestFirst(all).slice(0, LIMIT));
      }),
    );
  });
});

function newestFirst(alerts: readonly Alert[]): Alert[] {
  return alerts.toSorted((a, b) => b.observedAt - a.observedAt || b.id.localeCompare(a.id));
}
