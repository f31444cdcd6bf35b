import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type BenchResult, median } from './result.ts';
import { TREE } from './tree.ts';

/** The windows of 50 minutes and of a day sample a price every ten seconds and every five minutes. */
const WINDOW_MINUTES = [1, 5, 50, 1_440] as const;
const MINUTE_SECONDS = 60;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TICKS = 3_000_000;
const TICKS_OF_TEN_RULES = 600_000;
/** Recomputing reads the whole window for every tick, whatever the number of coins, so fewer ticks and coins give the same rate. */
const RECOMPUTED_TICKS = 20_000;
const RECOMPUTED_COINS = 20;
/** Enough prices to show that longer windows cost more. */
const MAX_RECOMPUTED = 3_000;
const ROUNDS = 7;
const SECOND_MS = 1_000;
const MICROSECONDS = 1_000_000;

type RuleInput = {
  readonly id: string;
  readonly kind: string;
  readonly params: Readonly<Record<string, number>>;
};

/** An engine to measure. */
export type EngineSubject = {
  readonly tree: string;
  readonly rules: readonly RuleInput[];
  /** Lengths of time to fill evenly with prices before the measurement. */
  readonly windowsMs: readonly number[];
};

/** What an engine's process reports when its windows are full, and after each measurement; null if its tree lacks some of the rules. */
export type EngineReport = { readonly rate: number; readonly bytesPerCoin: number } | null;

const oneRule = (windowMinutes: number): EngineSubject => ({
  tree: TREE,
  rules: [{ id: 'moving-average', kind: 'moving-average', params: { thresholdPct: 2, windowMinutes } }],
  windowsMs: [windowMinutes * MINUTE_MS],
});

/** One rule of each of ten kinds, with windows from five minutes to 30 days. */
export const TEN_RULES: readonly RuleInput[] = [
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
].map((rule) => ({ id: rule.kind, ...rule }));

/** Filled for so long that the state of each rule has its full size. */
const tenRules: EngineSubject = {
  tree: TREE,
  rules: TEN_RULES,
  windowsMs: [31 * DAY_MS, 7 * DAY_MS, 2 * DAY_MS, 10 * HOUR_MS, HOUR_MS, 10 * MINUTE_MS],
};

/**
 * Ticks a second of the alert engine for 1,000 coins: with one rule, compared with recomputing the mean of the window for each tick,
 * and with ten rules of different kinds; and the memory that the ten need for each coin.
 */
export async function benchAlerts(): Promise<readonly BenchResult[]> {
  const subjects = await Promise.all(
    WINDOW_MINUTES.map(async (minutes) => ({ minutes, ...(await start(oneRule(minutes), TICKS)) })),
  );
  const ten = await start(tenRules, TICKS_OF_TEN_RULES);
  // The engines alternate, so that a slow moment of the machine does not affect only one of them. The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { measure } of [...subjects, ten]) await measure(round > 0);
  }
  for (const { end } of [...subjects, ten]) end();
  const smallest = median(subjects[0]?.rates ?? []);
  return [
    ...rowsOfTen(ten.rates, ten.bytesPerCoin, smallest),
    ...subjects.flatMap(({ minutes, rates }) => rowsOfOne(minutes, median(rates), smallest)),
  ];
}

function rowsOfTen(rates: readonly number[], bytesPerCoin: number, oneRuleRate: number): BenchResult[] {
  if (rates.length === 0) return [];
  const rate = median(rates);
  return [
    {
      name: 'alerts, ten kinds of rules',
      value: rate,
      unit: 'ticks/s',
      ratio: oneRuleRate / rate,
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

function rowsOfOne(minutes: number, rate: number, smallest: number): BenchResult[] {
  const recomputed = recomputingRate(Math.min(MAX_RECOMPUTED, minutes * MINUTE_SECONDS));
  const row = { name: `alerts, window of ${minutes} min`, value: rate, unit: 'ticks/s' };
  return [
    { ...row, ratio: rate / recomputed, ratioTo: 'recomputing the mean' },
    { ...row, ratio: smallest / rate, ratioTo: 'its time with 1 min' },
  ];
}

/** Starts an engine's process, and waits until its windows are full. */
async function start(subject: EngineSubject, ticks: number) {
  const child = fork(join(import.meta.dirname, 'alert-engine.ts'), [JSON.stringify(subject)], {
    execArgv: ['--expose-gc'],
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error('The process of an alert engine has ended.');
  });
  exited.catch(() => undefined);
  const nextReport = async (): Promise<EngineReport> =>
    ((await Promise.race([once(child, 'message'), exited])) as [EngineReport])[0];
  const filled = await nextReport();
  const rates: number[] = [];
  return {
    rates,
    bytesPerCoin: filled?.bytesPerCoin ?? Number.NaN,
    async measure(counts: boolean): Promise<void> {
      if (filled === null) return;
      child.send(ticks);
      const measured = await nextReport();
      if (counts && measured !== null) rates.push(measured.rate);
    },
    end: () => void child.kill(),
  };
}

/** Ticks a second of the obvious way: keep the prices of the window and add them up for each tick. */
function recomputingRate(window: number): number {
  const step = recomputingStep(window);
  let at = Date.UTC(2026, 0, 1);
  const run = (ticks: number): void => {
    for (let index = 0; index < ticks; index++) {
      const coin = index % RECOMPUTED_COINS;
      if (coin === 0) at += SECOND_MS;
      step(coin, at, 100 + ((index * 7_919) % 1_000) / 1_000);
    }
  };
  run((window + 1) * RECOMPUTED_COINS);
  const before = process.cpuUsage();
  run(RECOMPUTED_TICKS);
  const { user, system } = process.cpuUsage(before);
  return (RECOMPUTED_TICKS / (user + system)) * MICROSECONDS;
}

function recomputingStep(window: number): (coin: number, at: number, price: number) => void {
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
