import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketStart,
  HISTORY_INTERVALS,
  type Interval,
  intervalLengthMs,
} from '../../../../shared/domain/interval.ts';
import type { CoinCoverage, CoveredRange } from '../../history/history-store.ts';
import { type TimeRange, within, without } from '../../history/time-ranges.ts';
import type { HistoryReach } from './history-source.ts';
import { planBackfill } from './plan-backfill.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 2, 14, 12, 31, 7);

const COINGECKO_MS: Partial<Record<Interval, number>> = {
  '5m': DAY_MS,
  '1h': 90 * DAY_MS,
  '4h': 30 * DAY_MS,
  '1d': 365 * DAY_MS,
};
const coinGecko = {
  name: 'coingecko',
  reach: (interval: Interval): HistoryReach | null => {
    const reachMs = COINGECKO_MS[interval];
    return reachMs === undefined ? null : { reachMs, candlesPerRequest: Number.POSITIVE_INFINITY };
  },
};
const exchange = {
  name: 'exchange',
  reach: (interval: Interval): HistoryReach => ({
    reachMs: 720 * intervalLengthMs(interval),
    candlesPerRequest: 300,
  }),
};
const sources = [exchange, coinGecko];
const never = (): boolean => false;

const fresh: CoinCoverage = { coinId: 'bitcoin', minutes: [], hours: [], covered: [] };

const plan = (
  coins: readonly CoinCoverage[],
  from: readonly (typeof coinGecko | typeof exchange)[] = sources,
) => planBackfill({ now: NOW, vsCurrency: 'usd', coins, sources: from, isCircuitOpen: never });

const past = fc
  .tuple(fc.integer({ min: 0, max: 400 * 24 * 60 }), fc.integer({ min: 1, max: 3 * 24 * 60 }))
  .map(([ago, minutes]): TimeRange => {
    const from = bucketStart(NOW - ago * MINUTE_MS, '1m');
    return { from, to: Math.min(from + minutes * MINUTE_MS, bucketStart(NOW, '1m') + MINUTE_MS) };
  });
const ranges = fc.array(past, { maxLength: 5 });
const toHours = (ranges: readonly TimeRange[]): TimeRange[] =>
  ranges.map(({ from, to }) => ({
    from: bucketStart(from, '1h'),
    to: Math.ceil(to / HOUR_MS) * HOUR_MS,
  }));
const covered = fc.array(
  fc
    .record({
      range: past,
      interval: fc.constantFrom(...HISTORY_INTERVALS),
      source: fc.constantFrom('exchange', 'coingecko'),
      found: fc.boolean(),
    })
    .map(({ range, ...rest }): CoveredRange => {
      const length = intervalLengthMs(rest.interval);
      return {
        ...rest,
        from: bucketStart(range.from, rest.interval),
        to: Math.ceil(range.to / length) * length,
      };
    }),
  { maxLength: 5 },
);
const coverage = fc
  .record({ minutes: ranges, covered })
  .map((coin): CoinCoverage => ({ ...fresh, ...coin, hours: toHours(coin.minutes) }));

describe('a backfill plan', () => {
  it('requests a new coin from CoinGecko once per interval, and last what finer candles provide too', () => {
    const requests = plan([fresh, { ...fresh, coinId: 'zcash' }], [coinGecko]);
    expect(requests.map(({ coinId, interval }) => `${coinId} ${interval}`)).toEqual([
      'bitcoin 5m',
      'bitcoin 1h',
      'bitcoin 1d',
      'zcash 5m',
      'zcash 1h',
      'zcash 1d',
      'bitcoin 4h',
      'zcash 4h',
    ]);
    for (const { from, to, interval } of requests) {
      expect(to).toBe(bucketStart(NOW, interval));
      expect((to - from) / intervalLengthMs(interval)).toBeGreaterThanOrEqual(179);
    }
  });

  it('goes from newest to oldest in parts of one request each', () => {
    const five = plan([fresh], [exchange]).filter(({ interval }) => interval === '5m');
    expect(five.map(({ from, to }) => (to - from) / intervalLengthMs('5m'))).toEqual([300, 300, 119]);
    expect(five.map(({ to }) => to)).toEqual(five.map(({ to }) => to).toSorted((a, b) => b - a));
  });

  it('uses the next source for what the first does not reach or does not have', () => {
    const requests = plan([fresh]);
    const hourly = requests.filter(({ interval }) => interval === '1h');
    expect(hourly.map(({ source }) => source)).toEqual(['exchange', 'exchange', 'exchange', 'coingecko']);
    expect(hourly.at(-1)?.to).toBe(hourly.at(-2)?.from);

    const unlisted = HISTORY_INTERVALS.map((interval) => ({
      source: 'exchange',
      interval,
      found: false,
      from: 0,
      to: NOW,
    }));
    expect(new Set(plan([{ ...fresh, covered: unlisted }]).map(({ source }) => source))).toEqual(
      new Set(['coingecko']),
    );
  });

  it('skips a source whose circuit is open', () => {
    const requests = planBackfill({
      now: NOW,
      vsCurrency: 'usd',
      coins: [fresh],
      sources,
      isCircuitOpen: (source, _, interval) => source === 'exchange' && interval === '5m',
    });
    expect(requests.filter(({ interval }) => interval === '5m').map(({ source }) => source)).toEqual([
      'coingecko',
    ]);
    expect(requests.some(({ source, interval }) => source === 'exchange' && interval === '1h')).toBe(true);
  });

  it('fills a night with one request: hours are derived from five minutes', () => {
    const covered = HISTORY_INTERVALS.map((interval) => ({
      source: 'coingecko',
      interval,
      found: true,
      from: 0,
      to: bucketStart(NOW - 20 * HOUR_MS, interval),
    }));
    const minutes = [
      { from: NOW - 30 * HOUR_MS, to: bucketStart(NOW - 10 * HOUR_MS, '1m') },
      { from: bucketStart(NOW - 60_000, '1m'), to: NOW },
    ];
    const requests = plan([{ ...fresh, covered, minutes, hours: toHours(minutes) }], [coinGecko]);
    expect(requests.map(({ interval }) => interval)).toEqual(['5m']);
  });

  it('requests nothing that is recorded or covered, nothing beyond the reach, and nothing twice', () => {
    fc.assert(
      fc.property(fc.array(coverage, { minLength: 1, maxLength: 3 }), (coins) => {
        const named = coins.map((coin, index) => ({ ...coin, coinId: `coin-${index}` }));
        const requests = plan(named);
        for (const coin of named) {
          for (const interval of HISTORY_INTERVALS) {
            const own = requests.filter((one) => one.coinId === coin.coinId && one.interval === interval);
            const wanted = own.flatMap((request) => request.ranges);
            const total = wanted.reduce((sum, { from, to }) => sum + to - from, 0);
            const distinct = without(wanted, []).reduce((sum, { from, to }) => sum + to - from, 0);
            expect(total).toBe(distinct);
            const found = coin.covered.filter((one) => one.interval === interval && one.found);
            const recorded = intervalLengthMs(interval) < HOUR_MS ? coin.minutes : coin.hours;
            expect(without(wanted, without(wanted, [...found, ...recorded]))).toEqual([]);
            for (const request of own) {
              const source = sources.find(({ name }) => name === request.source);
              const reach = source?.reach(interval);
              expect(request.from).toBeGreaterThanOrEqual(NOW - (reach?.reachMs ?? 0));
              expect(request.to).toBeLessThanOrEqual(NOW);
              expect(request.to - request.from).toBeLessThanOrEqual(
                (reach?.candlesPerRequest ?? 0) * intervalLengthMs(interval),
              );
              expect(within(request.ranges, request)).toEqual(request.ranges);
              for (const bound of [request.from, request.to])
                expect(bound % intervalLengthMs(interval)).toBe(0);
              const refused = coin.covered.filter(
                (one) => one.interval === interval && !one.found && one.source === request.source,
              );
              expect(without(request.ranges, refused)).toEqual(request.ranges);
            }
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is empty when everything is covered', () => {
    fc.assert(
      fc.property(coverage, (coin) => {
        const responses = plan([coin]).flatMap(({ ranges, source, interval }) =>
          ranges.map((range) => ({ ...range, source, interval, found: true })),
        );
        expect(plan([{ ...coin, covered: [...coin.covered, ...responses] }])).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
