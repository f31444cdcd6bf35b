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

it('includes all coins of a rule that is new, was disabled, or has a changed condition', () => {
  const stricter = { ...RULE, params: { changePct: 6 } };
  for (const before of [null, { ...RULE, enabled: false }, stricter])
    expect(coinsMadeFor(RULE, before, DATA)).toEqual(['bitcoin', 'ethereum']);
});

it('includes only new coins of a rule with an unchanged condition', () => {
  expect(coinsMadeFor({ ...RULE, severity: 'critical' }, RULE, DATA)).toEqual([]);
  // Writing a default explicitly does not change the condition.
  const explicit = { ...RULE, params: { withinMinutes: 60, changePct: 5 } };
  expect(coinsMadeFor({ ...explicit, scope: 'all' }, RULE, DATA)).toEqual(['zcash']);
});
