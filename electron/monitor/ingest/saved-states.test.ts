import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { movingAverageRule, ruleOf } from '../alerts/rule-fixture.ts';
import { createLatest } from '../latest/latest.ts';
import { type CoinStates, openCoinStates } from '../log/coin-states.ts';
import type { LogBatch, ReplayStart } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { readStates } from './read-states.ts';
import { createStateSaver } from './state-saver.ts';
import { createWatch } from './watch.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const SECOND_MS = 1_000;
const COINS = ['bitcoin', 'ethereum', 'zcash'];
const RULES = [
  movingAverageRule(2, 5),
  ruleOf(
    'moving-average',
    { thresholdPct: 3, windowMinutes: 60 },
    { id: 'hour', scope: ['bitcoin', 'zcash'] },
  ),
];

/** A log in memory, and the states beside it in a real database. */
function openLog() {
  const records: LogBatch[] = [];
  const states = openCoinStates(new DatabaseSync(':memory:'));
  const replayed: ReplayStart[] = [];
  return {
    records,
    states,
    /** Where replays began. */
    replayed,
    *accepted(from: ReplayStart) {
      replayed.push(from);
      yield* records.slice('after' in from ? from.after : 0);
    },
  };
}

/** The program from its log's file to its alerts; each call is a start. */
function start(log: ReturnType<typeof openLog>, rules: readonly Rule[] = RULES) {
  const alerts: Alert[] = [];
  const latest = createLatest(virtualClock(AT), () => undefined);
  let turnsLeft = Number.POSITIVE_INFINITY;
  const saver = createStateSaver({
    states: log.states,
    lastOffset: () => log.records.length,
    clock: virtualClock(AT),
    log: silentLog,
    turn: () => (turnsLeft-- > 0 ? Promise.resolve() : new Promise(() => undefined)),
    // Each coin is a slice.
    charactersPerSlice: 1,
  });
  const watch = createWatch({
    config: { coins: COINS, vsCurrency: 'usd', rules },
    accepted: log.accepted,
    saved: () => readStates(log.states, COINS, silentLog),
    now: () => AT,
    times: { latest: () => AT * 2, latestKept: () => AT * 2 },
    latest,
    retain: () => undefined,
    onAccepted(ticks, raised) {
      saver.touched(ticks);
      log.records.push({ ticks, alerts: raised });
      alerts.push(...raised);
    },
    onReplayed: saver.replayed,
    log: silentLog,
  });
  saver.start({ save: watch.save, isReplaying: watch.isReplaying, whenLogged: async () => true });
  /** Saves and is killed meanwhile, at one of the turns of other work. */
  const killedWhileSaving = async (turns: number): Promise<void> => {
    turnsLeft = turns;
    void saver.stop();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    watch,
    saver,
    alerts,
    killedWhileSaving,
    quotes: () => latest.list().map(({ tradedTotal: _, ...quote }) => quote),
  };
}

const tick = (coinId: string, observedAt: number, price: number, source: string): Tick => ({
  coinId,
  vsCurrency: 'usd',
  observedAt,
  price,
  volume24h: null,
  amount: source === 'coingecko' ? null : 1,
  marketCap: null,
  change24hPct: null,
  source,
});

const anyTicks = fc
  .array(
    fc.record({
      coinId: fc.constantFrom(...COINS),
      source: fc.constantFrom('kraken', 'kraken', 'coingecko'),
      stepMs: fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 1, max: 20 * SECOND_MS }) },
        { weight: 1, arbitrary: fc.constantFrom(-30 * SECOND_MS, 600 * SECOND_MS) },
      ),
      price: fc.constantFrom(100, 100, 100, 100.5, 99, 103, 97, 106),
    }),
    { minLength: 50, maxLength: 300, size: 'max' },
  )
  .map((steps) => {
    let at = AT;
    return steps.map(({ coinId, source, stepMs, price }) => {
      at += stepMs;
      return tick(coinId, at, price, source);
    });
  });

describe('states saved beside the log', () => {
  it('make a restart at any time invisible in alerts, quotes and sparklines', {
    timeout: 120_000,
  }, async () => {
    let raised = 0;
    await fc.assert(
      fc.asyncProperty(
        anyTicks,
        fc.array(fc.record({ at: fc.nat(300), isKilled: fc.boolean() }), { maxLength: 4 }),
        fc.array(fc.record({ at: fc.nat(300), killedAfter: fc.option(fc.nat(6)) }), { maxLength: 4 }),
        async (ticks, stops, saves) => {
          const unbroken = start(openLog());
          for (const one of ticks) unbroken.watch.accept([one], false);
          const log = openLog();
          let run = start(log);
          const alerts: Alert[] = [];
          for (const [index, one] of ticks.entries()) {
            // What is saved now and then is all that a kill leaves; a stop saves everything.
            for (const { killedAfter } of saves.filter(({ at }) => at === index)) {
              if (killedAfter === null) {
                await run.saver.stop();
                continue;
              }
              await run.killedWhileSaving(killedAfter);
              alerts.push(...run.alerts);
              run = start(log);
            }
            for (const { isKilled } of stops.filter(({ at }) => at === index)) {
              if (!isKilled) await run.saver.stop();
              alerts.push(...run.alerts);
              run = start(log);
            }
            run.watch.accept([one], false);
          }
          alerts.push(...run.alerts);
          expect(alerts).toEqual(unbroken.alerts);
          expect(run.quotes()).toEqual(unbroken.quotes());
          raised += alerts.length;
        },
      ),
      { numRuns: 60 },
    );
    expect(raised).toBeGreaterThan(50);
  });

  it('leave only later records to be replayed', async () => {
    const log = openLog();
    const first = start(log);
    for (let second = 0; second < 400; second += 10)
      first.watch.accept([tick('bitcoin', AT + second * SECOND_MS, 100, 'kraken')], false);
    await first.saver.stop();
    first.watch.accept([tick('bitcoin', AT + 400 * SECOND_MS, 100, 'kraken')], false);
    const second = start(log);
    expect(log.replayed.at(-1)).toEqual({ after: 40 });
    second.watch.accept([tick('bitcoin', AT + 410 * SECOND_MS, 103, 'kraken')], false);
    expect(second.alerts).toHaveLength(1);
  });

  it('include which prices the rules have seen, of each source', async () => {
    const log = openLog();
    const first = start(log);
    first.watch.accept([tick('zcash', AT, 100, 'coingecko')], false);
    first.watch.accept([tick('zcash', AT + 1, 100, 'kraken'), tick('zcash', AT + 2, 101, 'kraken')], false);
    const seen = [
      ['coingecko', AT],
      ['kraken', AT + 1],
    ].map(([source, from]) => ({
      vsCurrency: 'usd',
      source,
      from: new Map(RULES.map(({ id }) => [id, from])),
    }));
    expect(first.watch.seen('zcash')).toEqual(seen);
    await first.saver.stop();
    log.records.length = 0;
    const second = start(log);
    expect(second.watch.seen('zcash')).toEqual(seen);
    expect(second.watch.seen('bitcoin')).toEqual([]);
  });

  it('include replayed ticks, also of a coin without later ticks', async () => {
    const log = openLog();
    // Killed before anything was saved.
    start(log).watch.accept([tick('bitcoin', AT, 100, 'kraken'), tick('zcash', AT, 30, 'kraken')], false);
    const second = start(log);
    second.watch.accept([tick('bitcoin', AT + SECOND_MS, 100, 'kraken')], false);
    await second.saver.stop();
    const third = start(log);
    expect(log.replayed.at(-1)).toEqual({ after: 2 });
    expect(third.quotes().map(({ price }) => price)).toEqual([100, null, 30]);
  });

  it('keep the state of other rules when one has changed, which is rebuilt from the log', async () => {
    const log = openLog();
    const first = start(log);
    // An hour of prices, of which the log holds the last six minutes alone.
    for (let second = 0; second < 3_600; second += 10)
      first.watch.accept(
        [tick('bitcoin', AT + second * SECOND_MS, second < 3_200 ? 100 : 102.5, 'kraken')],
        false,
      );
    await first.saver.stop();
    log.records.splice(0, 320);
    const changed = start(log, [movingAverageRule(4, 5), ...RULES.slice(1)]);
    expect(log.replayed.at(-1)).toHaveProperty('since');
    changed.watch.accept([tick('bitcoin', AT + 3_600 * SECOND_MS, 103.5, 'kraken')], false);
    // 3.2% above the mean of the hour, and 1.1% above that of the last five minutes.
    expect(changed.alerts.map(({ rule }) => rule)).toEqual(['hour']);
    changed.watch.accept([tick('bitcoin', AT + 3_610 * SECOND_MS, 107, 'kraken')], false);
    expect(changed.alerts.map(({ rule }) => rule)).toEqual(['hour', 'moving-average']);
  });

  it.each([false, true])(
    'identify a rule that was made while the program was not running: with raiseIfHolding %s',
    async (raiseIfHolding) => {
      const log = openLog();
      const first = start(log, []);
      for (let second = 0; second < 400; second += 10)
        first.watch.accept(
          [tick('bitcoin', AT + second * SECOND_MS, second < 350 ? 100 : 103, 'kraken')],
          false,
        );
      await first.saver.stop();
      const rules = [{ ...movingAverageRule(2, 5), raiseIfHolding }];
      // A start with the new rule that receives no price.
      await start(log, rules).saver.stop();
      const third = start(log, rules);
      third.watch.accept([tick('bitcoin', AT + 400 * SECOND_MS, 103.2, 'kraken')], false);
      expect(third.alerts).toHaveLength(raiseIfHolding ? 1 : 0);
      await third.saver.stop();
      const fourth = start(log, rules);
      fourth.watch.accept([tick('bitcoin', AT + 410 * SECOND_MS, 103.2, 'kraken')], false);
      expect(fourth.alerts).toEqual([]);
    },
  );

  it.each([
    ['damaged', (states: CoinStates) => states.save(new Map([['bitcoin', '{"version":1,']]))],
    [
      'of another version',
      (states: CoinStates) => states.save(new Map([['bitcoin', '{"version":2,"engine":{}}']])),
    ],
  ])('are ignored when %s, and replayed from the log', async (_, spoil) => {
    const log = openLog();
    const first = start(log);
    for (let second = 0; second < 400; second += 10)
      first.watch.accept([tick('bitcoin', AT + second * SECOND_MS, 100, 'kraken')], false);
    await first.saver.stop();
    spoil(log.states);
    const second = start(log);
    second.watch.accept([tick('bitcoin', AT + 400 * SECOND_MS, 103, 'kraken')], false);
    expect(second.alerts).toHaveLength(1);
    expect(second.quotes()[0]?.recent).toHaveLength(41);
  });

  it('are serialized and written in slices, with other work between them, and their offset last', async () => {
    const { states } = openLog();
    const recent = Array.from({ length: 5_000 }, (): [number, number] => [AT, 60_000.25]);
    const quote = { tick: null, reference: null, recent };
    let turns = 0;
    const serialized: number[] = [];
    const written: number[] = [];
    const saver = createStateSaver({
      states: {
        ...states,
        save(slice) {
          expect(states.offset()).toBeNull();
          for (const _ of slice) written.push(turns);
          states.save(slice);
        },
      },
      lastOffset: () => 7,
      clock: virtualClock(AT),
      log: silentLog,
      turn: async () => {
        turns++;
      },
    });
    saver.touched(COINS.map((coinId) => ({ coinId })));
    saver.start({
      save() {
        serialized.push(turns);
        return { version: 1, engine: null, quote };
      },
      isReplaying: () => false,
      whenLogged: async () => true,
    });
    await saver.stop();
    // More than 100 kB each: one in a slice.
    expect(serialized).toEqual([0, 1, 2]);
    expect(written).toEqual([2, 3, 4]);
    expect(states.coins()).toEqual(COINS);
    expect(states.offset()).toBe(7);
  });

  it('are not written before their ticks are in the log', async () => {
    const log = openLog();
    const saver = createStateSaver({
      states: log.states,
      lastOffset: () => 0,
      clock: virtualClock(AT),
      log: silentLog,
    });
    let isLogged = false;
    saver.touched([{ coinId: 'bitcoin' }]);
    saver.start({
      save: () => ({ version: 1, engine: null, quote: null }),
      isReplaying: () => false,
      whenLogged: async () => isLogged,
    });
    await saver.stop();
    expect(log.states.coins()).toEqual([]);
    isLogged = true;
    await saver.stop();
    expect(log.states.coins()).toEqual(['bitcoin']);
  });
});
