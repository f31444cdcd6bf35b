import { describe, expect, it } from 'vitest';
import { intervalLengthMs } from '../../../../shared/domain/interval.ts';
import { verbatim } from '../../../../shared/messages/message.ts';
import type {
  CoinCoverage,
  HistoryCandle,
  HistoryResult,
  HistoryStore,
} from '../../history/history-store.ts';
import { silentLog } from '../../logging/logger.ts';
import { type Clock, virtualClock } from '../../time/clock.ts';
import { FeedError } from '../price-source.ts';
import { createBackfill } from './backfill.ts';
import type { HistoryQuery, HistorySource } from './history-source.ts';

const START = Date.UTC(2026, 2, 14, 12, 31);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

type Respond = (query: HistoryQuery) => readonly HistoryCandle[] | null;

const allCandles: Respond = ({ from, to, interval }) => {
  const lengthMs = intervalLengthMs(interval);
  return Array.from({ length: (to - from) / lengthMs }, (_, index) => ({
    start: from + index * lengthMs,
    open: 1,
    high: 1,
    low: 1,
    close: 1,
    volume: null,
  }));
};

/** A source of 5-minute candles of the last day that records its calls. */
function source(name: string, clock: Clock, response: Respond = allCandles) {
  const calls: { readonly at: number; readonly query: HistoryQuery }[] = [];
  const history: HistorySource = {
    name,
    volumeKind: 'traded',
    reach: (interval) =>
      interval === '5m' ? { reachMs: 24 * HOUR_MS, candlesPerRequest: Number.POSITIVE_INFINITY } : null,
    async fetchCandles(query) {
      calls.push({ at: clock.now() - START, query });
      return response(query);
    },
  };
  return { ...history, calls };
}

/** A store in memory that behaves like the database. */
function memoryStore() {
  const results: HistoryResult[] = [];
  const store: HistoryStore & { results: HistoryResult[]; isUnavailable: boolean } = {
    results,
    isUnavailable: false,
    whenReady: async () => undefined,
    coverage: async ({ coins }) =>
      coins.map(
        (coinId): CoinCoverage => ({
          coinId,
          minutes: [],
          hours: [],
          covered: results
            .filter(({ request }) => request.coinId === coinId)
            .flatMap(({ request: { source: name, interval }, covered, found }) =>
              covered.map((range) => ({ ...range, source: name, interval, found })),
            ),
        }),
      ),
    async save(response) {
      if (store.isUnavailable) throw new Error('the database is unavailable');
      results.push(response);
    },
  };
  return store;
}

function harness(makeSources: (clock: Clock) => readonly HistorySource[], coins: string[] = ['bitcoin']) {
  const clock = virtualClock(START);
  const store = memoryStore();
  const sources = makeSources(clock);
  const progress: unknown[] = [];
  const backfill = createBackfill({
    sources: () => sources,
    store,
    watched: () => ({ coins, vsCurrency: 'usd', pollMs: 30_000 }),
    clock,
    random: () => 0.5,
    log: silentLog,
    onHistory: () => undefined,
    report: (now) => progress.push(now),
  });
  backfill.start();
  return { clock, store, backfill, progress, coins };
}

describe('backfill', () => {
  it('makes one request per coin, reports its progress, and then idles', async () => {
    let calls: readonly unknown[] = [];
    const { clock, backfill, progress } = harness(
      (c) => {
        const one = source('one', c);
        calls = one.calls;
        return [one];
      },
      ['bitcoin', 'zcash'],
    );
    await clock.advance(MINUTE_MS);
    expect(progress).toEqual([{ done: 0, total: 2 }, { done: 1, total: 2 }, { done: 1, total: 2 }, null]);
    expect(calls).toHaveLength(2);
    expect(progress.at(-1)).toBeNull();
    await backfill.stop();
  });

  it('waits for a rate limit to end, and retries the request', async () => {
    let refusals = 3;
    const limited: Respond = (query) => {
      if (refusals-- > 0)
        throw new FeedError('rate-limited', verbatim('slower'), { retryAfterMs: 5 * MINUTE_MS });
      return allCandles(query);
    };
    let one: ReturnType<typeof source> | undefined;
    const { clock, store, backfill, progress } = harness((c) => {
      one = source('one', c, limited);
      return [one];
    });
    await clock.advance(14 * MINUTE_MS);
    expect(store.results).toEqual([]);
    expect(progress.at(-1)).toEqual({ done: 0, total: 1 });
    await clock.advance(2 * MINUTE_MS);
    expect(one?.calls.map(({ at }) => at)).toEqual([0, 5, 10, 15].map((minutes) => minutes * MINUTE_MS));
    expect(store.results).toHaveLength(1);
    await backfill.stop();
  });

  it('uses the next source when one keeps failing or does not have the coin', async () => {
    const broken: Respond = () => {
      throw new FeedError('unreachable', verbatim('no connection'));
    };
    for (const response of [broken, () => null]) {
      const { clock, store, backfill } = harness((c) => [source('first', c, response), source('second', c)]);
      await clock.advance(5 * MINUTE_MS);
      expect(store.results.filter(({ found }) => found).map(({ request }) => request.source)).toEqual([
        'second',
      ]);
      await backfill.stop();
    }
  });

  it('is not blocked by a source in a cooldown', async () => {
    const limited: Respond = () => {
      throw new FeedError('rate-limited', verbatim('slower'), { retryAfterMs: HOUR_MS });
    };
    const { clock, store, backfill } = harness(
      (c) => [
        { ...source('first', c, limited), reach: (i) => (i === '1h' ? source('', c).reach('5m') : null) },
        source('second', c),
      ],
      ['bitcoin', 'zcash'],
    );
    await clock.advance(MINUTE_MS);
    expect(store.results.map(({ request }) => request.coinId)).toEqual(['bitcoin', 'zcash']);
    await backfill.stop();
  });

  it('keeps a result until the database accepts it', async () => {
    let one: ReturnType<typeof source> | undefined;
    const { clock, store, backfill } = harness((c) => {
      one = source('one', c);
      return [one];
    });
    store.isUnavailable = true;
    await clock.advance(10 * MINUTE_MS);
    expect(store.results).toEqual([]);
    store.isUnavailable = false;
    await clock.advance(2 * MINUTE_MS);
    expect(store.results).toHaveLength(1);
    expect(one?.calls).toHaveLength(1);
    await backfill.stop();
  });

  it('plans again when a coin was added, and when ticks arrive after a gap', async () => {
    let one: ReturnType<typeof source> | undefined;
    const { clock, backfill, coins } = harness((c) => {
      one = source('one', c);
      return [one];
    });
    await clock.advance(MINUTE_MS);
    coins.push('zcash');
    backfill.check();
    await clock.advance(MINUTE_MS);
    expect(one?.calls.map(({ query }) => query.coinId)).toEqual(['bitcoin', 'zcash']);

    backfill.ticksReceived();
    await clock.advance(9 * MINUTE_MS);
    backfill.ticksReceived();
    await clock.advance(1_000);
    expect(one?.calls).toHaveLength(2);
    await clock.advance(12 * MINUTE_MS);
    const before = one?.calls.length ?? 0;
    backfill.ticksReceived();
    await clock.advance(10 * MINUTE_MS);
    expect(one?.calls.length).toBeGreaterThan(before);
    await backfill.stop();
  });

  it('does not wait for hours when the clock was set back', async () => {
    const truth = virtualClock(START);
    let offsetMs = 0;
    const clock: Clock = { now: () => truth.now() + offsetMs, sleep: truth.sleep, speed: 1 };
    const store = memoryStore();
    const one = source('one', clock, (query) => {
      offsetMs -= 24 * HOUR_MS;
      return allCandles(query);
    });
    const backfill = createBackfill({
      sources: () => [one],
      store,
      watched: () => ({ coins: ['a', 'b', 'c'], vsCurrency: 'usd', pollMs: 30_000 }),
      clock,
      random: () => 0.5,
      log: silentLog,
      onHistory: () => undefined,
      report: () => undefined,
    });
    backfill.start();
    await truth.advance(MINUTE_MS);
    expect(store.results.map(({ request }) => request.coinId)).toEqual(['a', 'b', 'c']);
    await backfill.stop();
  });
});
