import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { FeedState } from '../../../../shared/domain/feed-state.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { silentLog } from '../../logging/logger.ts';
import { virtualClock } from '../../time/clock.ts';
import { FeedError, type PriceBatch, type PriceRequest, type PriceSource } from '../price-source.ts';
import type { Feed } from './feed.ts';
import { createFeed, type FeedOptions } from './poller.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const POLL_MS = 30_000;
const REQUEST: PriceRequest = { coins: ['bitcoin'], vsCurrency: 'usd' };

type Call = { readonly at: number; readonly request: PriceRequest; endedAt: number | null };
/** What the source does with a call: takes `takesMs`, then gives a price of now, or throws. */
type Outcome = { readonly takesMs: number; readonly error?: unknown; readonly observedAt?: number };

/** A feed on a source that follows `script` and after its end answers at once with a price of that moment. */
function harness(script: readonly Outcome[] = [], options: Partial<FeedOptions> = {}) {
  const clock = virtualClock(START);
  const calls: Call[] = [];
  const ticks: Tick[] = [];
  const states: FeedState[] = [];
  const batches: PriceBatch[] = [];

  const source: PriceSource = {
    name: 'scripted',
    async fetchPrices(request, signal) {
      const call: Call = { at: clock.now(), request, endedAt: null };
      calls.push(call);
      const outcome = script[calls.length - 1] ?? { takesMs: 0 };
      try {
        await clock.sleep(outcome.takesMs, signal);
        if (outcome.error !== undefined) throw outcome.error;
        const observedAt = outcome.observedAt ?? clock.now();
        return {
          ticks: request.coins.map((coinId) => ({
            coinId,
            vsCurrency: request.vsCurrency,
            observedAt,
            price: 100,
            volume24h: null,
            amount: null,
            marketCap: null,
            change24hPct: null,
            source: 'scripted',
          })),
          missing: [],
          rejected: [],
          simulated: false,
        };
      } finally {
        call.endedAt = clock.now();
      }
    },
  };
  const feed: Feed = createFeed({
    source,
    clock,
    random: () => 0.5,
    log: silentLog,
    request: REQUEST,
    pollMs: () => POLL_MS,
    listener: {
      onTicks: (news) => ticks.push(...news),
      onState: (state) => states.push(state),
      onBatch: (batch) => batches.push(batch),
    },
    ...options,
  });
  return { clock, feed, calls, ticks, states, batches, startsAfter: () => calls.map(({ at }) => at - START) };
}

const failing = (kind: FeedError['kind'], retryAfterMs: number | null = null): Outcome => ({
  takesMs: 0,
  error: new FeedError(kind, `it is ${kind}`, { retryAfterMs }),
});

describe('the feed', () => {
  it('asks at once and then once an interval, counted from start to start', async () => {
    const { clock, feed, startsAfter } = harness([{ takesMs: 5_000 }, { takesMs: 100 }]);
    feed.start();
    await clock.advance(95_000);
    expect(startsAfter()).toEqual([0, 30_000, 60_000, 90_000]);
    await feed.stop();
  });

  it('does not start the next request while one is under way', async () => {
    const { clock, feed, startsAfter } = harness([{ takesMs: 100_000 }]);
    feed.start();
    await clock.advance(99_000);
    expect(startsAfter()).toEqual([0]);
    await clock.advance(2_000);
    expect(startsAfter()).toEqual([0, 100_250]);
    await feed.stop();
  });

  it('asks once however often it is started', async () => {
    const { clock, feed, calls } = harness();
    feed.start();
    feed.start();
    await clock.advance(1_000);
    expect(calls).toHaveLength(1);
    await feed.stop();
  });

  it('passes a value on once, and tells of every answer', async () => {
    const seen = { takesMs: 0, observedAt: START - 1_000 };
    const older = { takesMs: 0, observedAt: START - 9_000 };
    const { clock, feed, ticks, batches } = harness([seen, seen, older, seen]);
    feed.start();
    await clock.advance(3.5 * POLL_MS);
    expect(ticks.map((tick) => tick.observedAt)).toEqual([START - 1_000, START - 9_000]);
    expect(batches).toHaveLength(4);
    await feed.stop();
  });

  it('waits for as long as Retry-After says and shows until when', async () => {
    const { clock, feed, startsAfter } = harness([failing('rate-limited', 90_000)]);
    feed.start();
    await clock.advance(89_999);
    expect(feed.state()).toEqual({ status: 'rate-limited', since: START, until: START + 90_000 });
    expect(startsAfter()).toEqual([0]);
    await clock.advance(1);
    expect(startsAfter()).toEqual([0, 90_000]);
    expect(feed.state().status).toBe('live');
    await feed.stop();
  });

  it('backs off while the provider is away, and takes up its rhythm when it is back', async () => {
    const { clock, feed, startsAfter, states } = harness([
      failing('unreachable'),
      failing('bad-answer'),
      failing('unreachable'),
    ]);
    feed.start();
    await clock.advance(60_000);
    // The delays at a random number of 0.5: 1 s, 2 s, 3.5 s.
    expect(startsAfter()).toEqual([0, 1_000, 3_000, 6_500, 36_500]);
    expect(states.map((state) => state.status)).toEqual(['offline', 'offline', 'offline', 'live', 'live']);
    await feed.stop();
  });

  it('comes to a stop when refused, looks again every quarter of an hour and heals', async () => {
    const { clock, feed, startsAfter } = harness([failing('refused'), failing('refused')]);
    feed.start();
    await clock.advance(1_799_999);
    expect(feed.state()).toEqual({ status: 'stopped', since: START, error: 'it is refused' });
    await clock.advance(1);
    expect(startsAfter()).toEqual([0, 900_000, 1_800_000]);
    expect(feed.state().status).toBe('live');
    await feed.stop();
  });

  it('becomes stale when the same price is served on and on', async () => {
    const stuck = Array.from({ length: 20 }, () => ({ takesMs: 0, observedAt: START }));
    const { clock, feed, ticks } = harness(stuck);
    feed.start();
    await clock.advance(300_000);
    expect(feed.state().status).toBe('live');
    await clock.advance(30_000);
    expect(feed.state()).toEqual({ status: 'stale', since: START, lastSuccessAt: START + 330_000 });
    expect(ticks).toHaveLength(1);
    await clock.advance(300_000);
    expect(feed.state().status).toBe('live');
    await feed.stop();
  });

  it('asks for other coins at once', async () => {
    let pollMs = POLL_MS;
    const { clock, feed, calls } = harness([], { pollMs: () => pollMs });
    feed.start();
    await clock.advance(10_000);
    pollMs = 60_000;
    feed.change({ coins: ['zcash'], vsCurrency: 'eur' });
    await clock.advance(60_000);
    expect(calls.map(({ at, request }) => [at - START, request.coins, request.vsCurrency])).toEqual([
      [0, ['bitcoin'], 'usd'],
      [10_000, ['zcash'], 'eur'],
      [70_000, ['zcash'], 'eur'],
    ]);
    await feed.stop();
  });

  it('takes another interval over after the next answer, and asks for nothing by itself', async () => {
    let pollMs = POLL_MS;
    const { clock, feed, startsAfter } = harness([], { pollMs: () => pollMs });
    feed.start();
    await clock.advance(10_000);
    pollMs = 100_000;
    await clock.advance(131_000);
    expect(startsAfter()).toEqual([0, 30_000, 130_000]);
    await feed.stop();
  });

  it('drops the request under way when the coins change', async () => {
    const { clock, feed, calls, ticks, states } = harness([{ takesMs: 20_000 }]);
    feed.start();
    await clock.advance(5_000);
    feed.change({ coins: ['zcash'], vsCurrency: 'usd' });
    await clock.advance(1_000);
    expect(calls.map(({ at, endedAt }) => [at - START, (endedAt ?? 0) - START])).toEqual([
      [0, 5_000],
      [5_000, 5_000],
    ]);
    expect(ticks.map((tick) => tick.coinId)).toEqual(['zcash']);
    expect(states.map((state) => state.status)).toEqual(['live']);
    await feed.stop();
  });

  it('does not pass on what a source brings that ignores the abort', async () => {
    const clock = virtualClock(START);
    const answered: PriceRequest[] = [];
    const deaf: PriceSource = {
      name: 'deaf',
      async fetchPrices(request) {
        await clock.sleep(5_000);
        answered.push(request);
        return { ticks: [], missing: request.coins, rejected: [], simulated: false };
      },
    };
    const told: (readonly string[])[] = [];
    const feed = createFeed({
      source: deaf,
      clock,
      random: () => 0,
      log: silentLog,
      request: REQUEST,
      pollMs: () => POLL_MS,
      listener: { onTicks: () => {}, onState: () => {}, onBatch: (batch) => told.push(batch.missing) },
    });
    feed.start();
    await clock.advance(1_000);
    feed.change({ coins: ['zcash'], vsCurrency: 'usd' });
    await clock.advance(10_000);
    expect(answered).toHaveLength(2);
    expect(told).toEqual([['zcash']]);
    const stopped = feed.stop();
    await clock.advance(POLL_MS);
    await stopped;
  });

  it.each([
    ['of a known coin', { missing: ['bitcoin'], rejected: [] }, 'offline'],
    ['that can be used', { missing: [], rejected: [{ coinId: 'bitcoin', reason: 'null' }] }, 'offline'],
    ['of ids that nobody knows', { missing: ['bitcion'], rejected: [] }, 'live'],
  ] as const)('is not live on answers without a price %s', async (_name, answer, status) => {
    const source: PriceSource = {
      name: 'empty',
      fetchPrices: async () => ({ ticks: [], ...answer, simulated: false }),
    };
    const { clock, feed, batches } = harness([], { source, isKnown: (coinId) => coinId === 'bitcoin' });
    feed.start();
    await clock.advance(1_000);
    expect(feed.state().status).toBe(status);
    // What is missing is looked into all the same.
    expect(batches[0]).toMatchObject(answer);
    await feed.stop();
  });

  it('makes one request for many quick changes', async () => {
    const { clock, feed, calls } = harness();
    feed.start();
    await clock.advance(100);
    for (const coinId of ['a', 'b', 'c']) {
      feed.change({ coins: [coinId], vsCurrency: 'usd' });
      await clock.advance(100);
    }
    await clock.advance(1_000);
    expect(calls.map(({ request }) => request.coins[0])).toEqual(['bitcoin', 'c']);
    await feed.stop();
  });

  it('makes no more than one request a second when changes cut each of them short', async () => {
    const { clock, feed, startsAfter } = harness(Array.from({ length: 30 }, () => ({ takesMs: 20_000 })));
    feed.start();
    for (let change = 0; change < 30; change++) {
      await clock.advance(100);
      feed.change({ coins: [`coin-${change}`], vsCurrency: 'usd' });
    }
    await clock.advance(1_000);
    expect(startsAfter()).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
    await feed.stop();
  });

  it('does not ask before Retry-After is over when the coins change', async () => {
    const { clock, feed, startsAfter } = harness([failing('rate-limited', 60_000)]);
    feed.start();
    await clock.advance(10_000);
    feed.change({ coins: ['zcash'], vsCurrency: 'usd' });
    await clock.advance(49_999);
    expect(startsAfter()).toEqual([0]);
    await clock.advance(1);
    expect(startsAfter()).toEqual([0, 60_000]);
    await feed.stop();
  });

  it('asks at once after a change when it had been refused', async () => {
    const { clock, feed, startsAfter } = harness([failing('refused')]);
    feed.start();
    await clock.advance(60_000);
    feed.change(REQUEST);
    await clock.advance(0);
    expect(startsAfter()).toEqual([0, 60_000]);
    await feed.stop();
  });

  it('ends the request under way when it is stopped, and then is silent', async () => {
    const { clock, feed, calls, states } = harness([{ takesMs: 20_000 }]);
    feed.start();
    await clock.advance(1_000);
    await feed.stop();
    expect(calls[0]?.endedAt).toBe(START + 1_000);
    await clock.advance(600_000);
    expect(calls).toHaveLength(1);
    expect(states).toEqual([]);
  });

  it('stops in the middle of a wait, and cannot be started again', async () => {
    const { clock, feed, calls } = harness();
    feed.start();
    await clock.advance(10_000);
    await feed.stop();
    await clock.advance(600_000);
    expect(calls).toHaveLength(1);
    expect(() => feed.start()).toThrow('cannot be started again');
  });

  it('stops when it was never started', async () => {
    await expect(harness().feed.stop()).resolves.toBeUndefined();
  });

  it('polls on when the source throws what it should not, and says so', async () => {
    const { clock, feed, calls } = harness([{ takesMs: 0, error: new TypeError('cannot read x') }]);
    feed.start();
    await clock.advance(0);
    expect(feed.state()).toMatchObject({
      status: 'offline',
      error: 'the price source failed: TypeError: cannot read x',
    });
    await clock.advance(2_000);
    expect(calls).toHaveLength(2);
    await feed.stop();
  });

  it('polls on when its listener throws, and logs it', async () => {
    const lines: string[] = [];
    const { clock, feed, calls } = harness([], {
      log: pino({ level: 'error' }, { write: (line: string) => lines.push(line) }),
      listener: {
        onTicks: () => {
          throw new Error('the disk is full');
        },
        onState: () => {},
        onBatch: () => {},
      },
    });
    feed.start();
    await clock.advance(POLL_MS);
    expect(calls).toHaveLength(2);
    expect(lines.filter((line) => line.includes('the disk is full'))).toHaveLength(2);
    await feed.stop();
  });

  it('never overlaps requests, never asks before Retry-After is over, and is live once faults end', async () => {
    const outcome: fc.Arbitrary<Outcome> = fc.oneof(
      fc.record({ takesMs: fc.nat(120_000) }),
      fc.record({
        takesMs: fc.nat(20_000),
        error: fc
          .record({
            kind: fc.constantFrom<FeedError['kind']>('rate-limited', 'refused', 'unreachable', 'bad-answer'),
            retryAfterMs: fc.option(fc.integer({ min: 1_000, max: 600_000 })),
          })
          .map(({ kind, retryAfterMs }) => new FeedError(kind, `it is ${kind}`, { retryAfterMs })),
      }),
    );
    const changes = fc.array(fc.nat(3_600_000), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(outcome, { maxLength: 8 }), changes, async (script, changeAfterMs) => {
        const { clock, feed, calls } = harness(script);
        feed.start();
        for (const afterMs of changeAfterMs.toSorted((a, b) => a - b)) {
          await clock.advance(Math.max(0, START + afterMs - clock.now()));
          feed.change(REQUEST);
        }
        // Long enough for eight refusals, each followed by a quarter of an hour, or eight waits for a vague 429.
        for (let hour = 0; hour < 40 && calls.length <= script.length; hour++) await clock.advance(3_600_000);
        await clock.advance(POLL_MS);

        for (const [index, call] of calls.entries()) {
          const previous = calls[index - 1];
          if (previous === undefined) continue;
          expect(previous.endedAt).not.toBeNull();
          expect(call.at).toBeGreaterThanOrEqual(previous.endedAt ?? Number.POSITIVE_INFINITY);
          const error = script[index - 1]?.error;
          const wasAnswered = previous.endedAt === previous.at + (script[index - 1]?.takesMs ?? 0);
          if (error instanceof FeedError && error.kind === 'rate-limited' && wasAnswered) {
            expect(call.at).toBeGreaterThanOrEqual((previous.endedAt ?? 0) + (error.retryAfterMs ?? 30_000));
          }
        }
        expect(calls.length).toBeGreaterThan(script.length);
        expect(feed.state().status).toBe('live');
        await feed.stop();
      }),
      { numRuns: 60 },
    );
  });
});
