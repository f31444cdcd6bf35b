import type { Alert } from '../../../../shared/domain/alert.ts';
import type { Rule } from '../../../../shared/domain/rule.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { createAlertEngine } from '../engine.ts';

export const AT = Date.UTC(2026, 0, 5);
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;

export function tickAt(observedAt: number, price: number, other: Partial<Tick> = {}): Tick {
  return {
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    observedAt,
    price,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
    source: 'kraken',
    ...other,
  };
}

/** Prices this far apart, from `AT` on. */
export const ticksEvery = (stepMs: number, prices: readonly number[]): Tick[] =>
  prices.map((price, index) => tickAt(AT + index * stepMs, price));

/** A walk in steps of per cents, the same for the same seed. */
export function walk(seed: number, length: number, stepPct = 0.3): number[] {
  let state = seed;
  let price = 100;
  return Array.from({ length }, () => {
    // A linear congruential generator (Numerical Recipes) and the sum of four of its numbers, near enough to a normal one.
    let sum = 0;
    for (let count = 0; count < 4; count++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      sum += state / 2 ** 32 - 0.5;
    }
    price *= 1 + (sum * stepPct) / 100;
    return price;
  });
}

/** The alerts that ticks raise. */
export function alertsOf(rules: Rule | readonly Rule[], ticks: readonly Tick[]): Alert[] {
  const engine = createAlertEngine([rules].flat());
  return ticks.flatMap((tick) => engine.check(tick));
}

/** The main properties of an alert: minutes after `AT`, and its direction. */
export const momentsOf = (alerts: readonly Alert[]): readonly (readonly [number, string | null])[] =>
  alerts.map(({ observedAt, direction }) => [(observedAt - AT) / MINUTE_MS, direction]);
