import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Quote } from '../../../shared/domain/quote.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { movingAverageRule, ruleOf } from '../alerts/rule-fixture.ts';
import { createLatest } from '../latest/latest.ts';
import type { LogBatch } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import type { SavedCoin } from './saved-coin.ts';
import { createWatch, type WatchOptions } from './watch.ts';
import type { WatchConfig } from './watched.ts';

const AT = Date.UTC(2026, 0, 5, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const CONFIG: WatchConfig = {
  coins: ['bitcoin'],
  vsCurrency: 'usd',
  rules: [movingAverageRule(2)],
};
const STRICTER: WatchConfig = { ...CONFIG, rules: [movingAverageRule(1)] };

const trade = (afterMs: number, price = 100 + afterMs): Tick => ({
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  observedAt: AT + afterMs,
  price,
  volume24h: null,
  amount: 0.5,
  marketCap: null,
  change24hPct: null,
  source: 'kraken',
});

const timesUntil = (latest: () => number) => ({ latest, latestKept: latest });

/** A watch with a log that receives what was passed on, as in the program. */
function watchOver(logFile: LogBatch[], options: Partial<WatchOptions> = {}) {
  const alerts: Alert[] = [];
  const passedOn: Tick[] = [];
  const latest = createLatest(virtualClock(AT), () => undefined);
  const watch = createWatch({
    config: CONFIG,
    accepted: () => logFile,
    now: () => AT,
    times: timesUntil(() => AT + HOUR_MS),
    onAccepted(ticks, raised) {
      logFile.push({ ticks, alerts: raised });
      passedOn.push(...ticks);
      alerts.push(...raised);
    },
    latest,
    retain: () => undefined,
    onReplayed: () => undefined,
    log: silentLog,
    ...options,
  });
  return {
    watch: { ...watch, quotes: latest.list },
    alerts,
    passedOn,
    accept: (...ticks: readonly Tick[]) => watch.accept(ticks, false),
  };
}

/** Turns of the event loop that the test controls. */
function scriptedTurns() {
  const waiting: (() => void)[] = [];
  return {
    turn: () => new Promise<void>((resolve) => void waiting.push(resolve)),
    /** Lets the next slice run; false when none waits. */
    async next(): Promise<boolean> {
      const wake = waiting.splice(0);
      for (const each of wake) each();
      await new Promise((resolve) => setImmediate(resolve));
      return wake.length > 0;
    },
  };
}

const history = (count: number, priceOf: (index: number) => number): LogBatch[] =>
  Array.from({ length: count }, (_, index) => ({
    ticks: [trade((index - count) * 1_000, priceOf(index))],
    alerts: [],
  }));

const idsOf = (alerts: readonly Alert[]): readonly string[] => alerts.map(({ id }) => id);

describe('records from before a start or a change of settings', () => {
  it.each([
    ['read', { version: 1, engine: { rules: {}, tracks: [{}], raised: {} }, quote: null }],
    ['restored', { version: 1, engine: { rules: {}, tracks: [], raised: null }, quote: null }],
  ])('are replayed for a coin whose saved state cannot be %s', async (_, damaged) => {
    const { watch, accept, alerts } = watchOver(
      history(400, () => 100),
      { saved: () => ({ coins: ['bitcoin'], coin: () => damaged as unknown as SavedCoin, offset: 0 }) },
    );
    await watch.settled();
    accept(trade(0, 103));
    expect(alerts).toHaveLength(1);
    expect(watch.quotes()[0]?.price).toBe(103);
  });

  it('include the last price of a coin that is older than the replayed range', async () => {
    const { watch, accept } = watchOver([], { accepted: () => [] });
    accept(trade(-50 * HOUR_MS, 41.25));
    await watch.rebuild({ ...STRICTER, coins: ['zcash', 'bitcoin'] });
    expect(watch.quotes().map(({ price }) => price)).toEqual([null, 41.25]);
    await watch.rebuild({ ...STRICTER, vsCurrency: 'eur' });
    expect(watch.quotes().map(({ price }) => price)).toEqual([null]);
  });

  it('update prices, and are not counted as traded again', async () => {
    const { watch, accept } = watchOver([{ ticks: [trade(1), trade(2)], alerts: [] }]);
    expect(watch.quotes()[0]).toMatchObject({ price: 102, tradedTotal: null });
    accept(trade(3), trade(4));
    expect(watch.quotes()[0]).toMatchObject({ price: 104, tradedTotal: 1 });
    await watch.rebuild(STRICTER);
    expect(watch.quotes()[0]).toMatchObject({ price: 104, tradedTotal: null });
  });

  it('are not replayed for a setting that does not affect evaluation', async () => {
    let replays = 0;
    const { watch, accept } = watchOver([], {
      accepted: () => {
        replays++;
        return [];
      },
    });
    accept(trade(1));
    await watch.rebuild({ ...CONFIG, coins: [...CONFIG.coins], rules: [movingAverageRule(2)] });
    expect(replays).toBe(1);
    expect(watch.quotes()[0]).toMatchObject({ tradedTotal: 0.5 });
  });

  it('are replayed in slices of at most 1,000 ticks, also within a fetch', async () => {
    const slices: number[] = [];
    let ticks = 0;
    const counted = (fetch: LogBatch): LogBatch => ({
      ...fetch,
      ticks: new Proxy(fetch.ticks, {
        get(target, name) {
          if (typeof name === 'string' && /^\d+$/.test(name)) ticks++;
          return Reflect.get(target, name) as unknown;
        },
      }),
    });
    const large = { ticks: history(5_000, () => 100).flatMap((fetch) => fetch.ticks), alerts: [] };
    const logFile = [large, ...history(3_000, () => 100)].map(counted);
    const turns = scriptedTurns();
    const { watch } = watchOver([], {
      accepted: () => logFile,
      turn() {
        slices.push(ticks);
        ticks = 0;
        return turns.turn();
      },
    });
    while (await turns.next()) expect(watch.quotes()).toHaveLength(1);
    slices.push(ticks);
    await watch.settled();
    expect(Math.max(...slices)).toBe(1_000);
    expect(slices.reduce((sum, count) => sum + count)).toBe(8_000);
  });

  it('do not prevent the start when they cannot be read', async () => {
    const { watch, alerts, accept } = watchOver([], {
      *accepted() {
        yield* history(400, () => 100);
        throw new Error('database disk image is malformed');
      },
    });
    await watch.settled();
    accept(trade(1_000, 103));
    expect(alerts).toHaveLength(1);
  });
});

describe('a rule that is made or changed while its condition holds', () => {
  const risen = [...history(400, (index) => (index < 395 ? 100 : 101.5))];

  it('raises an alert at the next crossing', async () => {
    const { watch, alerts, accept } = watchOver([...risen]);
    await watch.rebuild(STRICTER);
    accept(trade(1_000, 101.6), trade(2_000, 100.1), trade(3_000, 101.6));
    expect(idsOf(alerts)).toEqual([expect.stringContaining(`:${AT + 3_000}`)]);
  });

  it('raises an alert at the next price with raiseIfHolding', async () => {
    const { watch, alerts, accept } = watchOver([...risen]);
    await watch.rebuild({ ...CONFIG, rules: [{ ...movingAverageRule(1), raiseIfHolding: true }] });
    accept(trade(1_000, 101.6), trade(2_000, 101.7));
    expect(idsOf(alerts)).toEqual([expect.stringContaining(`:${AT + 1_000}`)]);
  });

  it('is no longer new when the rules are applied again, or another one is added', async () => {
    const { watch, alerts, accept } = watchOver([...risen]);
    const rule = { ...movingAverageRule(1), raiseIfHolding: true };
    await watch.rebuild({ ...CONFIG, rules: [rule] });
    accept(trade(1_000, 101.6));
    await watch.rebuild({ ...CONFIG, rules: [rule, ruleOf('level', { level: 200 })] });
    accept(trade(2_000, 101.7));
    expect(alerts).toHaveLength(1);
  });
});

describe('prices that arrive during a replay', () => {
  it('raise the alerts of the new rule once, after the replay, and are shown then', async () => {
    const turns = scriptedTurns();
    const logFile = history(400, () => 100);
    const { watch, alerts, passedOn, accept } = watchOver(logFile, { turn: turns.turn, sliceTicks: 150 });
    while (await turns.next());
    const changed = watch.rebuild(STRICTER);
    accept(trade(1_000, 101.5));
    await turns.next();
    accept(trade(2_000, 101.6), trade(3_000, 101.7));
    expect(passedOn).toEqual([]);
    expect(alerts).toEqual([]);
    expect(watch.quotes()[0]).toMatchObject({ price: 100 });
    expect(watch.config()).toEqual(CONFIG);
    while (await turns.next());
    await changed;
    expect(watch.config()).toEqual(STRICTER);
    expect(passedOn.map(({ price }) => price)).toEqual([101.5, 101.6, 101.7]);
    expect(idsOf(alerts)).toEqual([expect.stringContaining(`:${AT + 1_000}`)]);
    expect(alerts[0]?.params).toMatchObject({ thresholdPct: 1 });
    expect(watch.quotes()[0]).toMatchObject({ price: 101.7 });
    accept(trade(4_000, 101.8));
    expect(passedOn.at(-1)).toMatchObject({ price: 101.8 });
  });

  it('wait for the last of several changes, which all complete together', async () => {
    const turns = scriptedTurns();
    const logFile = history(1_000, () => 100);
    const { watch, alerts, accept } = watchOver(logFile, { turn: turns.turn, sliceTicks: 300 });
    const changes = [2, 3, 4].map((thresholdPct) =>
      watch.rebuild({ ...CONFIG, rules: [movingAverageRule(thresholdPct)] }),
    );
    accept(trade(1_000, 103.5));
    while (await turns.next());
    await Promise.all(changes);
    expect(watch.config().rules).toEqual([movingAverageRule(4)]);
    expect(alerts).toEqual([]);
    accept(trade(2_000, 104.5));
    expect(alerts).toHaveLength(1);
  });

  it('raise the alerts of an uninterrupted run, at any position between slices', async () => {
    const step = fc.record({
      turns: fc.nat(3),
      prices: fc.array(fc.constantFrom(97, 99, 100, 101.5, 103, 106), { maxLength: 6 }),
      threshold: fc.option(fc.constantFrom(1, 2, 4), { freq: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(300),
        fc.integer({ min: 1, max: 60 }),
        fc.array(step, { maxLength: 20 }),
        async (count, sliceTicks, steps) => {
          /** Alerts with slices that are over when `isBroken` is false. */
          const run = async (isBroken: boolean) => {
            const turns = scriptedTurns();
            const logFile = history(count, (index) => 100 + (index % 7) / 10);
            const options = isBroken ? { turn: turns.turn, sliceTicks } : {};
            const { watch, alerts, passedOn, accept } = watchOver(logFile, options);
            const changes: Promise<void>[] = [];
            let at = 0;
            for (const { turns: some, prices, threshold } of steps) {
              for (let turn = 0; turn < some; turn++) await turns.next();
              if (threshold !== null) {
                // A new rule raises no alerts for earlier prices. Therefore, it is put in force before the next prices arrive.
                while (await turns.next());
                await watch.settled();
                changes.push(watch.rebuild({ ...CONFIG, rules: [movingAverageRule(threshold)] }));
              }
              at += 20_000;
              accept(...prices.map((price, index) => trade(at + index * 1_000, price)));
            }
            while (await turns.next());
            await Promise.all(changes);
            await watch.settled();
            return { alerts, passedOn, quotes: pricesOf(watch) };
          };
          expect(await run(true)).toEqual(await run(false));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a price with a future timestamp that was accepted before', () => {
  const future = trade(2 * HOUR_MS, 999);
  const futureAlert: Alert = {
    id: 'moving-average:kraken:bitcoin:usd:future',
    rule: 'moving-average',
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    source: 'kraken',
    observedAt: future.observedAt,
    price: future.price,
    kind: 'moving-average',
    params: { thresholdPct: 2, windowMinutes: 5 },
    severity: 'warning',
    direction: 'up',
    figures: { average: 100, changePct: 899 },
  };
  const logWithFuture = (): LogBatch[] => [
    ...history(300, () => 100),
    { ticks: [future], alerts: [futureAlert] },
  ];

  it('does not block the price or the alerts of its coin', async () => {
    // After a start no provider has given the time yet, and the machine's clock may be behind.
    let latest = AT + 24 * HOUR_MS;
    const { watch, alerts, passedOn, accept } = watchOver(logWithFuture(), {
      times: timesUntil(() => latest),
      sliceTicks: 100,
    });
    await watch.settled();
    expect(watch.quotes()[0]).toMatchObject({ price: 999 });
    latest = AT + MINUTE_MS;
    accept(trade(1_000, 130));
    await watch.settled();
    expect(alerts.map(({ price }) => price)).toEqual([130]);
    expect(passedOn).toEqual([trade(1_000, 130)]);
    expect(watch.quotes()[0]).toMatchObject({ price: 130, observedAt: AT + 1_000, average: 100 });
    accept(trade(2_000, 131));
    await watch.settled();
    expect(passedOn).toHaveLength(2);
  });

  it('is skipped when the time is known', () => {
    const { watch } = watchOver(logWithFuture(), { times: timesUntil(() => AT + MINUTE_MS) });
    expect(watch.quotes()[0]).toMatchObject({ price: 100 });
  });
});

function pricesOf(watch: { quotes(): readonly Quote[] }) {
  return watch.quotes().map(({ price, average, recent }) => ({ price, average, recent }));
}
