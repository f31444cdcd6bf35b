import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tick } from '../shared/domain/tick.ts';
import type { EngineReport, EngineSubject } from './alerts.ts';

/**
 * Runs the alert engine with one set of rules in a process of its own, so that V8's optimizations for one set neither speed up nor
 * slow down another. Fills the windows, reports that, and then measures once for each message of its parent.
 */
const COINS = 1_000;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
/** Prices per coin that fill a window of any length, because a window keeps at most 720 samples. */
const FILLING = 800;
const MICROSECONDS = 1_000_000;
/** One price for each coin, within 1% of 100, so that no rule fires. Computed beforehand, so that only the engine is measured. */
const PRICES = Float64Array.from({ length: COINS }, (_, coin) => 100 + ((coin * 7_919) % 1_000) / 1_000);

type Engine = { check(tick: Tick): readonly unknown[]; save?(coinId: string): unknown };

/** Creates the engine of a tree; null if that tree does not support these rules. */
async function createEngine({ tree, rules }: EngineSubject): Promise<Engine | null> {
  const load = (path: string) => import(pathToFileURL(join(tree, path)).href);
  const { createAlertEngine } = await load('electron/monitor/alerts/engine.ts');
  if (existsSync(join(tree, 'shared/domain/rule.ts'))) {
    const { ruleOf } = await load('shared/domain/rule.ts');
    // As in the program, alerts of a leading coin inhibit those of the other coins.
    return createAlertEngine(rules.map(ruleOf), undefined, {
      leadingCoin: 'coin-0',
      score: 4,
      floorPct: 0.4,
    });
  }
  // In commits before rule kinds, the engine took the parameters of its only rule.
  const [{ kind, params: { thresholdPct, windowMinutes } = {} } = { kind: '' }, ...others] = rules;
  if (kind !== 'moving-average' || windowMinutes === undefined || others.length > 0) return null;
  return createAlertEngine({ thresholdPct, windowMs: windowMinutes * MINUTE_MS });
}

function memoryInUse(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

async function serve(subject: EngineSubject): Promise<void> {
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
  const before = memoryInUse();
  const engine = await createEngine(subject);
  if (engine === null) return report(null);
  let at = Date.UTC(2026, 0, 1);
  let raised = 0;
  const run = (count: number, stepMs = SECOND_MS): void => {
    for (let index = 0; index < count; index++) {
      const coin = index % COINS;
      if (coin === 0) at += stepMs;
      const tick = ticks[coin];
      if (tick === undefined) continue;
      tick.observedAt = at;
      tick.price = PRICES[coin] ?? 0;
      raised += engine.check(tick).length;
    }
  };
  for (const lengthMs of subject.windowsMs.toSorted((a, b) => b - a))
    run(FILLING * COINS, Math.ceil(lengthMs / FILLING / SECOND_MS) * SECOND_MS);
  const bytesPerCoin = (memoryInUse() - before) / COINS;
  process.on('message', (count: number) => {
    globalThis.gc?.();
    const raisedBefore = raised;
    // Processor time instead of elapsed time: others may be using the machine.
    const usedBefore = process.cpuUsage();
    run(count);
    const { user, system } = process.cpuUsage(usedBefore);
    if (raised > raisedBefore) throw new Error('These prices should raise no alert.');
    report({ rate: (count / (user + system)) * MICROSECONDS, bytesPerCoin });
  });
  report({ rate: 0, bytesPerCoin });
}

const report = (figures: EngineReport): void => void process.send?.(figures);

await serve(JSON.parse(process.argv[2] ?? '') as EngineSubject);
