import { closeSync, existsSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Alert } from '../shared/domain/alert.ts';
import type { Tick } from '../shared/domain/tick.ts';
import type { AlertLineReport, AlertLineSample } from './alert-line.ts';
import { startLineReader } from './alert-line-reader.ts';

/**
 * Measures the way of an alert from its tick to its line, in a process of its own: through engine, batcher, appender, log, dispatcher
 * and alerts.txt, composed as in the program. Alternates with a plain append of as many bytes to a file and its fsync, so that
 * other work of the machine affects both.
 */
const ALERTS = 500;
/** Long enough that the states of deliveries, which are written a moment after the line, do not coincide with a measurement. */
const GAP_MS = 25;
/** Not counted: for its first lines the channel searches the file, and V8 has not compiled the code yet. */
const WARM_UP = 50;
/** As many as fill the write-ahead log, which is then overwritten from its start, as in a program that has run for a while. */
const CALM_BATCHES = 400;
const START = Date.UTC(2026, 0, 1);
const SECOND_MS = 1_000;
const LEVEL = 100;
const TICKS_OF_A_BATCH = 100;
const DISK_LINE = Buffer.from(`${'x'.repeat(149)}\n`);

const tickOf = (number: number, second: number, price: number): Tick => ({
  coinId: `coin-${number}`,
  vsCurrency: 'usd',
  observedAt: START + second * SECOND_MS,
  price,
  volume24h: null,
  amount: 1,
  marketCap: null,
  change24hPct: null,
  source: 'kraken',
});

const hrtimeMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** When the last alert passed each point, as values of `performance.now()`. */
type Passes = { appending: number; logged: number; delivering: number; delivered: number };

async function measure(tree: string): Promise<AlertLineReport> {
  const load = (path: string) => import(pathToFileURL(join(tree, 'electron/monitor', path)).href);
  const { createAlertEngine } = await load('alerts/engine.ts');
  const { createTickBatcher } = await load('ingest/tick-batcher.ts');
  const { createAppender } = await load('ingest/appender.ts');
  const { openLocalLog } = await load('log/local-log.ts');
  const { openAlertTables } = await load('delivery/alert-tables.ts');
  const { createDispatcher } = await load('delivery/dispatcher.ts');
  const { alertsFileChannel } = await load('delivery/channels/alerts-file/alerts-file.ts');
  const { systemClock: clock } = await load('time/clock.ts');
  const { silentLog: log } = await load('logging/logger.ts');
  const { ruleOf } = await import(pathToFileURL(join(tree, 'shared/domain/rule.ts')).href);

  const folder = mkdtempSync(join(tmpdir(), 'bench-line-'));
  const diskFiles = ['disk.txt', 'other.txt'].map((name) => openSync(join(folder, name), 'a'));
  const passes: Passes = { appending: 0, logged: 0, delivering: 0, delivered: 0 };
  let lineWritten = Promise.withResolvers<void>();
  const tickLog = openLocalLog({
    path: join(folder, 'journal.sqlite'),
    clock,
    log,
    openAlerts: (database: unknown, onDamage: unknown) => openAlertTables(database, { clock, log, onDamage }),
    report: () => undefined,
  });
  tickLog.follow(() => {
    passes.logged = performance.now();
  });
  const dispatcher = createDispatcher({
    tickLog,
    outbox: tickLog.alerts.outbox,
    clock,
    random: Math.random,
    log,
    report: () => undefined,
  });
  tickLog.follow(dispatcher.wake);
  // The second parameter of earlier commits is a rotation.
  const hasOptions = existsSync(
    join(tree, 'electron/monitor/delivery/channels/alerts-file/append-at-once.ts'),
  );
  const path = join(folder, 'alerts.txt');
  const file = hasOptions ? alertsFileChannel(path, { besideLog: folder }) : alertsFileChannel(path);
  const reader = await startLineReader(path);
  const channel = {
    ...file,
    async deliver(alerts: readonly Alert[], signal: AbortSignal) {
      passes.delivering = performance.now();
      await file.deliver(alerts, signal);
      passes.delivered = performance.now();
      lineWritten.resolve();
    },
  };
  dispatcher.start([channel]);
  const append = tickLog.appendTogether ?? tickLog.append;
  const appender = createAppender({
    append(given: unknown) {
      passes.appending = performance.now();
      return append(given);
    },
    deliverUnlogged: () => undefined,
    clock,
    random: Math.random,
    log,
    report: () => undefined,
  });
  const batcher = createTickBatcher(clock, appender.append);
  const engine = createAlertEngine([
    ruleOf({ id: 'level', kind: 'level', params: { level: LEVEL }, direction: 'up' }),
  ]);

  const accept = (tick: Tick): number => {
    const alerts: readonly Alert[] = engine.check(tick);
    batcher.add([tick], alerts);
    return alerts.length;
  };
  /** Appends a batch without an alert, as the program does every second. */
  const stayCalm = async (second: number): Promise<void> => {
    for (let coin = 0; coin < TICKS_OF_A_BATCH; coin++) accept(tickOf(-1 - coin, second, LEVEL - 1));
    batcher.flush();
    await appender.settled();
  };
  const raise = async (number: number): Promise<AlertLineSample> => {
    lineWritten = Promise.withResolvers();
    reader.expect();
    const readFrom = hrtimeMs();
    const startedAt = performance.now();
    if (accept(tickOf(number, 1, LEVEL + 1)) === 0) throw new Error('This price should raise an alert.');
    await lineWritten.promise;
    const { appending, logged, delivering, delivered } = passes;
    const totalMs = delivered - startedAt;
    const [logMs, lineMs] = [logged - appending, delivered - delivering];
    const readableMs = (await reader.grewAt()) - readFrom;
    return { readableMs, totalMs, logMs, lineMs, restMs: totalMs - logMs - lineMs };
  };
  /** Appends to so many files, one after the other; returns the milliseconds. */
  const appendToDisk = (count: number): number => {
    const startedAt = performance.now();
    for (const diskFile of diskFiles.slice(0, count)) {
      writeSync(diskFile, DISK_LINE);
      fsyncSync(diskFile);
    }
    return performance.now() - startedAt;
  };

  try {
    for (let number = 0; number < WARM_UP + ALERTS; number++) accept(tickOf(number, 0, LEVEL - 1));
    for (let second = 1; second <= CALM_BATCHES; second++) await stayCalm(second);
    const samples: AlertLineSample[] = [];
    const diskMs: number[] = [];
    const twiceMs: number[] = [];
    for (let number = 0; number < WARM_UP + ALERTS; number++) {
      const sample = await raise(number);
      await sleep(GAP_MS);
      await stayCalm(CALM_BATCHES + 1 + number);
      await sleep(GAP_MS);
      const disk = appendToDisk(1);
      await sleep(GAP_MS);
      const twice = appendToDisk(2);
      await sleep(GAP_MS);
      if (number < WARM_UP) continue;
      samples.push(sample);
      diskMs.push(disk);
      twiceMs.push(twice);
    }
    return { samples, diskMs, twiceMs };
  } finally {
    await reader.stop();
    await dispatcher.stop();
    await appender.stop();
    await tickLog.close();
    for (const diskFile of diskFiles) closeSync(diskFile);
    rmSync(folder, { recursive: true, force: true });
  }
}

process.send?.(await measure(process.argv[2] ?? ''));
process.disconnect();
