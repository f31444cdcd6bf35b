import { describe, expect, it, onTestFinished } from 'vitest';
import { type Alert, isResolvedEvent } from '../../../shared/domain/alert.ts';
import type { PastCandle } from '../../../shared/domain/past-candle.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { movingAverageRule, ruleOf } from '../alerts/rule-fixture.ts';
import { createLatest } from '../latest/latest.ts';
import type { LogBatch } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { createRuleHistory, type RuleHistoryOptions } from './rule-history.ts';
import { createWatch } from './watch.ts';
import type { WatchConfig } from './watched.ts';

const AT = Date.UTC(2026, 0, 31, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** With the hour before it. */
const MONTH_MS = 30 * DAY_MS + HOUR_MS;
const CONFIG: WatchConfig = { coins: ['bitcoin', 'zcash'], vsCurrency: 'usd', rules: [movingAverageRule()] };
const MONTH = ruleOf('high-low', { hours: 720 }, { scope: ['bitcoin'] });

const tickAt = (observedAt: number, price: number, source = 'kraken'): Tick => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  source,
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
function running(read?: RuleHistoryOptions['read'], config = CONFIG) {
  const logFile: LogBatch[] = Array.from({ length: 11 }, (_, minute) => ({
    ticks: [tickAt(AT + (minute - 10) * MINUTE_MS, 100)],
    alerts: [],
  }));
  const alerts: Alert[] = [];
  const clock = virtualClock(AT);
  let minute = 0;
  const requested: { coinId: string; from: number; to: number; finest?: string }[] = [];
  const watch = createWatch({
    config,
    accepted: () => logFile,
    now: () => AT,
    times: { latest: () => AT + HOUR_MS, latestKept: () => AT + HOUR_MS },
    onAccepted(ticks, raised) {
      logFile.push({ ticks, alerts: raised });
      alerts.push(...raised.filter((alert) => !isResolvedEvent(alert)));
    },
    latest: createLatest(virtualClock(AT), () => undefined),
    retain: () => undefined,
    onReplayed: () => undefined,
    log: silentLog,
  });
  const stored: RuleHistoryOptions['read'] = async (range) => {
    requested.push(range);
    const lengthMs = range.finest === undefined ? MINUTE_MS : HOUR_MS;
    const count = (range.to - range.from) / lengthMs;
    return Array.from({ length: count }, (_, index) => {
      const start = range.from + index * lengthMs;
      return candle(start, lengthMs, start === AT - 21 * DAY_MS ? 110 : 100);
    });
  };
  const past = createRuleHistory({
    watch,
    read: read ?? stored,
    whenReady: async () => undefined,
    now: () => AT,
    clock,
    random: () => 0.999,
    log: silentLog,
  });
  onTestFinished(past.stop);
  return {
    requested,
    change: past.change,
    /** Fills in the missing history. */
    async fill(): Promise<void> {
      past.start();
      await clock.advance(MINUTE_MS);
      for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    },
    onHistory: past.onHistory,
    elapsedSeconds: () => Math.round((clock.now() - AT) / 1_000),
    phases: () => watch.phases(AT),
    /** The prices that raise alerts, of prices a minute apart from now on. */
    pricesRaise(...prices: readonly number[]): readonly number[] {
      const from = alerts.length;
      for (const price of prices) {
        minute++;
        watch.accept([tickAt(AT + minute * MINUTE_MS, price)], false);
      }
      return alerts.slice(from).map(({ price }) => price);
    },
  };
}

describe('a rule that is made while the program runs', () => {
  it('starts from the stored prices of its look-back range', async () => {
    const { change, pricesRaise, requested } = running();
    await change({ ...CONFIG, rules: [movingAverageRule(50), MONTH] });
    // A high of three weeks, but not of a month.
    expect(pricesRaise(101, 105, 109.9, 110.1)).toEqual([110.1]);
    expect(requested).toEqual([
      { coinId: 'bitcoin', vsCurrency: 'usd', from: AT - MONTH_MS, to: AT - 2 * DAY_MS, finest: '1h' },
      { coinId: 'bitcoin', vsCurrency: 'usd', from: AT - 2 * DAY_MS, to: AT },
    ]);
  });

  it('fills its windows from new prices if stored ones cannot be read', async () => {
    const { change, pricesRaise } = running(() => Promise.reject(new Error('the database is away')));
    await change({ ...CONFIG, rules: [movingAverageRule(50), MONTH] });
    expect(pricesRaise(101, 111)).toEqual([]);
  });

  it('does not affect the state of other rules', async () => {
    const { change, pricesRaise } = running();
    await change({ ...CONFIG, rules: [...CONFIG.rules, MONTH] });
    // The average of five minutes includes only accepted prices.
    expect(pricesRaise(103, 103)).toEqual([103]);
  });

  it('requests no prices that are in the log, and none for an existing rule', async () => {
    const { change, requested } = running();
    const rules = [movingAverageRule(), ruleOf('change', { changePct: 5, withinMinutes: 20 })];
    await change({ ...CONFIG, rules });
    expect(requested).toEqual([]);
    await change({ ...CONFIG, rules: [...rules, MONTH] });
    const before = requested.length;
    await change({ ...CONFIG, rules: [...rules, { ...MONTH, severity: 'critical' }] });
    expect(requested).toHaveLength(before);
  });
});

describe('a rule that was added while the program was not running', () => {
  const config = { ...CONFIG, rules: [movingAverageRule(50), MONTH] };

  it('gets stored prices once the store is ready', async () => {
    const { fill, pricesRaise, requested } = running(undefined, config);
    await fill();
    expect(pricesRaise(101, 109.9, 110.1)).toEqual([110.1]);
    const before = requested.length;
    await fill();
    expect(requested).toHaveLength(before);
  });

  it('gets stored prices soon after reading them has failed', async () => {
    const failures: number[] = [];
    const { fill, pricesRaise, elapsedSeconds } = running(async ({ from, to }) => {
      if (failures.length < 3) {
        failures.push(elapsedSeconds());
        throw new Error('the statement took too long');
      }
      return [candle(from, to - from, 100)];
    }, config);
    await fill();
    // Delays grow from ten seconds, at most threefold, and up to a minute.
    expect(failures).toEqual([0, 10, 40]);
    expect(pricesRaise(100)).toEqual([]);
    await fill();
    expect(pricesRaise(102)).toEqual([102]);
  });

  it('gets the history of its coin when it is loaded later', async () => {
    let isLoaded = false;
    const { fill, onHistory, pricesRaise } = running(
      async ({ from, to }) => (isLoaded ? [candle(from, to - from, 100)] : []),
      config,
    );
    await fill();
    expect(pricesRaise(100)).toEqual([]);
    isLoaded = true;
    onHistory('bitcoin');
    await fill();
    expect(pricesRaise(102)).toEqual([102]);
  });

  it('gets the history of its coin when it is loaded while it is read', async () => {
    let reads = 0;
    const { fill, onHistory, pricesRaise } = running(async ({ from, to }) => {
      reads++;
      // Hours and minutes are read before the history is stored, and end after it.
      if (reads === 2) onHistory('bitcoin');
      return reads <= 2 ? [] : [candle(from, to - from, 100)];
    }, config);
    await fill();
    expect(pricesRaise(102)).toEqual([102]);
  });

  it('counts as made: if it holds already, it waits for the next crossing, or raises an alert immediately with raiseIfHolding', async () => {
    const fell = ruleOf('drawdown', { drawdownPct: 5, hours: 720 });
    for (const [raiseIfHolding, raised] of [
      [false, []],
      [true, [100.1]],
    ] as const) {
      const rule = { ...fell, raiseIfHolding };
      const { fill, pricesRaise, phases } = running(undefined, { ...CONFIG, rules: [rule] });
      expect(pricesRaise(100)).toEqual([]);
      await fill();
      expect(pricesRaise(100.1, 100.2)).toEqual(raised);
      expect(phases()).toEqual([
        { rule: fell.id, coinId: 'bitcoin', phase: raiseIfHolding ? 'firing' : 'held-when-made' },
      ]);
    }
  });

  it('raises no second alert with repeat "once" after its history was filled in', async () => {
    const once = { ...ruleOf('change', { changePct: 1, withinMinutes: 1_440 }), repeat: 'once' } as const;
    const { fill, pricesRaise } = running(undefined, { ...CONFIG, rules: [once] });
    expect(pricesRaise(102)).toEqual([102]);
    await fill();
    expect(pricesRaise(102.1, 100, 103)).toEqual([]);
  });
});
