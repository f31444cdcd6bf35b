import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { maxPerHour } from './cooldown.ts';
import { createAlertEngine } from './engine.ts';
import { movingAverageRule } from './rule-fixture.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

const tick = (source: string, afterMs: number, price: number): Tick => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  observedAt: AT + afterMs,
  price,
  volume24h: null,
  amount: null,
  marketCap: null,
  change24hPct: null,
  source,
});

/** Ten minutes of calm from two sources that are `apartPct` apart, ten seconds between prices. */
const calm = (apartPct: number): Tick[] =>
  Array.from({ length: 60 }, (_, index) => [
    tick('coingecko', index * 10 * SECOND_MS, 100),
    tick('kraken', index * 10 * SECOND_MS + 1, 100 * (1 + apartPct / 100)),
  ]).flat();

const NEXT = 10 * MINUTE_MS;

function alertsOf(ticks: readonly Tick[]) {
  const engine = createAlertEngine([movingAverageRule()]);
  return ticks
    .flatMap((one) => engine.check(one))
    .map(({ source, observedAt }) => [source, (observedAt - AT - NEXT) / SECOND_MS]);
}

describe('two sources of one coin', () => {
  it('raise no alert because their prices differ, nor when one replaces the other', () => {
    expect(alertsOf(calm(3))).toEqual([]);
    const takenOver = Array.from({ length: 60 }, (_, index) =>
      tick('kraken', NEXT + index * 10 * SECOND_MS, 103),
    );
    expect(alertsOf([...calm(3), ...takenOver])).toEqual([]);
  });

  it('raise the same move once, from the source that reports it first', () => {
    const seenByBoth = [tick('kraken', NEXT, 103), tick('coingecko', NEXT + 20 * SECOND_MS, 103)];
    expect(alertsOf([...calm(0), ...seenByBoth])).toEqual([['kraken', 0]]);
    expect(alertsOf([...calm(0), ...seenByBoth.toReversed()])).toEqual([['coingecko', 20]]);
  });

  it('raise a move in the other direction', () => {
    const moves = [tick('kraken', NEXT, 103), tick('coingecko', NEXT + 20 * SECOND_MS, 96)];
    expect(alertsOf([...calm(0), ...moves])).toEqual([
      ['kraken', 0],
      ['coingecko', 20],
    ]);
  });

  it('raise the same alerts when accepted ticks are replayed', () => {
    const ticks = [
      ...calm(1),
      tick('kraken', NEXT, 104),
      tick('coingecko', NEXT + 1, 104),
      tick('kraken', NEXT + 2, 90),
    ];
    expect(alertsOf(ticks)).toEqual(alertsOf(ticks));
    expect(alertsOf(ticks)).toHaveLength(2);
  });
});

const RULES = [movingAverageRule()];
const LIMIT_PER_HOUR = maxPerHour(15);
const HOUR_MS = 60 * MINUTE_MS;

/** Ticks and the alerts that they raised, as the log keeps them. */
type Logged = { readonly tick: Tick; readonly alerts: readonly Alert[] };

/** Checks ticks in turn, with a restart from the log before each tick whose index is named. */
function run(ticks: readonly Tick[], restarts: ReadonlySet<number> = new Set()): readonly Alert[] {
  const logged: Logged[] = [];
  let engine = createAlertEngine(RULES);
  for (const [index, one] of ticks.entries()) {
    if (restarts.has(index)) {
      engine = createAlertEngine(RULES);
      for (const { tick: before, alerts } of logged) {
        engine.replay(before);
        alerts.forEach(engine.note);
      }
    }
    logged.push({ tick: one, alerts: engine.check(one) });
  }
  return logged.flatMap(({ alerts }) => alerts);
}

/** The most alerts that fall into any hour, by the times of their prices. */
function highestCountInAnHour(alerts: readonly Alert[]): number {
  const times = alerts.map(({ observedAt }) => observedAt);
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + HOUR_MS).length));
}

/** Any prices, including those that double and halve endlessly, from any sources, in any order of their times. */
const anyTicks = fc
  .array(
    fc.record({
      source: fc.constantFrom('kraken', 'kraken', 'kraken', 'coingecko', 'coinbase', 'binance'),
      vsCurrency: fc.constantFrom('usd', 'usd', 'usd', 'usd', 'eur'),
      stepMs: fc.oneof(
        { weight: 30, arbitrary: fc.integer({ min: 1, max: 30_000 }) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(0, 60_000, -30_000, -20 * MINUTE_MS, 14 * MINUTE_MS, 15 * MINUTE_MS),
        },
      ),
      factor: fc.oneof(
        fc.constantFrom(1, 1, 1.025, 0.975, 1.05, 0.9, 1.25, 2, 0.5, 10, 0.1),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
      ),
      follows: fc.boolean(),
    }),
    { minLength: 50, maxLength: 400, size: 'max' },
  )
  .map((steps) => {
    let at = 0;
    let price = 100;
    return steps.map(({ source, vsCurrency, stepMs, factor, follows }): Tick => {
      at += stepMs;
      const here = price * factor;
      if (follows && here > 1e-20 && here < 1e20) price = here;
      return { ...tick(source, at, here), vsCurrency };
    });
  });

describe('alerts of one coin', () => {
  it('are few while the price jumps from one side to the other every two seconds', () => {
    const alternating = Array.from({ length: 150 }, (_, index) =>
      tick('kraken', NEXT + index * 2 * SECOND_MS, index % 2 === 0 ? 97.5 : 102.5),
    );
    expect(alertsOf([...calm(0), ...alternating])).toEqual([
      ['kraken', 0],
      ['kraken', 2],
      ['kraken', 4],
    ]);
  });

  it('are few while the price jumps and returns every minute', () => {
    const leaping = Array.from({ length: 600 }, (_, index) =>
      tick('kraken', NEXT + index * 10 * SECOND_MS, index % 6 === 0 ? 106 : 100),
    );
    expect(highestCountInAnHour(run([...calm(0), ...leaping]))).toBe(LIMIT_PER_HOUR);
  });

  it('include a fall during the cooldown, but not the return to the price of the last alert', () => {
    const prices = (from: number, to: number, seconds: number) =>
      Array.from({ length: seconds / 10 }, (_, index) => from + ((to - from) * (index + 1) * 10) / seconds);
    const path = [103, ...prices(104, 104.5, 270), 101.9, 99].map((price, index) =>
      tick('kraken', NEXT + index * 10 * SECOND_MS, price),
    );
    const alerts = alertsOf([...calm(0).filter(({ source }) => source === 'kraken'), ...path]);
    // At 101.9 the price is more than 2% below its average, but only 1.1% from the price of the alert.
    expect(alerts).toEqual([
      ['kraken', 0],
      ['kraken', 290],
    ]);
  });

  it(`are never more than ${LIMIT_PER_HOUR} in an hour, for any prices and any number of restarts`, () => {
    let most = 0;
    fc.assert(
      fc.property(anyTicks, fc.array(fc.nat({ max: 400 }), { maxLength: 4 }), (ticks, restarts) => {
        const alerts = run(ticks, new Set(restarts));
        most = Math.max(most, highestCountInAnHour(alerts));
        expect(highestCountInAnHour(alerts)).toBeLessThanOrEqual(LIMIT_PER_HOUR);
      }),
      { numRuns: 300 },
    );
    // The prices are volatile enough to come close to the limit.
    expect(most).toBeGreaterThanOrEqual(LIMIT_PER_HOUR - 2);
  });

  it('are the same with and without restarts', () => {
    fc.assert(
      fc.property(
        anyTicks,
        fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 4 }),
        (ticks, restarts) => {
          expect(run(ticks, new Set(restarts))).toEqual(run(ticks));
        },
      ),
    );
  });
});

describe('a burst of trades', () => {
  it('has no more weight in the average than its duration', () => {
    const before = Array.from({ length: 60 }, (_, index) => tick('kraken', index * 5 * SECOND_MS, 100));
    // A thousand trades within half a second, each a little higher, up to just below the threshold …
    const burst = Array.from({ length: 1_000 }, (_, index) =>
      tick('kraken', 300_000 + index / 2, 100 + index * 0.0019),
    );
    const after = [tick('kraken', 301_000, 102.2)];
    // … do not raise the average: the next step is still compared with the five minutes before.
    expect(alertsOf([...before, ...burst, ...after])).toHaveLength(1);
  });
});
