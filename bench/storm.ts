import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCoins } from '../demo/coins.ts';
import { startDemoServer } from '../demo/server.ts';
import { scaledClock, systemClock } from '../electron/monitor/time/clock.ts';
import { environmentFor, openPage, startProgram, until } from '../tests/program.ts';
import { startDeadServer, webhookTo } from './dead-server.ts';
import { type BenchResult, percentile, spreadOf } from './result.ts';
import { buildTree, TREE_CLI } from './tree.ts';

/** At this speed, a cooldown of a minute is over in half a second. */
const SPEED = 120;
const REST_MS = 700;
const COINS = loadCoins(100).map(({ id }) => id);
/** `BENCH_STORM_BURSTS=200` narrows the spread. */
const BURSTS = Number(process.env.BENCH_STORM_BURSTS ?? 60);
/** The first bursts are not counted: V8 compiles the programs' code. */
const WARM_UP = 5;
const LEVEL = 10_000;
const STEP = 30;
const RULE = { id: 'level', kind: 'level', params: { level: LEVEL, hysteresisPct: 0.1 }, cooldownMinutes: 1 };

/**
 * A storm: a hundred coins cross a level at the same moment, many times, in three programs alternately. One of them has a webhook
 * that never responds, so all of its alerts wait for it. Milliseconds from a trade of the exchange to the line of its alert in
 * alerts.txt. The two other programs are identical: their difference shows how much is noise of the machine.
 */
export async function benchStorm(): Promise<readonly BenchResult[]> {
  buildTree();
  const dead = await startDeadServer();
  const subjects: Subject[] = [];
  try {
    for (const env of [{}, {}, webhookTo(dead.url)]) subjects.push(await startSubject(env));
    const turns: (readonly number[])[][] = [];
    for (let burst = 0; burst < WARM_UP + BURSTS; burst++) {
      const turn: (readonly number[])[] = [];
      for (let place = 0; place < subjects.length; place++) {
        // Each is the first, the second and the last equally often.
        const index = (burst + place) % subjects.length;
        turn[index] = (await subjects[index]?.burst()) ?? [];
      }
      if (burst >= WARM_UP) turns.push(turn);
      await systemClock.sleep(REST_MS);
    }
    process.stderr.write(
      `storm: ${turns.length} bursts of ${COINS.length} alerts; ${await subjects[2]?.waiting()} wait for the dead webhook.\n`,
    );
    return [0.5, 0.99].flatMap((share) => rowsOf(turns, share));
  } finally {
    for (const subject of subjects) await subject.close();
    dead.close();
  }
}

const NAMES = ['storm', 'storm, the same again', 'storm, a dead webhook'];

/** A percentile of the times of each program, with its ratio to that of the first. */
function rowsOf(turns: readonly (readonly (readonly number[])[])[], share: number): readonly BenchResult[] {
  const pooled = (index: number, of: readonly (readonly (readonly number[])[])[]): number =>
    percentile(
      of.flatMap((turn) => turn[index] ?? []),
      share,
    );
  return NAMES.map((name, index) => ({
    name: `${name}: trade to line, p${share * 100}`,
    unit: 'ms',
    value: pooled(index, turns),
    ratio: pooled(index, turns) / pooled(0, turns),
    ratioTo: 'without it',
    ...(index > 0 && { spread: spreadOf(turns, (of) => pooled(index, of) / pooled(0, of)) }),
  }));
}

type Subject = {
  /** Makes every coin cross the level; returns the milliseconds to each line. */
  burst(): Promise<readonly number[]>;
  /** How many alerts wait for the webhook. */
  waiting(): Promise<number>;
  close(): Promise<void>;
};

async function startSubject(env: Readonly<Record<string, string>>): Promise<Subject> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-storm-'));
  const origin = Date.now();
  const market = await startDemoServer({
    clock: scaledClock(SPEED, origin),
    seed: 'storm',
    coins: loadCoins(COINS.length),
  });
  for (const coinId of COINS) market.setPrice(coinId, { price: LEVEL - STEP });
  // Polls are rare, because a polled price during a burst would also cross the level.
  const time = { speed: SPEED, origin, pollSeconds: 3_600 };
  const environment = {
    ...environmentFor(folder, market.url, time, market.exchangeUrl),
    MONITOR_COINS: COINS.join(','),
    MONITOR_RULES: JSON.stringify([RULE]),
    MONITOR_LOG_LEVEL: 'error',
    ...env,
  };
  const program = await startProgram(environment, [], 'new', TREE_CLI);
  const page = await openPage(program.url);
  const lines = followLines(join(folder, 'alerts.txt'));
  await until(async () => {
    for (const coinId of COINS) market.exchange.trade(coinId, LEVEL - STEP);
    const { quotes } = await page.call('snapshot', {});
    return quotes.length === COINS.length && quotes.every(({ source }) => source === 'kraken');
  });
  let bursts = 0;
  return {
    async burst() {
      const price = LEVEL + (++bursts % 2 === 0 ? -STEP : STEP);
      const sent = new Map<string, number>();
      lines.seen.clear();
      for (const coinId of COINS) {
        sent.set(coinId, performance.now());
        market.exchange.trade(coinId, price);
      }
      await until(() => lines.seen.size === COINS.length);
      return [...sent].map(([coinId, at]) => (lines.seen.get(coinId) ?? Number.NaN) - at);
    },
    async waiting() {
      const listed = await page.call('channels.list', {});
      return listed.find(({ id }) => id === 'dead')?.state?.waiting ?? 0;
    },
    async close() {
      lines.close();
      page.close();
      await program.end('SIGTERM');
      await market.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Notes when the first new line of each coin is written. */
function followLines(path: string) {
  writeFileSync(path, '', { flag: 'a' });
  const file = openSync(path, 'r');
  const seen = new Map<string, number>();
  let offset = 0;
  let rest = '';
  const watcher = watch(path, () => {
    const at = performance.now();
    const { size } = fstatSync(file);
    if (size <= offset) return;
    const bytes = Buffer.alloc(size - offset);
    offset += readSync(file, bytes, 0, bytes.length, offset);
    const [...whole] = (rest + bytes.toString('utf8')).split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) {
      const coinId = / - Alert: (\S+) /.exec(line)?.[1] ?? '';
      if (!seen.has(coinId)) seen.set(coinId, at);
    }
  });
  return {
    seen,
    close() {
      watcher.close();
      closeSync(file);
    },
  };
}
