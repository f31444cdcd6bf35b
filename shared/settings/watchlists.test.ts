import { describe, expect, it } from 'vitest';
import { ruleOf } from '../domain/rule.ts';
import { text } from '../messages/message.ts';
import { coinsOfRoute, routeFaults, watchlistFaults, watchlistsSchema, withCoins } from './watchlists.ts';

const watchlists = [{ id: 'majors', coins: ['bitcoin', 'ethereum'] }];
const scoped = (id: string, scope: Parameters<typeof ruleOf>[0]['scope']) =>
  ruleOf({ id, kind: 'change', scope });

describe('watchlists', () => {
  it('define the coins of rules that refer to them', () => {
    const rules = [
      scoped('a', { watchlist: 'majors' }),
      scoped('b', { watchlist: 'majors' }),
      scoped('c', ['zcash']),
      scoped('d', 'all'),
    ];
    expect(withCoins({ rules, watchlists }).map(({ scope }) => scope)).toEqual([
      ['bitcoin', 'ethereum'],
      ['bitcoin', 'ethereum'],
      ['zcash'],
      'all',
    ]);
    const [first] = withCoins({ rules, watchlists: [{ id: 'majors', coins: ['zcash'] }] });
    expect(first?.scope).toEqual(['zcash']);
  });

  it('report a rule that refers to a missing one, and give it no coins', () => {
    const rules = [scoped('a', { watchlist: 'minors' })];
    expect([...watchlistFaults({ rules, watchlists })].map(([id, fault]) => [id, text(fault)])).toEqual([
      ['a', 'is for the watchlist "minors", which is not among `watchlists` (majors)'],
    ]);
    expect(withCoins({ rules, watchlists })[0]?.scope).toEqual([]);
  });

  it('define the coins of routes that refer to them, and report a missing one', () => {
    expect(coinsOfRoute({}, watchlists)).toBeNull();
    expect(coinsOfRoute({ watchlist: 'majors' }, watchlists)).toEqual(['bitcoin', 'ethereum']);
    expect(coinsOfRoute({ watchlist: 'minors' }, watchlists)).toEqual([]);
    const channels = [
      { id: 'all', route: {} },
      { id: 'some', route: { watchlist: 'majors' } },
      { id: 'none', route: { watchlist: 'minors' } },
    ];
    const faults = [...routeFaults({ channels, watchlists })].map(([id, fault]) => [id, text(fault)]);
    expect(faults).toEqual([['none', 'there is no watchlist "minors". There are: majors.']]);
  });

  it('must have distinct ids and at least one coin', () => {
    const faults = [
      [...watchlists, ...watchlists],
      [{ id: 'Majors', coins: ['bitcoin'] }],
      [{ id: 'majors', coins: [] }],
      [{ id: 'majors', coins: ['bit coin'] }],
    ].map((lists) => watchlistsSchema.safeParse(lists).success);
    expect(faults).toEqual([false, false, false, false]);
    expect(watchlistsSchema.parse([{ id: 'majors', coins: [' Bitcoin '] }])[0]?.coins).toEqual(['bitcoin']);
  });
});
