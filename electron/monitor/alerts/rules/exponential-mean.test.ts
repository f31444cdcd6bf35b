import { describe, expect, it } from 'vitest';
import { alertMessage } from '../../../../shared/domain/alert-message.ts';
import { text } from '../../../../shared/messages/message.ts';
import { createAlertEngine } from '../engine.ts';
import { ruleOf } from '../rule-fixture.ts';
import { addExponentially, startExponentialMean } from './exponential-mean.ts';
import { AT, alertsOf, MINUTE_MS, momentsOf, SECOND_MS, tickAt, ticksEvery, walk } from './market-fixture.ts';

const WINDOW_MS = 10 * MINUTE_MS;
const rule = ruleOf('moving-average', { thresholdPct: 2, windowMinutes: 10, average: 'exponential' });
const flat = (count: number) => Array.from({ length: count }, () => 100);

/** Prices before the last one, each weighted by the integral of e^(−age/τ) over the time for which it was the newest. */
function meanBefore(ticks: readonly { readonly observedAt: number; readonly price: number }[]): number {
  const now = ticks.at(-1)?.observedAt ?? 0;
  const decayed = (at: number): number => Math.exp((-2 * (now - at)) / WINDOW_MS);
  const weighted = ticks.slice(0, -1).map(({ observedAt, price }, index) => {
    const weight = decayed(ticks[index + 1]?.observedAt ?? now) - decayed(observedAt);
    return { weight, product: weight * price };
  });
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  return sum(weighted.map(({ product }) => product)) / sum(weighted.map(({ weight }) => weight));
}

describe('an exponentially weighted average', () => {
  it('is that of all prices before the newest one, at any intervals', () => {
    const state = startExponentialMean();
    let at = AT;
    const ticks = walk(3, 500).map((price, index) => {
      at += ((index * 7_919) % 50) * SECOND_MS + 1;
      return tickAt(at, price);
    });
    for (const [index, tick] of ticks.entries()) {
      addExponentially(state, tick, WINDOW_MS);
      if (index > 20) expect(state.mean).toBeCloseTo(meanBefore(ticks.slice(0, index + 1)), 9);
    }
  });

  it('weighs a burst of trades by its duration', () => {
    const calm = ticksEvery(5 * SECOND_MS, flat(60));
    const burst = Array.from({ length: 1_000 }, (_, index) => tickAt(AT + 5 * MINUTE_MS + index / 2, 101.9));
    const after = tickAt(AT + 5 * MINUTE_MS + SECOND_MS, 102.1);
    expect(alertsOf(rule, [...calm, ...burst, after])).toHaveLength(1);
  });

  it('is known after three prices that span a minute, and is reset after a window without prices', () => {
    expect(alertsOf(rule, ticksEvery(20 * SECOND_MS, [100, 100, 100, 110]))).toEqual([]);
    expect(alertsOf(rule, ticksEvery(20 * SECOND_MS, [100, 100, 100, 100, 110]))).toHaveLength(1);
    const late = tickAt(AT + 30 * MINUTE_MS, 110);
    expect(alertsOf(rule, [...ticksEvery(MINUTE_MS, flat(10)), late])).toEqual([]);
  });

  it('raises on the crossing, with the average as a figure and in the text', () => {
    const alerts = alertsOf(rule, ticksEvery(MINUTE_MS, [...flat(10), 103, 103]));
    expect(momentsOf(alerts)).toEqual([[10, 'up']]);
    expect(alerts[0]?.figures.ema).toBeCloseTo(100);
    expect(alerts.map((alert) => text(alertMessage(alert)))).toEqual([
      'price changed by more than 2% from the 10-min exponential average',
    ]);
  });

  it('is the average in a quote', () => {
    const engine = createAlertEngine([rule]);
    const ticks = ticksEvery(MINUTE_MS, [...flat(10), 101]);
    for (const tick of ticks) engine.check(tick);
    expect(engine.reading(tickAt(AT + 10 * MINUTE_MS, 101))?.average).toBeCloseTo(100);
  });

  it('does not change the saved state of the default rule', () => {
    const engine = createAlertEngine([ruleOf('moving-average', { thresholdPct: 2, windowMinutes: 5 })]);
    for (const tick of ticksEvery(MINUTE_MS, flat(3))) engine.check(tick);
    const saved = engine.save('bitcoin');
    expect(saved?.rules).toEqual({
      'moving-average': '["moving-average",[["thresholdPct",2],["windowMinutes",5]]]',
    });
    expect(saved?.tracks[0]?.rules['moving-average']?.state).toEqual({});
  });
});
