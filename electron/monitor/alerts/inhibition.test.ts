import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { coinStateSchema } from './coin-state.ts';
import { type AlertEngine, createAlertEngine } from './engine.ts';
import { ruleOf } from './rule-fixture.ts';
import { AT, SECOND_MS, tickAt, walk } from './rules/market-fixture.ts';

const PARAMS = { leadingCoin: 'bitcoin', score: 4, floorPct: 0.4 };
const MOVED = ruleOf('moving-average', { thresholdPct: 2, windowMinutes: 5 });
/** The prices of two calm hours, one every 20 seconds. */
const STEP_MS = 20 * SECOND_MS;
const CALM = 360;
const JUMP_AT = AT + CALM * STEP_MS;

const engineOf = (rules: readonly Rule[] = [MOVED], params: typeof PARAMS | null = PARAMS): AlertEngine =>
  createAlertEngine(rules, undefined, params);

const own = walk(11, CALM, 0.02);
const leading = walk(5, CALM, 0.1);

/** A coin that follows the leading one with this beta, and moves a little by itself. */
function calmTicks(coinId: string, beta: number, other: Partial<Tick> = {}): Tick[] {
  return leading.map((price, index) =>
    tickAt(AT + index * STEP_MS, 100 * (price / 100) ** beta * ((own[index] ?? 0) / 100), {
      coinId,
      ...other,
    }),
  );
}

const BITCOIN = leading.map((price, index) => tickAt(AT + index * STEP_MS, price));
const FOLLOWER = calmTicks('ethereum', 1.5);

const inOrder = (...all: readonly (readonly Tick[])[]): Tick[] =>
  all.flat().toSorted((a, b) => a.observedAt - b.observedAt);

/** Ticks that move a coin from its last price by the given number of per cent. */
const jump = (ticks: readonly Tick[], pct: number, afterMs = 0): Tick[] => {
  const last = ticks.at(-1);
  if (last === undefined) return [];
  return [{ ...last, observedAt: JUMP_AT + afterMs, price: last.price * (1 + pct / 100) }];
};

const alertsOf = (engine: AlertEngine, ticks: readonly Tick[]): Alert[] =>
  ticks.flatMap((tick) => engine.check(tick));

/** What inhibits the alerts of a coin, null for those that nothing does. */
const inhibitorsOf = (alerts: readonly Alert[], coinId = 'ethereum') =>
  alerts.filter((alert) => alert.coinId === coinId).map(({ inhibitedBy }) => inhibitedBy ?? null);

describe('an alert', () => {
  it('is inhibited if the coin only follows the leading coin', () => {
    const alerts = alertsOf(
      engineOf(),
      inOrder(BITCOIN, FOLLOWER, jump(BITCOIN, -3), jump(FOLLOWER, -4.6, 1)),
    );
    expect(alerts.map(({ coinId }) => coinId)).toEqual(['bitcoin', 'ethereum']);
    expect(alerts[0]?.inhibitedBy).toBeUndefined();
    const [inhibitor] = inhibitorsOf(alerts);
    expect(inhibitor).toMatchObject({ alertId: alerts[0]?.id, coinId: 'bitcoin' });
    expect(inhibitor?.beta).toBeCloseTo(1.5, 1);
    expect(Math.abs(inhibitor?.beyondPct ?? 9)).toBeLessThan(0.4);
  });

  it.each([
    ['moves beyond its beta', -3, -8],
    ['moves against the leading coin', -3, 4.5],
    ['moves while the leading coin does not', -1, -4.5],
  ])('is not inhibited if the coin %s', (_, leadingPct, pct) => {
    const ticks = inOrder(BITCOIN, FOLLOWER, jump(BITCOIN, leadingPct), jump(FOLLOWER, pct, 1));
    expect(inhibitorsOf(alertsOf(engineOf(), ticks))).toEqual([null]);
  });

  it('is inhibited if the coin falls by less than its beta explains', () => {
    const ticks = inOrder(BITCOIN, FOLLOWER, jump(BITCOIN, -3), jump(FOLLOWER, -2.5, 1));
    expect(inhibitorsOf(alertsOf(engineOf(), ticks))).toEqual([
      expect.objectContaining({ coinId: 'bitcoin' }),
    ]);
  });

  it('is not inhibited before beta is known, nor with inhibition disabled', () => {
    const late = CALM - 150;
    const ticks = inOrder(BITCOIN, FOLLOWER.slice(late), jump(BITCOIN, -3), jump(FOLLOWER, -4.6, 1));
    expect(inhibitorsOf(alertsOf(engineOf(), ticks))).toEqual([null]);
    const all = inOrder(BITCOIN, FOLLOWER, jump(BITCOIN, -3), jump(FOLLOWER, -4.6, 1));
    expect(inhibitorsOf(alertsOf(engineOf([MOVED], null), all))).toEqual([null]);
  });

  it('is not inhibited after the alert of the leading coin is over', () => {
    const back = BITCOIN.slice(-20).map((tick, index) => ({
      ...tick,
      observedAt: JUMP_AT + (index + 1) * STEP_MS,
      price: BITCOIN.at(-1)?.price ?? 0,
    }));
    const calm = FOLLOWER.slice(-20).map((tick, index) => ({
      ...tick,
      observedAt: JUMP_AT + index * STEP_MS,
      price: FOLLOWER.at(-1)?.price ?? 0,
    }));
    const ticks = inOrder(
      BITCOIN,
      FOLLOWER,
      jump(BITCOIN, -3),
      back,
      calm,
      jump(FOLLOWER, -4.6, 20 * STEP_MS),
    );
    expect(inhibitorsOf(alertsOf(engineOf(), ticks))).toEqual([null]);
  });

  it('is not inhibited if its rule measures no move, or the leading coin has another rule', () => {
    const level = ruleOf('level', { level: 97 });
    const prices = inOrder(BITCOIN, FOLLOWER, jump(BITCOIN, -12), jump(FOLLOWER, -18, 1));
    const byLevel = alertsOf(engineOf([level]), prices).filter(({ observedAt }) => observedAt >= JUMP_AT);
    expect(byLevel.map(({ coinId, inhibitedBy }) => [coinId, inhibitedBy])).toContainEqual([
      'ethereum',
      undefined,
    ]);
    const apart = [
      { ...MOVED, id: 'btc', scope: ['bitcoin'] },
      { ...MOVED, id: 'eth', scope: ['ethereum'] },
    ];
    const ticks = inOrder(BITCOIN, FOLLOWER, jump(BITCOIN, -3), jump(FOLLOWER, -4.6, 1));
    expect(inhibitorsOf(alertsOf(engineOf(apart), ticks))).toEqual([null]);
  });

  it.each([
    ['change', { changePct: 2, withinMinutes: 10 }],
    ['unusual-move', { score: 4, halfLifeHours: 1 }],
    ['drawdown', { drawdownPct: 2, hours: 1 }],
    ['moving-average', { thresholdPct: 2, windowMinutes: 5, average: 'exponential' as const }],
  ])('is inhibited for a rule of the kind %s', (kind, params) => {
    const ticks = inOrder(BITCOIN, FOLLOWER, jump(BITCOIN, -6), jump(FOLLOWER, -9, 1));
    const alerts = alertsOf(engineOf([ruleOf(kind, params)]), ticks).filter(
      ({ observedAt }) => observedAt >= JUMP_AT,
    );
    expect(inhibitorsOf(alerts)).toEqual([expect.objectContaining({ coinId: 'bitcoin' })]);
  });

  it('is also inhibited with prices from two sources, once a minute, on both sides of a minute boundary', () => {
    const isPolled = (_: Tick, index: number): boolean => index % 3 === 0;
    const polled = calmTicks('ethereum', 1.5, { source: 'coingecko' })
      .map((tick) => ({ ...tick, observedAt: tick.observedAt - SECOND_MS }))
      .filter(isPolled);
    const ticks = inOrder(BITCOIN.filter(isPolled), polled, jump(BITCOIN, -3), jump(polled, -4.6, 1));
    const [inhibitor] = inhibitorsOf(alertsOf(engineOf(), ticks));
    expect(inhibitor?.beta).toBeCloseTo(1.5, 1);
  });

  it('counts only what was learned of the same leading coin', () => {
    const first = engineOf();
    alertsOf(first, inOrder(BITCOIN, FOLLOWER));
    for (const [leadingCoin, isInhibited] of [
      ['bitcoin', true],
      ['zcash', false],
    ] as const) {
      const second = engineOf([MOVED], { ...PARAMS, leadingCoin });
      for (const coinId of ['bitcoin', 'ethereum'])
        second.restore(coinId, coinStateSchema.parse(JSON.parse(JSON.stringify(first.save(coinId)))));
      const alerts = alertsOf(second, [...jump(BITCOIN, -3), ...jump(FOLLOWER, -4.6, 1)]);
      expect(inhibitorsOf(alerts)[0] !== null).toBe(isInhibited);
    }
  });
});

const COINS = ['bitcoin', 'ethereum', 'zcash'];
const RULES = [
  ruleOf('moving-average', { thresholdPct: 0.6, windowMinutes: 5 }),
  ruleOf('change', { changePct: 1, withinMinutes: 10 }),
];

/** A market in which coins follow bitcoin and now and then move by themselves, in any order within a few seconds. */
const anyMarket = fc
  .array(
    fc.record({
      leadingPct: fc.oneof(
        { weight: 12, arbitrary: fc.double({ min: -0.1, max: 0.1, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom(-2, 2) },
      ),
      ownPct: fc.oneof(
        { weight: 12, arbitrary: fc.double({ min: -0.05, max: 0.05, noNaN: true }) },
        { weight: 1, arbitrary: fc.constantFrom(-2, 2) },
      ),
      afterMs: fc.tuple(fc.nat(9_000), fc.nat(9_000), fc.nat(9_000)),
      source: fc.constantFrom('kraken', 'kraken', 'kraken', 'coingecko'),
    }),
    { minLength: 240, maxLength: 300, size: 'max' },
  )
  .map((steps) => {
    const prices = [100, 100, 100];
    return steps.flatMap(({ leadingPct, ownPct, afterMs, source }, step) =>
      COINS.map((coinId, index) => {
        const pct = leadingPct * (1 + index / 2) + (index === 0 ? 0 : index === 1 ? ownPct : -ownPct);
        prices[index] = (prices[index] ?? 0) * (1 + pct / 100);
        return tickAt(AT + step * STEP_MS + (afterMs[index] ?? 0), prices[index] ?? 0, { coinId, source });
      }).toSorted((a, b) => a.observedAt - b.observedAt),
    );
  });

describe('inhibition', () => {
  it('continues from the saved state as if nothing had happened, wherever it is stopped', () => {
    let inhibited = 0;
    fc.assert(
      fc.property(anyMarket, fc.array(fc.nat(900), { minLength: 1, maxLength: 3 }), (ticks, stops) => {
        let engine = engineOf(RULES);
        const found = ticks.flatMap((tick, index) => {
          if (stops.includes(index)) {
            const saved = [...engine.coins()].map((coinId) => JSON.stringify(engine.save(coinId)));
            const coins = [...engine.coins()];
            engine = engineOf(RULES);
            for (const [number, json] of saved.entries())
              engine.restore(coins[number] ?? '', coinStateSchema.parse(JSON.parse(json)));
          }
          return engine.check(tick);
        });
        inhibited += found.filter((alert) => alert.inhibitedBy !== undefined).length;
        expect(found).toEqual(alertsOf(engineOf(RULES), ticks));
      }),
      { numRuns: 40 },
    );
    expect(inhibited).toBeGreaterThan(20);
  });

  it('inhibits the same alerts of a coin with and without other coins', () => {
    fc.assert(
      fc.property(anyMarket, (ticks) => {
        const together = alertsOf(engineOf(RULES), ticks);
        for (const coinId of COINS.slice(1)) {
          const own = ticks.filter((tick) => tick.coinId === coinId || tick.coinId === 'bitcoin');
          expect(together.filter((alert) => alert.coinId === coinId)).toEqual(
            alertsOf(engineOf(RULES), own).filter((alert) => alert.coinId === coinId),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('only marks alerts: the same ones are raised without it', () => {
    fc.assert(
      fc.property(anyMarket, (ticks) => {
        const marked = alertsOf(engineOf(RULES), ticks).map(({ inhibitedBy: _, ...alert }) => alert);
        expect(marked).toEqual(alertsOf(engineOf(RULES, null), ticks));
      }),
      { numRuns: 30 },
    );
  });
});
