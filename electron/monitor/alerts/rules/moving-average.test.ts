import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../shared/domain/alert.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { type AlertEngine, createAlertEngine } from '../engine.ts';
import { movingAverageRule } from '../rule-fixture.ts';
import { MINUTE_MS, tickAt } from './market-fixture.ts';

const START = Date.UTC(2026, 0, 5, 12);

const tick = (minute: number, price: number, other: Partial<Tick> = {}): Tick =>
  tickAt(START + minute * MINUTE_MS, price, { source: 'coingecko', ...other });

function engine(): AlertEngine {
  return createAlertEngine([movingAverageRule()]);
}

/** Checks prices half a minute apart, and returns the alerts. */
function feed(
  to: AlertEngine,
  prices: readonly number[],
  fromMinute = 0,
  other: Partial<Tick> = {},
): Alert[] {
  return prices.flatMap((price, index) => to.check(tick(fromMinute + index / 2, price, other)));
}

const flat = (price: number, count = 10): number[] => Array.from({ length: count }, () => price);

describe('moving-average alert', () => {
  it('reports a rise of 3% after five flat minutes, once, with the figures', () => {
    const alerts = feed(engine(), [...flat(100), 103, 103, 103]);
    expect(alerts).toEqual([
      {
        id: `moving-average:coingecko:bitcoin:usd:${START + 5 * MINUTE_MS}`,
        rule: 'moving-average',
        coinId: 'bitcoin',
        vsCurrency: 'usd',
        source: 'coingecko',
        observedAt: START + 5 * MINUTE_MS,
        price: 103,
        kind: 'moving-average',
        params: { thresholdPct: 2, windowMinutes: 5 },
        severity: 'warning',
        direction: 'up',
        figures: { average: 100, changePct: (103 / 100 - 1) * 100 },
      },
    ]);
  });

  it('reports a fall too', () => {
    const [alert] = feed(engine(), [...flat(100), 97]);
    expect(alert?.figures.changePct).toBeCloseTo(-3);
  });

  it('does not fire at exactly 2%, and fires just above', () => {
    expect(feed(engine(), [...flat(64), 65.28])).toHaveLength(0);
    expect(feed(engine(), [...flat(64), 65.280_001])).toHaveLength(1);
    expect(feed(engine(), [...flat(64), 62.72])).toHaveLength(0);
  });

  it('requires three earlier prices that span a minute', () => {
    const early = engine();
    expect(feed(early, [100, 100, 110])).toHaveLength(0);
    const close = engine();
    const seconds = [0, 10, 20, 30, 59].flatMap((second) => close.check(tick(second / 60, 100)));
    expect([...seconds, ...close.check(tick(1, 110))]).toHaveLength(0);
    expect(close.check(tick(61 / 60, 111))).toHaveLength(1);
  });

  it('fires again only after the price came back to within 1.5%', () => {
    const alerts = feed(engine(), [...flat(100), 103, 101.9, 103.5, 100.5, 100.4, 104.5]);
    expect(alerts.map((alert) => alert.price)).toEqual([103, 104.5]);
  });

  it('fires on the other side without returning first', () => {
    const alerts = feed(engine(), [...flat(100), 103, 96]);
    expect(alerts.map((alert) => alert.price)).toEqual([103, 96]);
  });

  it('fires again after 15 minutes of a rise that continues', () => {
    const climb = Array.from({ length: 60 }, (_, index) => 100 * 1.012 ** index);
    const alerts = feed(engine(), climb);
    const minutes = alerts.map((alert) => (alert.observedAt - START) / MINUTE_MS);
    expect(minutes).toEqual([1.5, 16.5]);
  });

  it('keeps sources separate: a switch to a source whose price differs by 3% raises nothing', () => {
    const watch = engine();
    expect(feed(watch, flat(100))).toHaveLength(0);
    expect(feed(watch, flat(103), 5, { source: 'kraken' })).toHaveLength(0);
    expect(feed(watch, flat(100), 10)).toHaveLength(0);
  });

  it('raises nothing after a gap longer than the window, however far the price moved', () => {
    const watch = engine();
    feed(watch, flat(100));
    expect(watch.check(tick(60, 150))).toHaveLength(0);
  });

  it('ignores history that arrives late', () => {
    const watch = engine();
    feed(watch, flat(100));
    expect(watch.check(tick(2.2, 200))).toHaveLength(0);
    expect(watch.reading(tick(4.5, 100))?.average).toBe(100);
  });

  it('is rebuilt when the ticks of its memory are replayed', () => {
    const before = engine();
    const history = [...flat(100, 40), 103, 103.1];
    feed(before, history);
    const after = engine();
    const kept = history.map((price, index) => tick(index / 2, price));
    const since = (kept.at(-1)?.observedAt ?? 0) - before.memoryMs;
    for (const one of kept.filter(({ observedAt }) => observedAt >= since)) after.check(one);
    const next = tick(history.length / 2, 104);
    expect(after.check(next)).toEqual(before.check(next));
    expect(after.reading(next)).toEqual(before.reading(next));
  });
});
