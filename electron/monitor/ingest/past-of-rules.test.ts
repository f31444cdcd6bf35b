import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { PastCandle } from '../../../shared/domain/past-candle.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { movingAverageRule, ruleOf } from '../alerts/rule-fixture.ts';
import { createLatest } from '../latest/latest.ts';
import type { LogBatch } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { type PastOfRulesOptions, readPastOfRules } from './past-of-rules.ts';
import { createWatch } from './watch.ts';
import type { WatchConfig } from './watched.ts';

const AT = Date.UTC(2026, 0, 31, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const CONFIG: WatchConfig = { coins: ['bitcoin', 'zcash'], vsCurrency: 'usd', rules: [movingAverageRule()] };
const MONTH = ruleOf('high-low', { hours: 720 }, { scope: ['bitcoin'] });

const tickAt = (observedAt: number, price: number): Tick => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  source: 'kraken',
  observedAt,
  price,
  volume24h: null,
  amount: null,
  marketCap: null,
  change24hPct: null,
});

const candle = (start: number, lengthMs: number, price: number): PastCandle => ({
  start,
  lengthMs,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: null,
  tickCount: 0,
});

/** A program that has run for ten minutes at 100, on a database with 40 days at 100 and a high of 110 three weeks ago. */
function running(read?: PastOfRulesOptions['read']) {
  const journal: LogBatch[] = Array.from({ length: 11 }, (_, minute) => ({
    ticks: [tickAt(AT + (minute - 10) * MINUTE_MS, 100)],
    alerts: [],
  }));
  const alerts: Alert[] = [];
  const asked: { coinId: string; from: number; to: number; finest?: string }[] = [];
  const watch = createWatch({
    config: CONFIG,
    accepted: () => journal,
    now: () => AT,
    times: { latest: () => AT + HOUR_MS, latestKept: () => AT + HOUR_MS },
    onTaken: (_ticks, raised) => void alerts.push(...raised),
    latest: createLatest(virtualClock(AT), () => undefined),
    retain: () => undefined,
    onReplayed: () => undefined,
    log: silentLog,
  });
  const stored: PastOfRulesOptions['read'] = async (range) => {
    asked.push(range);
    const lengthMs = range.finest === undefined ? MINUTE_MS : HOUR_MS;
    const count = (range.to - range.from) / lengthMs;
    return Array.from({ length: count }, (_, index) => {
      const start = range.from + index * lengthMs;
      return candle(start, lengthMs, start === AT - 21 * DAY_MS ? 110 : 100);
    });
  };
  const options = { read: read ?? stored, save: watch.save, clock: virtualClock(AT), log: silentLog };
  return {
    asked,
    async change(config: WatchConfig): Promise<void> {
      await watch.rebuild(config, await readPastOfRules(watch.config(), config, options));
    },
    /** What is raised by prices a minute apart, from now on. */
    pricesRaise(...prices: readonly number[]): readonly number[] {
      const from = alerts.length;
      for (const [index, price] of prices.entries())
        watch.take([tickAt(AT + (index + 1) * MINUTE_MS, price)], false);
      return alerts.slice(from).map(({ price }) => price);
    },
  };
}

describe('a rule that is made while the program runs', () => {
  it('knows the stored past that it looks back at', async () => {
    const { change, pricesRaise, asked } = running();
    await change({ ...CONFIG, rules: [movingAverageRule(50), MONTH] });
    // A high of three weeks, but not of a month.
    expect(pricesRaise(101, 105, 109.9, 110.1)).toEqual([110.1]);
    expect(asked).toEqual([
      { coinId: 'bitcoin', vsCurrency: 'usd', from: AT - 30 * DAY_MS, to: AT - 2 * DAY_MS, finest: '1h' },
      { coinId: 'bitcoin', vsCurrency: 'usd', from: AT - 2 * DAY_MS, to: AT },
    ]);
  });

  it('fills its windows as time goes on where the past cannot be read', async () => {
    const { change, pricesRaise } = running(() => Promise.reject(new Error('the database is away')));
    await change({ ...CONFIG, rules: [movingAverageRule(50), MONTH] });
    expect(pricesRaise(101, 111)).toEqual([]);
  });

  it('keeps what the others know', async () => {
    const { change, pricesRaise } = running();
    await change({ ...CONFIG, rules: [...CONFIG.rules, MONTH] });
    // The average of five minutes is of what was accepted.
    expect(pricesRaise(103, 103)).toEqual([103]);
  });

  it('asks for nothing that the log has, nor for a rule that was there', async () => {
    const { change, asked } = running();
    const rules = [movingAverageRule(), ruleOf('change', { changePct: 5, withinMinutes: 60 })];
    await change({ ...CONFIG, rules });
    expect(asked).toEqual([]);
    await change({ ...CONFIG, rules: [...rules, MONTH] });
    const before = asked.length;
    await change({ ...CONFIG, rules: [...rules, { ...MONTH, severity: 'critical' }] });
    expect(asked).toHaveLength(before);
  });
});
