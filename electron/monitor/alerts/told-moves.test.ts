import { describe, expect, it } from 'vitest';
import type { Tick } from '../../../shared/domain.ts';
import { createAlertEngine } from './alert-engine.ts';

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
  const engine = createAlertEngine({ thresholdPct: 2, windowMs: 5 * MINUTE_MS });
  return ticks
    .flatMap((one) => engine.check(one))
    .map(({ source, observedAt }) => [source, (observedAt - AT - NEXT) / SECOND_MS]);
}

describe('two sources of one coin', () => {
  it('raise no alert by being apart, nor when one takes over from the other', () => {
    expect(alertsOf(calm(3))).toEqual([]);
    const takenOver = Array.from({ length: 60 }, (_, index) =>
      tick('kraken', NEXT + index * 10 * SECOND_MS, 103),
    );
    expect(alertsOf([...calm(3), ...takenOver])).toEqual([]);
  });

  it('tell the same move once, by whichever sees it first', () => {
    const seenByBoth = [tick('kraken', NEXT, 103), tick('coingecko', NEXT + 20 * SECOND_MS, 103)];
    expect(alertsOf([...calm(0), ...seenByBoth])).toEqual([['kraken', 0]]);
    expect(alertsOf([...calm(0), ...seenByBoth.toReversed()])).toEqual([['coingecko', 20]]);
  });

  it('tell a move in the other direction', () => {
    const moves = [tick('kraken', NEXT, 103), tick('coingecko', NEXT + 20 * SECOND_MS, 96)];
    expect(alertsOf([...calm(0), ...moves])).toEqual([
      ['kraken', 0],
      ['coingecko', 20],
    ]);
  });

  it('say the same again when what was accepted is replayed', () => {
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

describe('a burst of trades', () => {
  it('weighs no more in the average than the time that it took', () => {
    const before = Array.from({ length: 60 }, (_, index) => tick('kraken', index * 5 * SECOND_MS, 100));
    // A thousand trades within half a second, each a little higher, up to just below the threshold …
    const burst = Array.from({ length: 1_000 }, (_, index) =>
      tick('kraken', 300_000 + index / 2, 100 + index * 0.0019),
    );
    const after = [tick('kraken', 301_000, 102.2)];
    // … have not lifted the average, so that the next step is still seen against the five minutes before.
    expect(alertsOf([...before, ...burst, ...after])).toHaveLength(1);
  });
});
