import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, ResolvedAlert } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { coinStateSchema } from './coin-state.ts';
import { type AlertEngine, createAlertEngine } from './engine.ts';
import { ruleOf } from './rule-fixture.ts';
import { AT, MINUTE_MS, tickAt, ticksEvery, walk } from './rules/market-fixture.ts';

const MOVED = ruleOf('moving-average', { thresholdPct: 2, windowMinutes: 5 });
const LEVEL = ruleOf('level', { level: 102, hysteresisPct: 0.5 }, { direction: 'up' });
const CALM = Array.from({ length: 10 }, () => 100);

function watching(rules: readonly Rule[], resolved: ResolvedAlert[]): AlertEngine {
  return createAlertEngine(rules, (event) => void resolved.push(event));
}

/** The events that ticks end firings with. */
function resolvedOf(rule: Rule, ticks: readonly Tick[]): ResolvedAlert[] {
  const resolved: ResolvedAlert[] = [];
  const engine = watching([rule], resolved);
  for (const tick of ticks) engine.check(tick);
  return resolved;
}

const minutesAfter = (instant: number): number => (instant - AT) / MINUTE_MS;

describe('an alert is resolved', () => {
  it('when its condition is clearly over, with its duration, the furthest price and the figures at that price', () => {
    const [event, ...others] = resolvedOf(
      MOVED,
      ticksEvery(MINUTE_MS, [...CALM, 103, 106, 104, 103, 103, 103, 103]),
    );
    expect(others).toEqual([]);
    expect(event).toMatchObject({ price: 103, direction: 'up' });
    expect(event?.id).toBe(`${event?.resolution.alertId}:resolved`);
    expect(event?.resolution.reason).toBe('over');
    expect(minutesAfter(event?.observedAt ?? 0)).toBe(10);
    expect(minutesAfter(event?.resolution.resolvedAt ?? 0)).toBe(13);
    const { extreme } = event?.resolution ?? {};
    expect(extreme?.price).toBe(106);
    expect(minutesAfter(extreme?.observedAt ?? 0)).toBe(11);
    // Above the mean of four prices of 100 and one of 103.
    expect(extreme?.figures.changePct).toBeCloseTo((106 / ((4 * 100 + 103) / 5) - 1) * 100, 8);
  });

  it('when the price moves directly to the other side', () => {
    const events = resolvedOf(MOVED, ticksEvery(MINUTE_MS, [...CALM, 104, 92]));
    expect(events.map(({ resolution }) => resolution.reason)).toEqual(['reversed']);
  });

  it('by another source, when its own has no prices any more', () => {
    const other = (minute: number): Tick => tickAt(AT + minute * MINUTE_MS, 100, { source: 'coingecko' });
    const ticks = [...ticksEvery(MINUTE_MS, [...CALM, 103]), ...[11, 12, 20, 25, 26, 27].map(other)];
    const events = resolvedOf(MOVED, ticks);
    expect(events.map(({ resolution }) => minutesAfter(resolution.resolvedAt))).toEqual([26]);
  });

  it('with the furthest price since it was raised, even if no other price followed', () => {
    const resolved: ResolvedAlert[] = [];
    const spread = ruleOf('spread', { spreadPct: 1, sources: ['kraken', 'coingecko'] });
    const engine = watching([spread, ruleOf('no-data', { minutes: 30 })], resolved);
    const from = (source: string, second: number, price: number): Tick =>
      tickAt(AT + second * 1_000, price, { source });
    engine.check(from('kraken', 60, 100));
    // From another source, with a slightly older price: the newest price is still that of the first source.
    expect(engine.check(from('coingecko', 50, 50))).toMatchObject([{ kind: 'spread', price: 50 }]);
    // Earlier than the newest price, as with a clock that is behind, and later.
    for (const second of [55, 61]) expect(engine.pass(AT + second * 1_000, ['bitcoin'])).toEqual([]);
    engine.check(from('coingecko', 62, 100));
    expect(resolved.map(({ resolution }) => resolution.extreme)).toMatchObject([
      { price: 50, observedAt: AT + 60 * 1_000 },
    ]);
  });

  it('with every other alert of the same firing', () => {
    const rule: Rule = { ...LEVEL, ratchetPct: 2 };
    const events = resolvedOf(rule, ticksEvery(20 * MINUTE_MS, [100, 103, 106, 109, 108, 100]));
    expect(events.map(({ price, resolution }) => [price, resolution.extreme.price])).toEqual([
      [103, 109],
      [106, 109],
      [109, 109],
    ]);
  });

  it.each([
    ['removed', []],
    ['given other parameters', [ruleOf('level', { level: 90 }, { direction: 'up' })]],
    ['made for other coins', [{ ...LEVEL, scope: ['zcash'] }]],
  ])('with the next price after its rule was %s', (_, rules: readonly Rule[]) => {
    const ticks = ticksEvery(MINUTE_MS, [100, 103, 104, 105]);
    const before = createAlertEngine([LEVEL]);
    for (const tick of ticks.slice(0, 2)) before.check(tick);
    const resolved: ResolvedAlert[] = [];
    const after = watching(rules, resolved);
    for (const tick of ticks.slice(0, 2)) after.replay(tick);
    after.restore('bitcoin', coinStateSchema.parse(JSON.parse(JSON.stringify(before.save('bitcoin')))));
    for (const tick of ticks.slice(2)) after.check(tick);
    expect(
      resolved.map(({ resolution }) => [resolution.reason, minutesAfter(resolution.resolvedAt)]),
    ).toEqual([['rule-changed', 2]]);
  });

  it('at most once, and after it was raised, for any prices', () => {
    let count = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 2, max: 20, noNaN: true }),
        (seed, stepPct) => {
          const ticks = ticksEvery(20_000, walk(seed, 400, stepPct));
          const raised: Alert[] = [];
          const resolved: ResolvedAlert[] = [];
          const engine = watching([MOVED, LEVEL], resolved);
          for (const tick of ticks) raised.push(...engine.check(tick));
          const ids = resolved.map(({ resolution }) => resolution.alertId);
          expect(new Set(ids).size).toBe(ids.length);
          const open =
            engine.save('bitcoin')?.firings.flatMap(({ alerts }) => alerts.map(({ id }) => id)) ?? [];
          expect([...ids, ...open].toSorted()).toEqual(raised.map(({ id }) => id).toSorted());
          for (const { observedAt, price, direction, resolution } of resolved) {
            expect(resolution.resolvedAt).toBeGreaterThan(observedAt);
            expect(
              direction === 'up' ? resolution.extreme.price >= price : resolution.extreme.price <= price,
            ).toBe(true);
          }
          count += resolved.length;
        },
      ),
      { numRuns: 40 },
    );
    expect(count).toBeGreaterThan(40);
  });
});

it('reports the phase of a rule', () => {
  const rule: Rule = { ...MOVED, direction: 'up', forSeconds: 120 };
  const engine = createAlertEngine([rule]);
  const phases = ticksEvery(MINUTE_MS, [...CALM, 103, 104, 106, 107, 100, ...CALM, ...CALM]).map((tick) => {
    engine.check(tick);
    return engine.phases('bitcoin', tick.observedAt)[0]?.phase ?? 'inactive';
  });
  const inOrder = phases.filter((phase, index) => phase !== phases[index - 1]);
  expect(inOrder).toEqual(['inactive', 'pending', 'firing', 'cooldown', 'inactive']);
});

it('keeps only its newest fifty alerts open in a very long firing, also after a restart', () => {
  const rule = ruleOf('drawdown', { drawdownPct: 1, hours: 1 }, { cooldownMinutes: 1, ratchetPct: 0.1 });
  const fall = Array.from({ length: 90 }, (_, minute) => 98 * 0.99 ** minute);
  const events: ResolvedAlert[] = [];
  let engine = watching([rule], events);
  const raised: Alert[] = [];
  for (const [index, tick] of ticksEvery(MINUTE_MS, [...CALM, ...fall]).entries()) {
    if (index === 80) {
      const before = coinStateSchema.parse(JSON.parse(JSON.stringify(engine.save('bitcoin'))));
      engine = watching([rule], events);
      engine.restore('bitcoin', before);
    }
    raised.push(...engine.check(tick));
  }
  expect(raised.length).toBeGreaterThan(60);
  const open = engine.save('bitcoin')?.firings.flatMap(({ alerts }) => alerts) ?? [];
  expect(open).toEqual(raised.slice(-50));
  expect(events.map(({ resolution }) => resolution.alertId)).toEqual(
    raised.slice(0, -50).map(({ id }) => id),
  );
  expect(new Set(events.map(({ resolution }) => resolution.reason))).toEqual(new Set(['followed']));
});
