import { type AlertEngine, createAlertEngine } from '../electron/monitor/alerts/engine.ts';
import { type Rule, ruleOf } from '../shared/domain/rule.ts';
import type { Tick } from '../shared/domain/tick.ts';
import { type BenchResult, median } from './result.ts';

const COINS = 1_000;
/** The longer ones take a price in ten seconds, and in five minutes. */
const WINDOW_MINUTES = [1, 5, 50, 1_440] as const;
const MINUTE_SECONDS = 60;
/** So many prices fill any window that is long enough for the bench. */
const MOST_FILLED = 3_000;
const TICKS = 3_000_000;
/** Recomputing costs the whole window for every tick, however many coins there are; fewer of both tell the same. */
const RECOMPUTED_TICKS = 20_000;
const RECOMPUTED_COINS = 20;
const ROUNDS = 5;
const SECOND_MS = 1_000;
const MICROSECONDS = 1_000_000;

type Step = (coin: number, at: number, price: number) => void;

/** Ticks a second of the alert engine for 1,000 coins, beside recomputing the mean of the window for each tick. */
export function benchAlerts(): readonly BenchResult[] {
  // Rounds go round-robin over the windows, so that a slow moment of the machine does not fall on one of them.
  const subjects = WINDOW_MINUTES.map((minutes) => ({
    minutes,
    engine: start(engineStep(minutes), Math.min(MOST_FILLED, minutes * MINUTE_SECONDS)),
    rates: [] as number[],
  }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { engine, rates } of subjects) rates.push(engine(TICKS));
  }
  const smallest = median(subjects[0]?.rates ?? []);
  return [
    ...benchTenRules(smallest),
    ...subjects.flatMap(({ minutes, rates }) => {
      const rate = median(rates);
      const window = Math.min(MOST_FILLED, minutes * MINUTE_SECONDS);
      const recomputed = start(recomputingStep(window), window, RECOMPUTED_COINS)(RECOMPUTED_TICKS);
      return [
        {
          name: `alerts, window of ${minutes} min`,
          value: rate,
          unit: 'ticks/s',
          ratio: rate / recomputed,
          ratioTo: 'recomputing the mean',
        },
        {
          name: `alerts, window of ${minutes} min`,
          value: rate,
          unit: 'ticks/s',
          ratio: smallest / rate,
          ratioTo: 'its time with 1 min',
        },
      ];
    }),
  ];
}

/** A rule of ten kinds; windows from five minutes to 30 days. */
const TEN_RULES = [
  { kind: 'moving-average', params: { thresholdPct: 2, windowMinutes: 5 } },
  { kind: 'change', params: { changePct: 5, withinMinutes: 60 } },
  { kind: 'level', params: { level: 200 } },
  { kind: 'high-low', params: { hours: 720 } },
  { kind: 'drawdown', params: { drawdownPct: 10, hours: 168 } },
  { kind: 'unusual-move', params: { windowMinutes: 5 } },
  { kind: 'rsi', params: {} },
  { kind: 'macd', params: {} },
  { kind: 'bollinger', params: { deviations: 9 } },
  { kind: 'volatility', params: {} },
].map((rule) => ruleOf({ id: rule.kind, ...rule }));

/** Ticks a second through ten rules of different kinds, and what they remember of each coin. */
function benchTenRules(oneRule: number): readonly BenchResult[] {
  const before = memoryInUse();
  const { step, engine } = engineOf(TEN_RULES);
  const run = start(step, 600);
  const bytesPerCoin = (memoryInUse() - before) / COINS;
  const rate = median(Array.from({ length: ROUNDS }, () => run(TICKS / 10)));
  if (engine.save('coin-0') === null) throw new Error('The engine knows nothing of its coins.');
  return [
    {
      name: 'alerts, ten kinds of rules',
      value: rate,
      unit: 'ticks/s',
      ratio: oneRule / rate,
      ratioTo: 'less than one rule',
    },
    {
      name: 'alerts, memory of ten kinds',
      value: bytesPerCoin / 1_000,
      unit: 'kB/coin',
      ratio: bytesPerCoin / 70_000,
      ratioTo: 'the most it may be',
    },
  ];
}

function memoryInUse(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Fills the windows, and gives the function that runs some ticks more and tells how many a second it did. */
function start(step: Step, window: number, coins = COINS): (ticks: number) => number {
  let at = Date.UTC(2026, 0, 1);
  const run = (ticks: number): void => {
    for (let index = 0; index < ticks; index++) {
      const coin = index % coins;
      if (coin === 0) at += SECOND_MS;
      // Within 1 % of 100: nothing fires, as in nearly all of a real day.
      step(coin, at, 100 + ((index * 7_919) % 1_000) / 1_000);
    }
  };
  run((window + 1) * coins);
  return (ticks) => {
    // Time on the processor, not on the wall: others may be using the machine.
    const before = process.cpuUsage();
    run(ticks);
    const { user, system } = process.cpuUsage(before);
    return (ticks / (user + system)) * MICROSECONDS;
  };
}

function engineStep(minutes: number): Step {
  const params = { thresholdPct: 2, windowMinutes: minutes };
  return engineOf([ruleOf({ id: 'moving-average', kind: 'moving-average', params })]).step;
}

function engineOf(rules: readonly Rule[]): { readonly step: Step; readonly engine: AlertEngine } {
  const engine = createAlertEngine(rules);
  const ticks = Array.from({ length: COINS }, (_, coin): { -readonly [K in keyof Tick]: Tick[K] } => ({
    coinId: `coin-${coin}`,
    vsCurrency: 'usd',
    observedAt: 0,
    price: 0,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
    source: 'coingecko',
  }));
  const step: Step = (coin, at, price) => {
    const tick = ticks[coin];
    if (tick === undefined) return;
    tick.observedAt = at;
    tick.price = price;
    engine.check(tick);
  };
  return { step, engine };
}

/** The obvious way: keep the prices of the window and add them up each time. */
function recomputingStep(window: number): Step {
  const windows = Array.from({ length: RECOMPUTED_COINS }, () => [] as { at: number; price: number }[]);
  return (coin, at, price) => {
    const prices = windows[coin];
    if (prices === undefined) return;
    while (prices[0] !== undefined && prices[0].at < at - window * SECOND_MS) prices.shift();
    let sum = 0;
    for (const earlier of prices) sum += earlier.price;
    if (Math.abs(price / (sum / prices.length) - 1) > 0.02)
      throw new Error('These prices should raise no alert.');
    prices.push({ at, price });
  };
}
