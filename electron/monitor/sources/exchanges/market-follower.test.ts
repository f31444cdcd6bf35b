import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { createMarketFollower } from './market-follower.ts';
import type { TradeGap } from './missed-trades.ts';
import type { Trade } from './trade.ts';
import { createTradeTicks } from './trade-ticks.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const SECOND_MS = 1_000;
const SNAPSHOT = 10;

/** A market whose missed trades arrive when the test responds. */
function followerOf(hasSnapshots: boolean) {
  const ticks: Tick[] = [];
  const requested: { readonly gap: TradeGap; respond(trades: readonly Trade[]): void }[] = [];
  const follower = createMarketFollower({
    symbol: 'BTC/USD',
    known: {
      ticks: createTradeTicks({ coinId: 'bitcoin', vsCurrency: 'usd', source: 'kraken' }),
      followedUntil: null,
    },
    hasSnapshots,
    fetchMissed: (gap) => {
      const { promise, resolve } = Promise.withResolvers<readonly Trade[]>();
      requested.push({ gap, respond: resolve });
      return promise;
    },
    onTicks: (news) => ticks.push(...news),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { follower, ticks, requested, settle };
}

const trade = (id: number, at: number): Trade => ({ id: String(id), at, price: id, amount: 1 });
const pricesInTime = (ticks: readonly Tick[]) =>
  ticks.toSorted((a, b) => a.observedAt - b.observedAt).map(({ price }) => price);

describe('a market across connections', () => {
  it.each([true, false])('yields each trade once and in order (snapshots: %s)', async (hasSnapshots) => {
    const scene = fc.record({
      // Most trades share their millisecond with others.
      gaps: fc.array(fc.constantFrom(0, 0, 0, 1, 2, 700), { minLength: 40, maxLength: 120 }),
      cuts: fc.tuple(fc.nat(30), fc.nat(60), fc.nat(20)),
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ gaps, cuts: [received, missed, early] }) => {
        let at = AT;
        const all = gaps.map((gap, index) => {
          at += gap;
          return trade(index + 1, at);
        });
        const { follower, ticks, requested, settle } = followerOf(hasSnapshots);
        const [first, second] = [6 + received, Math.min(6 + received + missed, all.length)];
        const snapshotAt = (end: number) => all.slice(Math.max(0, end - SNAPSHOT), end);

        follower.connected(AT);
        follower.followed();
        if (hasSnapshots) follower.receive(snapshotAt(5), true);
        for (const one of all.slice(5, first)) follower.receive([one], false);
        follower.ended(AT + SECOND_MS);

        follower.connected(AT + 2 * SECOND_MS);
        follower.followed();
        if (hasSnapshots) follower.receive(snapshotAt(second), true);
        const responded = Math.min(second + early, all.length);
        for (const one of all.slice(second, responded)) follower.receive([one], false);
        for (const { gap: of, respond } of requested) {
          respond(
            all.slice(0, responded).filter((one) => one.at >= of.from && one.at <= (of.to ?? Infinity)),
          );
        }
        await settle();
        for (const one of all.slice(responded)) follower.receive([one], false);

        expect(pricesInTime(ticks)).toEqual(all.slice(5).map(({ price }) => price));
      }),
      { numRuns: 300 },
    );
  });

  it('resumes when the last connection ended shortly before, however old its newest trade is', () => {
    const { follower, requested } = followerOf(true);
    follower.connected(AT);
    follower.receive([trade(1, AT - 440 * SECOND_MS)], true);
    follower.ended(AT + 60 * SECOND_MS);
    follower.connected(AT + 90 * SECOND_MS);
    follower.receive([trade(60, AT + 89 * SECOND_MS)], true);
    expect(requested.map(({ gap }) => gap)).toEqual([
      { symbol: 'BTC/USD', from: AT - 440 * SECOND_MS, to: AT + 89 * SECOND_MS },
    ]);
  });

  it('does not resume when the last connection ended more than five minutes before', () => {
    const { follower, ticks, requested } = followerOf(true);
    follower.connected(AT);
    follower.receive([trade(1, AT)], false);
    follower.ended(AT);
    follower.connected(AT + 300 * SECOND_MS + 1);
    follower.receive([trade(60, AT + 299 * SECOND_MS)], true);
    follower.receive([trade(61, AT + 301 * SECOND_MS)], false);
    expect([ticks.map(({ price }) => price), requested]).toEqual([[1, 61], []]);
  });

  it('fetches nothing when the ids are consecutive', () => {
    const { follower, requested } = followerOf(true);
    follower.connected(AT);
    follower.receive([trade(7, AT)], false);
    follower.ended(AT + SECOND_MS);
    follower.connected(AT + 2 * SECOND_MS);
    follower.receive([trade(8, AT + SECOND_MS)], true);
    expect(requested).toEqual([]);
  });

  it('passes later trades on while missed ones are fetched', async () => {
    const { follower, ticks, requested, settle } = followerOf(true);
    follower.connected(AT);
    follower.receive([trade(1, AT)], false);
    follower.ended(AT);
    follower.connected(AT);
    follower.receive([trade(5, AT + 10), trade(6, AT + 5 * SECOND_MS)], true);
    expect(ticks.map(({ price }) => price)).toEqual([1, 6]);
    requested[0]?.respond([]);
    await settle();
    expect(pricesInTime(ticks)).toEqual([1, 5, 6]);
  });
});
