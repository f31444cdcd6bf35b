import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../shared/domain/alert.ts';
import { alertMessage } from '../../../../shared/domain/alert-message.ts';
import { text } from '../../../../shared/messages/message.ts';
import { ruleFault } from '../bound-rule.ts';
import { coinStateSchema } from '../coin-state.ts';
import { type AlertEngine, createAlertEngine } from '../engine.ts';
import { ruleOf } from '../rule-fixture.ts';
import { AT, MINUTE_MS, momentsOf, SECOND_MS, tickAt } from './market-fixture.ts';

const RULE = ruleOf('no-data', { minutes: 10 });
const BEAT_MS = 10 * SECOND_MS;
const wordsOf = (alert: Alert | undefined): string =>
  alert === undefined ? '' : `${alert.coinId} ${text(alertMessage(alert))}`;

/** The alerts for coins that have prices at these minutes, with a beat every ten seconds up to the minute `toMinute`. */
function run(
  coins: Readonly<Record<string, readonly number[]>>,
  toMinute: number,
  rule = RULE,
  engineAt: (at: number, engine: AlertEngine) => AlertEngine = (_, engine) => engine,
): Alert[] {
  let engine = createAlertEngine([rule]);
  const alerts: Alert[] = [];
  for (let at = AT; at <= AT + toMinute * MINUTE_MS; at += BEAT_MS) {
    engine = engineAt(at, engine);
    alerts.push(...engine.pass(at, Object.keys(coins)));
    for (const [coinId, minutes] of Object.entries(coins)) {
      if (minutes.some((minute) => AT + minute * MINUTE_MS === at))
        alerts.push(...engine.check(tickAt(at, 100, { coinId })));
    }
  }
  return alerts;
}

const every = (minutes: number, to: number, from = 0): number[] =>
  Array.from({ length: Math.floor((to - from) / minutes) + 1 }, (_, index) => from + index * minutes);

describe('no data', () => {
  it('is raised when a coin has had no price for that long, once, at the time and with the last price', () => {
    const alerts = run({ bitcoin: every(1, 20), zcash: every(1, 60) }, 60);
    expect(momentsOf(alerts)).toEqual([[30, null]]);
    expect(alerts[0]).toMatchObject({
      price: 100,
      source: 'kraken',
      figures: { silentMinutes: 10, coins: 1 },
    });
    expect(wordsOf(alerts[0])).toBe('bitcoin has had no price for 10 min');
  });

  it('is raised again when there were prices in between', () => {
    const alerts = run({ bitcoin: [...every(1, 20), 40], zcash: every(1, 60) }, 60);
    expect(momentsOf(alerts).map(([minute]) => minute)).toEqual([30, 50]);
  });

  it('is raised once for all coins when none has prices', () => {
    const alerts = run({ bitcoin: every(1, 20), ethereum: every(2, 20), zcash: every(3, 20) }, 60);
    // The first to be without one for that long is the one whose last price is oldest.
    expect(alerts.map(wordsOf)).toEqual([
      'zcash has had no price for 10 min, nor has any of the other 2 coins',
    ]);
    expect(momentsOf(alerts)).toEqual([[28, null]]);
  });

  it('is raised for the coin that has no prices when the others have them again', () => {
    const alerts = run({ bitcoin: [...every(1, 20), ...every(1, 60, 45)], zcash: every(1, 20) }, 60);
    expect(alerts.map(wordsOf)).toEqual([
      'bitcoin has had no price for 10 min, nor has the other coin',
      'zcash has had no price for 25 min',
    ]);
  });

  it('considers the prices of all sources of a coin', () => {
    const engine = createAlertEngine([RULE]);
    engine.check(tickAt(AT, 100));
    engine.check(tickAt(AT + 8 * MINUTE_MS, 100, { source: 'coingecko' }));
    expect(engine.pass(AT + 12 * MINUTE_MS, ['bitcoin'])).toEqual([]);
    expect(engine.pass(AT + 18 * MINUTE_MS, ['bitcoin'])).toHaveLength(1);
  });

  it('is not raised for a coin that never had a price or is no longer watched', () => {
    const engine = createAlertEngine([RULE]);
    engine.check(tickAt(AT, 100));
    expect(engine.pass(AT + 60 * MINUTE_MS, ['zcash'])).toEqual([]);
  });

  it('is the same when it is stopped and resumed at any instant', () => {
    const coins = { bitcoin: [...every(1, 20), 40], ethereum: every(2, 20), zcash: [...every(3, 20), 45] };
    const expected = run(coins, 90);
    expect(expected.length).toBeGreaterThan(2);
    const resumed = run(coins, 90, RULE, (_, engine) => {
      const next = createAlertEngine([RULE]);
      for (const coinId of engine.coins())
        next.restore(coinId, coinStateSchema.parse(JSON.parse(JSON.stringify(engine.save(coinId)))));
      return next;
    });
    expect(resumed).toEqual(expected);
  });

  it('is not raised again after a replay of its ticks and alerts', () => {
    const first = createAlertEngine([RULE]);
    first.check(tickAt(AT, 100));
    const [alert] = first.pass(AT + 10 * MINUTE_MS, ['bitcoin']);
    const second = createAlertEngine([RULE]);
    second.replay(tickAt(AT, 100));
    if (alert !== undefined) second.note(alert);
    expect(second.pass(AT + 10 * MINUTE_MS + BEAT_MS, ['bitcoin'])).toEqual([]);
  });

  it('supports no direction', () => {
    const fault = ruleFault({ ...RULE, direction: 'up' });
    expect(fault && text(fault)).toBe(
      'direction must be "both": a rule of the kind "no-data" has no direction',
    );
  });
});
