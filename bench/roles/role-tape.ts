import { createAlertEngine } from '../../electron/monitor/alerts/engine.ts';
import type { LogBatch } from '../../electron/monitor/log/tick-log.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import { ruleOf } from '../../shared/domain/rule.ts';
import type { Tick } from '../../shared/domain/tick.ts';

/** A price that only the last trade of each coin reaches. */
export const LEVEL = 10_000;
export const LEVEL_RULE = ruleOf({
  id: 'level',
  kind: 'level',
  params: { level: LEVEL, hysteresisPct: 0.1 },
  cooldownMinutes: 1,
});

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

/** Coin ids of a typical length. */
export const coinsOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `some-coin-${index}`);

const trade = (coinId: string, observedAt: number, price: number, amount: number): Tick => ({
  coinId,
  vsCurrency: 'usd',
  observedAt,
  price,
  volume24h: null,
  amount,
  marketCap: null,
  change24hPct: null,
  source: 'kraken',
});

/**
 * Trades of the coins in turn, a millisecond apart, with prices that wander in steps of a cent and amounts of eight digits. The last
 * trade of each coin is above `LEVEL`, so that the level rule raises one alert for each coin, at the end.
 *
 * @param together the number of ticks in a batch
 */
export function tradeBatches(coinIds: readonly string[], count: number, together: number): LogBatch[] {
  const cents = new Map(coinIds.map((coinId, index) => [coinId, 100_000 + index]));
  const batches: LogBatch[] = [];
  let ticks: Tick[] = [];
  for (let index = 0; index < count; index++) {
    const coinId = coinIds[index % coinIds.length] ?? '';
    const next = (cents.get(coinId) ?? 0) + ((index * 7919) % 5) - 2;
    cents.set(coinId, next);
    const isLast = index >= count - coinIds.length;
    const amount = (((index * 104_729) % 99_999_989) + 1) / 1e8;
    ticks.push(trade(coinId, START + index, isLast ? LEVEL + 1 : next / 100, amount));
    if (ticks.length === together || index === count - 1) {
      batches.push({ ticks, alerts: [] });
      ticks = [];
    }
  }
  return batches;
}

/** Polled prices of all coins, each minute one batch. */
export function pollBatches(coinIds: readonly string[], count: number): LogBatch[] {
  return Array.from({ length: Math.ceil(count / coinIds.length) }, (_, poll) => ({
    ticks: coinIds.map((coinId, index) => ({
      ...trade(coinId, START + poll * MINUTE_MS + index, 0, 0),
      price: (100_000 + index * 100 + ((poll * 7919 + index) % 200)) / 100,
      amount: null,
      volume24h: 1e9 + index * 12_345.678 + poll * 97.31,
      marketCap: 5e10 + index * 98_765.432 + poll * 1_973.57,
      change24hPct: Math.round(Math.sin(poll + index) * 1e5) / 1e5,
      source: 'coingecko',
    })),
    alerts: [],
  }));
}

/** At least `count` alerts of the level rule, in batches of one instant each. */
export function alertBatches(coinIds: readonly string[], count: number): LogBatch[] {
  const engine = createAlertEngine([LEVEL_RULE]);
  const batches: LogBatch[] = [];
  for (let [step, made] = [0, 0]; made < count; step++) {
    const alerts: Alert[] = coinIds.flatMap((coinId) =>
      engine.check(trade(coinId, START + step * 2 * MINUTE_MS, LEVEL + (step % 2 === 0 ? -30 : 30), 1)),
    );
    if (alerts.length > 0) batches.push({ ticks: [], alerts });
    made += alerts.length;
  }
  return batches;
}
