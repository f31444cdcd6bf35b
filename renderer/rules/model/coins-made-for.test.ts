import { expect, it } from 'vitest';
import { ruleOf } from '../../../shared/domain/rule.ts';
import { coinsMadeFor } from './coins-made-for.ts';

const DATA = {
  watched: ['bitcoin', 'ethereum', 'zcash'],
  watchlists: [{ id: 'majors', coins: ['bitcoin', 'ethereum'] }],
  kinds: [
    {
      kind: 'change',
      params: { properties: { withinMinutes: { default: 60 } } },
      directions: ['up', 'down'] as const,
    },
  ],
};
const RULE = ruleOf({
  id: 'mine',
  kind: 'change',
  params: { changePct: 5 },
  scope: { watchlist: 'majors' },
});

it('includes all of its coins if it is new, was disabled, or has another condition', () => {
  const stricter = { ...RULE, params: { changePct: 6 } };
  for (const before of [null, { ...RULE, enabled: false }, stricter])
    expect(coinsMadeFor(RULE, before, DATA)).toEqual(['bitcoin', 'ethereum']);
});

it('includes only new coins if its condition is the same', () => {
  expect(coinsMadeFor({ ...RULE, severity: 'critical' }, RULE, DATA)).toEqual([]);
  // What the kind takes by itself is no other condition.
  const spelled = { ...RULE, params: { withinMinutes: 60, changePct: 5 } };
  expect(coinsMadeFor({ ...spelled, scope: 'all' }, RULE, DATA)).toEqual(['zcash']);
});
