import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { FeedState } from '../../../../shared/domain/feed-state.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { verbatim } from '../../../../shared/messages/message.ts';
import { inWords } from '../../../../tests/text-of.ts';
import { silentLog } from '../../logging/logger.ts';
import { virtualClock } from '../../time/clock.ts';
import { FeedError, type PriceBatch, type PriceRequest, type PriceSource } from '../price-source.ts';
import { createPoller, type Poller, type PollerOptions } from './poller.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const POLL_MS = 30_000;
const REQUEST: PriceRequest = { coins: ['bitcoin'], vsCurrency: 'usd' };

type Call = { readonly at: number; readonly request: PriceRequest; endedAt: number | null };
/** What the source does with a call: takes `takesMs`, then returns a current price, or throws. */
type Outcome = { readonly takesMs: number; readonly error?: unknown; readonly observedAt?: number };

/** A poller on a source that follows `script` and afterwards responds immediately with a current price. */
function harness(script: readonly Outcome[] = [], options: Partial<PollerOptions> = {}) {
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
  const poller: Poller = createPoller({
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
  return {
    clock,
    poller,
    calls,
    ticks,
    states,
    batches,
    startsAfter: () => calls.map(({ at }) => at - START),
  };
}

const failing = (kind: FeedError['kind'], retryAfterMs: number | null = null): Outcome => ({
  takesMs: 0,
  error: new FeedError(kind, verbatim(`it is ${kind}`), { retryAfterMs }),
});

describe('the poller', () => {
  it('polls immediately and then once per interval, measured from start to start', async () => {
    const { clock, poller, startsAfter } = harness([{ takesMs: 5_000 }, { takesMs: 100 }]);
    poller.start();
    await clock.advance(95_000);
    expect(startsAfter()).toEqual([0, 30_000, 60_000, 90_000]);
    await poller.stop();
  });

  it('does not start a request while another is running', async () => {
    const { clock, poller, startsAfter } = harness([{ takesMs: 100_000 }]);
    poller.start();
    await clock.advance(99_000);
    expect(startsAfter()).toEqual([0]);
    await clock.advance(2_000);
    expect(startsAfter()).toEqual([0, 100_250]);
    await poller.stop();
  });

  it('polls once however often it is started', async () => {
    const { clock, poller, calls } = harness();
    poller.start();
    poller.start();
    await clock.advance(1_000);
    expect(calls).toHaveLength(1);
    await poller.stop();
  });

  it('passes each tick on once, and reports every response', async () => {
    const repeated = { takesMs: 0, observedAt: START - 1_000 };
    const older = { takesMs: 0, observedAt: START - 9_000 };
    const { clock, poller, ticks, batches } = harness([repeated, repeated, older, repeated]);
    poller.start();
    await clock.advance(3.5 * POLL_MS);
    expect(ticks.map((tick) => tick.observedAt)).toEqual([START - 1_000, START - 9_000]);
    expect(batches).toHaveLength(4);
    await poller.stop();
  });

  it('waits for as long as Retry-After says and reports until when', async () => {
    const { clock, poller, startsAfter } = harness([failing('rate-limited', 90_000)]);
    poller.start();
    await clock.advance(89_999);
    expect(poller.state()).toEqual({ status: 'rate-limited', since: START, until: START + 90_000 });
    expect(startsAfter()).toEqual([0]);
    await clock.advance(1);
    expect(startsAfter()).toEqual([0, 90_000]);
    expect(poller.state().status).toBe('live');
    await poller.stop();
  });

  it('backs off while the provider is unreachable, and resumes its interval afterwards', async () => {
    const { clock, poller, startsAfter, states } = harness([
      failing('unreachable'),
      failing('bad-answer'),
      failing('unreachable'),
    ]);
    poller.start();
    await clock.advance(60_000);
    // The delays at a random number of 0.5: 1 s, 2 s, 3.5 s.
    expect(startsAfter()).toEqual([0, 1_000, 3_000, 6_500, 36_500]);
    expect(states.map((state) => state.status)).toEqual(['offline', 'offline', 'offline', 'live', 'live']);
    await poller.stop();
  });

  it('stops when refused, retries every quarter of an hour and recovers', async () => {
    const { clock, poller, startsAfter } = harness([failing('refused'), failing('refused')]);
    poller.start();
    await clock.advance(1_799_999);
    expect(poller.state()).toEqual({ status: 'stopped', since: START, error: verbatim('it is refused') });
    await clock.advance(1);
    expect(startsAfter()).toEqual([0, 900_000, 1_800_000]);
    expect(poller.state().status).toBe('live');
    await poller.stop();
  });

  it('becomes stale when the same price is repeated', async () => {
    const stuck = Array.from({ length: 20 }, () => ({ takesMs: 0, observedAt: START }));
    const { clock, poller, ticks } = harness(stuck);
    poller.start();
    await clock.advance(300_000);
    expect(poller.state().status).toBe('live');
    await clock.advance(30_000);
    expect(poller.state()).toEqual({ status: 'stale', since: START, lastSuccessAt: START + 330_000 });
    expect(ticks).toHaveLength(1);
    await clock.advance(300_000);
    expect(poller.state().status).toBe('live');
    await poller.stop();
  });

  it('polls other coins immediately', async () => {
    let pollMs = POLL_MS;
    const { clock, poller, calls } = harness([], { pollMs: () => pollMs });
    poller.start();
    await clock.advance(10_000);
    pollMs = 60_000;
    poller.change({ coins: ['zcash'], vsCurrency: 'eur' });
    await clock.advance(60_000);
    expect(calls.map(({ at, request }) => [at - START, request.coins, request.vsCurrency])).toEqual([
      [0, ['bitcoin'], 'usd'],
      [10_000, ['zcash'], 'eur'],
      [70_000, ['zcash'], 'eur'],
    ]);
    await poller.stop();
  });

  it('applies another interval after the next response, without an extra request', async () => {
    let pollMs = POLL_MS;
    const { clock, poller, startsAfter } = harness([], { pollMs: () => pollMs });
    poller.start();
    await clock.advance(10_000);
    pollMs = 100_000;
    await clock.advance(131_000);
    expect(startsAfter()).toEqual([0, 30_000, 130_000]);
    await poller.stop();
  });

  it('aborts the running request when the coins change', async () => {
    const { clock, poller, calls, ticks, states } = harness([{ takesMs: 20_000 }]);
    poller.start();
    await clock.advance(5_000);
    poller.change({ coins: ['zcash'], vsCurrency: 'usd' });
    await clock.advance(1_000);
    expect(calls.map(({ at, endedAt }) => [at - START, (endedAt ?? 0) - START])).toEqual([
      [0, 5_000],
      [5_000, 5_000],
    ]);
    expect(ticks.map((tick) => tick.coinId)).toEqual(['zcash']);
    expect(states.map((state) => state.status)).toEqual(['live']);
    await poller.stop();
  });

  it('discards the result of a source that ignores the abort', async () => {
    const clock = virtualClock(START);
    const completed: PriceRequest[] = [];
    const ignoringAbort: PriceSource = {
      name: 'ignores-abort',
      async fetchPrices(request) {
        await clock.sleep(5_000);
        completed.push(request);
        return { ticks: [], missing: request.coins, rejected: [], simulated: false };
      },
    };
    const reported: (readonly string[])[] = [];
    const poller = createPoller({
      source: ignoringAbort,
      clock,
      random: () => 0,
      log: silentLog,
      request: REQUEST,
      pollMs: () => POLL_MS,
      listener: { onTicks: () => {}, onState: () => {}, onBatch: (batch) => reported.push(batch.missing) },
    });
    poller.start();
    await clock.advance(1_000);
    poller.change({ coins: ['zcash'], vsCurrency: 'usd' });
    await clock.advance(10_000);
    expect(completed).toHaveLength(2);
    expect(reported).toEqual([['zcash']]);
    const stopped = poller.stop();
    await clock.advance(POLL_MS);
    await stopped;
  });

  it.each([
    ['of a known coin', { missing: ['bitcoin'], rejected: [] }, 'offline'],
    [
      'that can be used',
      { missing: [], rejected: [{ coinId: 'bitcoin', reason: verbatim('null') }] },
      'offline',
    ],
    ['of ids that nobody knows', { missing: ['bitcion'], rejected: [] }, 'live'],
  ] as const)('has the right state after a response without a price %s', async (_name, response, status) => {
    const source: PriceSource = {
      name: 'empty',
      fetchPrices: async () => ({ ticks: [], ...response, simulated: false }),
    };
    const { clock, poller, batches } = harness([], { source, isKnown: (coinId) => coinId === 'bitcoin' });
    poller.start();
    await clock.advance(1_000);
    expect(poller.state().status).toBe(status);
    // Missing coins are still reported.
    expect(batches[0]).toMatchObject(response);
    await poller.stop();
  });

  it('makes one request for many rapid changes', async () => {
    const { clock, poller, calls } = harness();
    poller.start();
    await clock.advance(100);
    for (const coinId of ['a', 'b', 'c']) {
      poller.change({ coins: [coinId], vsCurrency: 'usd' });
      await clock.advance(100);
    }
    await clock.advance(1_000);
    expect(calls.map(({ request }) => request.coins[0])).toEqual(['bitcoin', 'c']);
    await poller.stop();
  });

  it('makes at most one request a second when changes abort each of them', async () => {
    const { clock, poller, startsAfter } = harness(Array.from({ length: 30 }, () => ({ takesMs: 20_000 })));
    poller.start();
    for (let change = 0; change < 30; change++) {
      await clock.advance(100);
      poller.change({ coins: [`coin-${change}`], vsCurrency: 'usd' });
    }
    await clock.advance(1_000);
    expect(startsAfter()).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
    await poller.stop();
  });

  it('does not poll before Retry-After is over when the coins change', async () => {
    const { clock, poller, startsAfter } = harness([failing('rate-limited', 60_000)]);
    poller.start();
    await clock.advance(10_000);
    poller.change({ coins: ['zcash'], vsCurrency: 'usd' });
    await clock.advance(49_999);
    expect(startsAfter()).toEqual([0]);
    await clock.advance(1);
    expect(startsAfter()).toEqual([0, 60_000]);
    await poller.stop();
  });

  it('polls immediately after a change when it had been refused', async () => {
    const { clock, poller, startsAfter } = harness([failing('refused')]);
    poller.start();
    await clock.advance(60_000);
    poller.change(REQUEST);
    await clock.advance(0);
    expect(startsAfter()).toEqual([0, 60_000]);
    await poller.stop();
  });

  it('aborts the running request when it is stopped, and makes no more', async () => {
    const { clock, poller, calls, states } = harness([{ takesMs: 20_000 }]);
    poller.start();
    await clock.advance(1_000);
    await poller.stop();
    expect(calls[0]?.endedAt).toBe(START + 1_000);
    await clock.advance(600_000);
    expect(calls).toHaveLength(1);
    expect(states).toEqual([]);
  });

  it('stops during a wait, and cannot be started again', async () => {
    const { clock, poller, calls } = harness();
    poller.start();
    await clock.advance(10_000);
    await poller.stop();
    await clock.advance(600_000);
    expect(calls).toHaveLength(1);
    expect(() => poller.start()).toThrow('cannot be started again');
  });

  it('stops when it was never started', async () => {
    await expect(harness().poller.stop()).resolves.toBeUndefined();
  });

  it('continues when the source throws an unexpected error, and reports it', async () => {
    const { clock, poller, calls } = harness([{ takesMs: 0, error: new TypeError('cannot read x') }]);
    poller.start();
    await clock.advance(0);
    expect(inWords(poller.state())).toMatchObject({
      status: 'offline',
      error: 'the price source failed: TypeError: cannot read x',
    });
    await clock.advance(2_000);
    expect(calls).toHaveLength(2);
    await poller.stop();
  });

  it('continues when its listener throws, and logs it', async () => {
    const lines: string[] = [];
    const { clock, poller, calls } = harness([], {
      log: pino({ level: 'error' }, { write: (line: string) => lines.push(line) }),
      listener: {
        onTicks: () => {
          throw new Error('the disk is full');
        },
        onState: () => {},
        onBatch: () => {},
      },
    });
    poller.start();
    await clock.advance(POLL_MS);
    expect(calls).toHaveLength(2);
    expect(lines.filter((line) => line.includes('the disk is full'))).toHaveLength(2);
    await poller.stop();
  });

  it('makes no request during a pause of hours, and one when it is over', async () => {
    const { clock, poller, calls } = harness();
    poller.start();
    await clock.advance(POLL_MS);
    expect(calls).toHaveLength(2);
    poller.pause();
    poller.pause();
    await clock.advance(8 * 3_600_000);
    poller.change(REQUEST);
    await clock.advance(POLL_MS);
    expect(calls).toHaveLength(2);
    poller.resume();
    poller.change(REQUEST);
    await clock.advance(POLL_MS - 1);
    expect(calls).toHaveLength(3);
    expect(poller.state().status).toBe('live');
    await poller.stop();
  });

  it('lets a running request end during a pause', async () => {
    const { clock, poller, calls, ticks } = harness([{ takesMs: 5_000 }]);
    poller.start();
    poller.pause();
    await clock.advance(3_600_000);
    expect(calls).toHaveLength(1);
    expect(ticks).toHaveLength(1);
    await poller.stop();
  });

  it('can be stopped during a pause, also before its first request', async () => {
    for (const waitMs of [0, POLL_MS]) {
      const { clock, poller, calls } = harness();
      if (waitMs === 0) poller.pause();
      poller.start();
      await clock.advance(0);
      poller.pause();
      await clock.advance(waitMs);
      await poller.stop();
      expect(calls).toHaveLength(waitMs === 0 ? 0 : 1);
    }
  });

  it('never overlaps requests, never polls before Retry-After is over, and is live once faults end', async () => {
    const outcome: fc.Arbitrary<Outcome> = fc.oneof(
      fc.record({ takesMs: fc.nat(120_000) }),
      fc.record({
        takesMs: fc.nat(20_000),
        error: fc
          .record({
            kind: fc.constantFrom<FeedError['kind']>('rate-limited', 'refused', 'unreachable', 'bad-answer'),
            retryAfterMs: fc.option(fc.integer({ min: 1_000, max: 600_000 })),
          })
          .map(({ kind, retryAfterMs }) => new FeedError(kind, verbatim(`it is ${kind}`), { retryAfterMs })),
      }),
    );
    const changes = fc.array(fc.nat(3_600_000), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(outcome, { maxLength: 8 }), changes, async (script, changeAfterMs) => {
        const { clock, poller, calls } = harness(script);
        poller.start();
        for (const afterMs of changeAfterMs.toSorted((a, b) => a - b)) {
          await clock.advance(Math.max(0, START + afterMs - clock.now()));
          poller.change(REQUEST);
        }
        // Long enough for eight refusals, each followed by a quarter of an hour, or eight waits after a 429 without
        // Retry-After.
        for (let hour = 0; hour < 40 && calls.length <= script.length; hour++) await clock.advance(3_600_000);
        await clock.advance(POLL_MS);

        for (const [index, call] of calls.entries()) {
          const previous = calls[index - 1];
          if (previous === undefined) continue;
          expect(previous.endedAt).not.toBeNull();
          expect(call.at).toBeGreaterThanOrEqual(previous.endedAt ?? Number.POSITIVE_INFINITY);
          const error = script[index - 1]?.error;
          const wasCompleted = previous.endedAt === previous.at + (script[index - 1]?.takesMs ?? 0);
          if (error instanceof FeedError && error.kind === 'rate-limited' && wasCompleted) {
            expect(call.at).toBeGreaterThanOrEqual((previous.endedAt ?? 0) + (error.retryAfterMs ?? 30_000));
          }
        }
        expect(calls.length).toBeGreaterThan(script.length);
        expect(poller.state().status).toBe('live');
        await poller.stop();
      }),
      { numRuns: 60 },
    );
  });
});
