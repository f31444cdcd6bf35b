import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import { type Rule, ruleOf } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { createAlertEngine } from '../alerts/engine.ts';
import { MINUTE_MS, tickAt } from '../alerts/rules/market-fixture.ts';
import type { LogRecord } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { type AlertConfig, createAlertWorker, type WorkerCursor } from './alert-worker.ts';
import type { CoinStateAt } from './rule-states-topic.ts';

const NOON = Date.UTC(2026, 0, 5, 12);
const LEVEL = ruleOf({ id: 'level', kind: 'level', params: { level: 100, hysteresisPct: 0.1 } });
const SILENT = ruleOf({ id: 'silent', kind: 'no-data', params: { minutes: 3 } });

const tick = (minute: number, price: number, coinId = 'bitcoin'): Tick =>
  tickAt(NOON + minute * MINUTE_MS, price, { coinId });

/** What the processes of an installation share: a partition of ticks, the states of the rules, and the alerts. */
function shared() {
  const records: LogRecord[] = [];
  const states = new Map<string, CoinStateAt>();
  const saves: (readonly CoinStateAt[])[] = [];
  const alerts: Alert[] = [];
  return {
    alerts,
    /** The states of each save. */
    saves,
    add: (...ticks: readonly Tick[]) =>
      void records.push({ offset: records.length, appendedAt: NOON, ticks, alerts: [] }),
    /** A process that is assigned only this partition, from the first uncommitted record. */
    join(rules: readonly Rule[], from: number, coins: readonly string[] = ['bitcoin']) {
      const clock = virtualClock(NOON);
      let next = from;
      let caughtUpAt: number | null = NOON;
      const cursor: WorkerCursor = {
        async read() {
          await setImmediate();
          return next < records.length ? records.slice(next, ++next) : [];
        },
        commit: async () => undefined,
        placeOf: (offset) => ({ topic: 'ticks', partition: 0, offset }),
        caughtUpAt: () => caughtUpAt,
      };
      const config: AlertConfig = { rules, coins, inhibition: null };
      const worker = createAlertWorker({
        config,
        partitionOf: () => 0,
        states: {
          read: async () => [...states.values()],
          save: async (_partition, _generation, saved) => {
            saves.push(saved);
            for (const each of saved) states.set(each.coinId, each);
          },
        },
        alerts: { append: async (batch) => void alerts.push(...batch.alerts) },
        clock,
        realClock: clock,
        log: silentLog,
        cursor,
        coinsPerSlice: 1,
      });
      const settle = async (): Promise<void> => {
        worker.wake();
        for (let turn = 0; turn < 20; turn++) await setImmediate();
      };
      return {
        worker,
        clock,
        settle,
        assign: () => worker.assign([{ topic: 'ticks', partition: 0 }], 1),
        /** Sets the offset from which a member continues that has joined again. */
        seek(offset: number): void {
          next = offset;
        },
        async pass(minute: number): Promise<void> {
          worker.pass(NOON + minute * MINUTE_MS);
          await settle();
        },
        fallBehind(): void {
          caughtUpAt = null;
        },
      };
    },
  };
}

describe('a process of the role alert', () => {
  it('continues from the states that another process has saved while it was not a member', async () => {
    const all = shared();
    all.add(tick(0, 90));
    const first = all.join([LEVEL], 0);
    await first.assign();
    await first.settle();
    first.worker.lose();

    all.add(tick(1, 110));
    const second = all.join([LEVEL], 0);
    await second.assign();
    await second.settle();
    await second.worker.stop();
    expect(all.alerts).toHaveLength(1);

    all.add(tick(2, 111));
    first.seek(2);
    await first.assign();
    await first.settle();
    await first.worker.stop();
    expect(all.alerts).toHaveLength(1);
  });

  it('raises alerts by time as one process does, once', async () => {
    const all = shared();
    all.add(tick(0, 90), tick(0, 5, 'zcash'), tick(2, 90));
    const coins = ['bitcoin', 'zcash'];
    const engine = createAlertEngine([SILENT]);
    for (const each of [tick(0, 90), tick(0, 5, 'zcash'), tick(2, 90)]) engine.check(each);
    const expected = [2, 3, 4, 5, 6].flatMap((minute) => engine.pass(NOON + minute * MINUTE_MS, coins));
    expect(expected.map(({ coinId }) => coinId)).toContain('zcash');

    const first = all.join([SILENT], 0, coins);
    await first.assign();
    await first.settle();
    for (const minute of [2, 3, 4]) await first.pass(minute);
    const raised = all.alerts.length;
    expect(raised).toBeGreaterThan(0);
    // It is killed before it has committed or saved anything except its alerts.
    const second = all.join([SILENT], 0, coins);
    await second.assign();
    await second.settle();
    for (const minute of [4, 5, 6]) await second.pass(minute);
    await second.worker.stop();
    expect(all.alerts.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  });

  it('reports no coin as silent whose ticks may still wait in the topic, or that is not watched', async () => {
    const all = shared();
    all.add(tick(0, 90), tick(0, 5, 'zcash'));
    const process = all.join([SILENT], 0);
    await process.assign();
    await process.settle();
    process.fallBehind();
    await process.pass(10);
    expect(all.alerts).toEqual([]);
    const later = all.join([SILENT], 0);
    await later.assign();
    await later.settle();
    await later.pass(10);
    expect(all.alerts.map(({ coinId }) => coinId)).toEqual(['bitcoin']);
  });

  it('saves the states of a partition as of one record while it steps the next ones', async () => {
    const coins = ['ethereum', 'zcash', 'solana', 'bitcoin'];
    const minutes = Array.from({ length: 40 }, (_, minute) => minute);
    const all = shared();
    for (const minute of minutes) all.add(...coins.map((coinId) => tick(minute, 90, coinId)));
    const process = all.join([LEVEL], 0, coins);
    await process.assign();
    process.worker.wake();
    await process.clock.advance(5_000);
    while (all.saves.length === 0) await setImmediate();
    await process.settle();
    await process.settle();
    await process.worker.stop();
    const offsets = all.saves.map((saved) => [...new Set(saved.map(({ offset }) => offset))]);
    expect(offsets.map((ofSave) => ofSave.length)).toEqual([1, 1]);
    const [[first = Number.NaN] = [], last] = offsets;
    expect(first).toBeLessThan(minutes.length - coins.length);
    expect(last).toEqual([minutes.length - 1]);
    const engine = createAlertEngine([LEVEL]);
    for (const minute of minutes.slice(0, first + 1))
      for (const coinId of coins) engine.check(tick(minute, 90, coinId));
    expect(all.saves[0]).toEqual(
      coins.map((coinId) => ({ coinId, offset: first, state: engine.save(coinId) })),
    );
  });

  it('evaluates changed rules from the next tick on, and keeps the state of the others', async () => {
    const all = shared();
    const process = all.join([LEVEL], 0);
    await process.assign();
    all.add(tick(0, 90));
    await process.settle();
    const added = ruleOf({ id: 'higher', kind: 'level', params: { level: 120, hysteresisPct: 0.1 } });
    process.worker.change({ rules: [LEVEL, added], coins: ['bitcoin'], inhibition: null });
    all.add(tick(1, 110));
    await process.settle();
    all.add(tick(2, 130));
    await process.settle();
    await process.worker.stop();
    expect(all.alerts.map(({ rule }) => rule)).toEqual(['level', 'higher']);
  });
});
