import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../time/clock.ts';
import { createSubscription } from './subscribe-markets.ts';

/** A subscription whose requests are lists of names. */
function subscriptionTo(names: readonly string[], isCautious = false) {
  const clock = virtualClock(0);
  const ending = new AbortController();
  const asked: (readonly string[])[] = [];
  const confirmed: string[] = [];
  const refused: (string | null)[] = [];
  const subscription = createSubscription({
    dialect: { subscribe: (markets, id) => ({ markets, id }) },
    names,
    isCautious,
    send: (message) => asked.push((message as { markets: readonly string[] }).markets),
    networkClock: clock,
    signal: ending.signal,
    onConfirmed: (name) => confirmed.push(name),
    onRefused: (name) => refused.push(name),
  });
  const refusal = (name: string | null, requestId: number | null) =>
    subscription.hear({ refusal: { name, requestId, reason: 'no' } });
  subscription.start();
  return { clock, ending, asked, confirmed, refused, hear: subscription.hear, refusal };
}

describe('a subscription', () => {
  it('asks for all markets at once, 200 to a request', () => {
    const names = Array.from({ length: 250 }, (_, index) => `M${index}`);
    expect(subscriptionTo(names).asked.map((markets) => markets.length)).toEqual([200, 50]);
  });

  it('knows the market that the exchange names', () => {
    const { refused, refusal, asked } = subscriptionTo(['A', 'B']);
    refusal('B', 1);
    expect(refused).toEqual(['B']);
    expect(asked).toHaveLength(1);
  });

  it('asks one by one for what was not confirmed when the exchange names none', async () => {
    const { clock, asked, confirmed, refused, refusal, hear } = subscriptionTo(['A', 'B', 'C', 'D']);
    hear({ trades: [{ name: 'A', isSnapshot: true, trades: [] }] });
    refusal(null, 1);
    await clock.advance(300);
    expect(asked.at(-1)).toEqual(['B']);
    hear({ confirmed: ['B'] });
    await clock.advance(300);
    expect(asked.at(-1)).toEqual(['C']);
    refusal(null, null);
    await clock.advance(300);
    expect(asked.at(-1)).toEqual(['D']);
    hear({ confirmedRequest: 4 });
    await clock.advance(60_000);
    expect(asked).toHaveLength(4);
    expect(confirmed).toEqual(['A', 'B', 'D']);
    expect(refused).toEqual([null, 'C']);
  });

  it('goes on with the next market when there is no answer, and takes one that comes late', async () => {
    const { clock, asked, confirmed, hear } = subscriptionTo(['A', 'B'], true);
    await clock.advance(300);
    expect(asked).toEqual([['A']]);
    await clock.advance(5_300);
    expect(asked).toEqual([['A'], ['B']]);
    hear({ confirmed: ['A'] });
    expect(confirmed).toEqual(['A']);
  });

  it('tells of an error that concerns no market in question, and asks for none', async () => {
    const { clock, asked, refused, refusal, hear } = subscriptionTo(['A', 'B']);
    hear({ confirmed: ['A', 'B'] });
    refusal(null, null);
    await clock.advance(60_000);
    expect(refused).toEqual([null]);
    expect(asked).toHaveLength(1);
  });

  it('ends with its connection', async () => {
    const { clock, asked, ending } = subscriptionTo(['A', 'B'], true);
    await clock.advance(300);
    ending.abort();
    await clock.advance(60_000);
    expect(asked).toEqual([['A']]);
  });
});
