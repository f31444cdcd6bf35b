import { describe, expect, it } from 'vitest';
import { verbatim } from '../../../../shared/messages/message.ts';
import { virtualClock } from '../../time/clock.ts';
import { createSubscription } from './subscribe-markets.ts';

/** A subscription whose messages are lists of names. */
function subscriptionTo(names: readonly string[], isCautious = false) {
  const clock = virtualClock(0);
  const ending = new AbortController();
  const requested: (readonly string[])[] = [];
  const confirmed: string[] = [];
  const refused: (string | null)[] = [];
  const subscription = createSubscription({
    dialect: { subscribe: (markets, id) => ({ markets, id }) },
    names,
    isCautious,
    send: (message) => requested.push((message as { markets: readonly string[] }).markets),
    networkClock: clock,
    signal: ending.signal,
    onConfirmed: (name) => confirmed.push(name),
    onRefused: (name) => refused.push(name),
  });
  const refusal = (name: string | null, requestId: number | null) =>
    subscription.handle({ refusal: { name, requestId, reason: verbatim('no') } });
  subscription.start();
  return { clock, ending, requested, confirmed, refused, handle: subscription.handle, refusal };
}

describe('a subscription', () => {
  it('requests all markets at once, 200 per request', () => {
    const names = Array.from({ length: 250 }, (_, index) => `M${index}`);
    expect(subscriptionTo(names).requested.map((markets) => markets.length)).toEqual([200, 50]);
  });

  it('reports the market that the exchange names', () => {
    const { refused, refusal, requested } = subscriptionTo(['A', 'B']);
    refusal('B', 1);
    expect(refused).toEqual(['B']);
    expect(requested).toHaveLength(1);
  });

  it('requests the unconfirmed markets one by one when the exchange names none', async () => {
    const { clock, requested, confirmed, refused, refusal, handle } = subscriptionTo(['A', 'B', 'C', 'D']);
    handle({ trades: [{ name: 'A', isSnapshot: true, trades: [] }] });
    refusal(null, 1);
    await clock.advance(300);
    expect(requested.at(-1)).toEqual(['B']);
    handle({ confirmed: ['B'] });
    await clock.advance(300);
    expect(requested.at(-1)).toEqual(['C']);
    refusal(null, null);
    await clock.advance(300);
    expect(requested.at(-1)).toEqual(['D']);
    handle({ confirmedRequest: 4 });
    await clock.advance(60_000);
    expect(requested).toHaveLength(4);
    expect(confirmed).toEqual(['A', 'B', 'D']);
    expect(refused).toEqual([null, 'C']);
  });

  it('continues with the next market without a response, and accepts a late one', async () => {
    const { clock, requested, confirmed, handle } = subscriptionTo(['A', 'B'], true);
    await clock.advance(300);
    expect(requested).toEqual([['A']]);
    await clock.advance(5_300);
    expect(requested).toEqual([['A'], ['B']]);
    handle({ confirmed: ['A'] });
    expect(confirmed).toEqual(['A']);
  });

  it('reports an error when no market is unconfirmed, and requests none', async () => {
    const { clock, requested, refused, refusal, handle } = subscriptionTo(['A', 'B']);
    handle({ confirmed: ['A', 'B'] });
    refusal(null, null);
    await clock.advance(60_000);
    expect(refused).toEqual([null]);
    expect(requested).toHaveLength(1);
  });

  it('ends with its connection', async () => {
    const { clock, requested, ending } = subscriptionTo(['A', 'B'], true);
    await clock.advance(300);
    ending.abort();
    await clock.advance(60_000);
    expect(requested).toEqual([['A']]);
  });
});
