import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inWords } from '../../../../tests/text-of.ts';
import { silentLog } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import { admit, type CallCounts, type CallKind, NO_CALLS } from './admission.ts';
import { type BudgetAccount, createCallBudget } from './call-budget.ts';
import { endOfMonth, monthOf } from './credit-month.ts';
import type { PlanLimits } from './plan.ts';

const START = Date.parse('2026-11-30T23:59:00Z');
const MINUTE_MS = 60_000;
const KINDS: readonly CallKind[] = ['price', 'history', 'catalog'];
const DEMO: PlanLimits = { perMinute: 30, perMonth: 10_000, cacheSeconds: 60 };

let folder: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-budget-'));
  now = START;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clock: Clock = {
  now: () => now,
  sleep: () => Promise.reject(new Error('nothing sleeps here')),
  speed: 1,
};
const account = (limits: PlanLimits, id = 'demo-abc'): BudgetAccount => ({ id, plan: 'demo', limits });
const open = (limits: PlanLimits, id?: string) =>
  createCallBudget({ path: join(folder, 'calls.json'), clock, log: silentLog, account: account(limits, id) });

describe('the call budget', () => {
  it('never admits more than the limits per minute and month, across restarts', () => {
    const limits = fc.record({
      perMinute: fc.integer({ min: 2, max: 8 }),
      perMonth: fc.integer({ min: 5, max: 40 }),
    });
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom(...KINDS), times: fc.integer({ min: 1, max: 12 }) }),
      fc.record({ afterMs: fc.oneof(fc.nat(90_000), fc.nat(40 * 86_400_000)) }),
      fc.record({ backMs: fc.nat(3_600_000) }),
      fc.constant('restart' as const),
    );
    let run = 0;
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 30 }), ({ perMinute, perMonth }, steps) => {
        now = START;
        const id = `run-${++run}`;
        const of = { perMinute, perMonth, cacheSeconds: 60 };
        let budget = open(of, id);
        const byMonth = new Map<string, number>();
        /** Times by a clock that is never set back. */
        const made: number[] = [];
        let steady = 0;
        for (const each of steps) {
          if (each === 'restart') budget = open(of, id);
          else if ('afterMs' in each) {
            now += each.afterMs;
            steady += each.afterMs;
          } else if ('backMs' in each) now -= each.backMs;
          else {
            for (let time = 0; time < each.times; time++) {
              if (!budget.tryAcquire(each.kind).ok) continue;
              byMonth.set(monthOf(now), (byMonth.get(monthOf(now)) ?? 0) + 1);
              made.push(steady);
            }
          }
        }
        for (const count of byMonth.values()) expect(count).toBeLessThanOrEqual(perMonth);
        for (const at of made) {
          const inMinute = made.filter((other) => other >= at && other < at + MINUTE_MS);
          expect(inMinute.length).toBeLessThanOrEqual(perMinute);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('reports when a refused call may be made, and admits it then', () => {
    const budget = open({ perMinute: 3, perMonth: null, cacheSeconds: 60 });
    for (let call = 0; call < 3; call++) {
      expect(budget.tryAcquire('price').ok).toBe(true);
      now += 1_000;
    }
    const refusal = budget.tryAcquire('price');
    expect(inWords(refusal)).toMatchObject({ ok: false, reason: '3 calls a minute are allowed' });
    if (refusal.ok) return;
    now = refusal.retryAt - 1;
    expect(budget.tryAcquire('price').ok).toBe(false);
    now += 1;
    expect(budget.tryAcquire('price').ok).toBe(true);
  });

  it('reserves calls of the minute for prices', () => {
    const budget = open({ perMinute: 5, perMonth: null, cacheSeconds: 60 });
    const history = Array.from({ length: 10 }, () => budget.tryAcquire('history').ok);
    expect(history.filter(Boolean)).toHaveLength(4);
    expect(budget.tryAcquire('price').ok).toBe(true);
  });

  it('limits history to a fifth of the month, and reserves the last calls for prices', () => {
    const at = Date.parse('2026-11-01T00:00:00Z');
    const made = (counts: Partial<CallCounts>) => ({ counts: { ...NO_CALLS, ...counts }, recent: [] });
    expect(admit('history', DEMO, made({ history: 1_999 }), at).ok).toBe(true);
    expect(admit('history', DEMO, made({ history: 2_000 }), at)).toMatchObject({ retryAt: endOfMonth(at) });
    expect(admit('price', DEMO, made({ history: 2_000 }), at).ok).toBe(true);
    // 30 days with a price every quarter of an hour are 2,880 calls.
    expect(admit('catalog', DEMO, made({ price: 7_119 }), at).ok).toBe(true);
    expect(inWords(admit('catalog', DEMO, made({ price: 7_120 }), at))).toMatchObject({
      reason: 'the last 2,880 calls of this month are kept for prices',
    });
    expect(admit('price', DEMO, made({ price: 9_999 }), at).ok).toBe(true);
    expect(admit('price', DEMO, made({ price: 10_000 }), at).ok).toBe(false);
  });

  it('is reset with each UTC month, and continues after a restart', () => {
    const budget = open(DEMO);
    budget.tryAcquire('price');
    budget.tryAcquire('catalog');
    expect([open(DEMO).used(), open(DEMO).left()]).toEqual([2, 9_998]);
    now = START + MINUTE_MS;
    expect(open(DEMO).used()).toBe(0);
    now = START;
    expect(open(DEMO).used()).toBe(2);
  });

  it('refunds a call that was never sent, but still counts it in the minute', () => {
    const budget = open({ perMinute: 3, perMonth: 10, cacheSeconds: 60 });
    for (let call = 0; call < 3; call++) {
      budget.tryAcquire('price');
      budget.refund('price');
    }
    budget.refund('history');
    expect(budget.used()).toBe(0);
    expect(budget.tryAcquire('price').ok).toBe(false);
    budget.close();
    expect(open({ perMinute: 3, perMonth: 10, cacheSeconds: 60 }).used()).toBe(0);
  });

  it('counts each key separately', () => {
    const budget = open(DEMO);
    budget.tryAcquire('price');
    budget.use({ id: 'keyless', plan: 'keyless', limits: { ...DEMO, perMonth: null } });
    expect([budget.used(), budget.left()]).toEqual([0, null]);
    budget.use(account(DEMO));
    expect(budget.used()).toBe(1);
  });

  it('adopts a larger count of the provider, never a smaller one', () => {
    const budget = open(DEMO);
    budget.raiseTo(7_000);
    budget.raiseTo(10);
    expect(budget.left()).toBe(3_000);
    expect(open(DEMO).left()).toBe(3_000);
  });

  it.each(['', '{"accounts":', '{"accounts":{"demo-abc":{"months":{"2026-11":-1},"recent":[]}}}', '[]'])(
    'renames an invalid file and reports it: %j',
    (text) => {
      writeFileSync(join(folder, 'calls.json'), text);
      const budget = open(DEMO);
      expect(inWords(budget.problem())).toEqual({
        message: expect.stringContaining('calls.json.bad'),
        isKept: true,
      });
      expect(budget.tryAcquire('price').ok).toBe(true);
      expect(readFileSync(join(folder, 'calls.json.bad'), 'utf8')).toBe(text);
      expect(readdirSync(folder).toSorted()).toEqual(['calls.json', 'calls.json.bad']);
    },
  );

  it('counts in memory while the file cannot be written, and reports it', () => {
    const budget = open(DEMO);
    rmSync(folder, { recursive: true });
    expect(budget.tryAcquire('price').ok).toBe(true);
    expect(budget.used()).toBe(1);
    expect(inWords(budget.problem())).toEqual({ message: expect.stringContaining('Cannot write') });
  });
});
