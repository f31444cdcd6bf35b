import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import { textOf } from '../../../tests/text-of.ts';
import { createAppender } from '../ingest/appender.ts';
import { openLogFile } from '../log/log-file.ts';
import { createSqliteLog } from '../log/sqlite-log.ts';
import type { LogBatch } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { createAlertStore } from './alert-store.ts';
import { alertLine } from './channels/alerts-file/alert-line.ts';
import { alertsFileChannel } from './channels/alerts-file/alerts-file.ts';
import { createDispatcher } from './dispatcher.ts';
import { createOutbox } from './outbox.ts';

const NOW = Date.UTC(2026, 0, 1);
const ROOM = 1_000_000;

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alert-delivery-'));
  path = join(folder, 'alerts.txt');
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Appender, log and alerts file, composed as in the program. */
function startDelivery() {
  const clock = virtualClock(NOW);
  const log = silentLog;
  const random = (): number => 0.5;
  const logFile = openLogFile(join(folder, 'journal.sqlite'), NOW);
  const { database } = logFile;
  const now = clock.now;
  const onDamage = (): void => undefined;
  const alerts = createAlertStore(database, { log, now, onDamage });
  const outbox = createOutbox(database, { alerts, clock, log });
  const tickLog = createSqliteLog({
    database,
    wal: logFile.wal,
    onAppend(batch) {
      alerts.insert(batch.alerts);
      outbox.writeDeliveriesOf(batch.alerts);
    },
    onDamaged: onDamage,
    now,
  });
  let changed = Promise.withResolvers<void>();
  const onChange = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  let acceptedCount = 0;
  const dispatcher = createDispatcher({ tickLog, outbox, clock, random, log, report: onChange });
  const appender = createAppender({
    append: async ([batch]) => {
      if (batch === undefined) return 0;
      await tickLog.append(batch, NOW);
      acceptedCount++;
      dispatcher.wake();
      onChange();
      return 1;
    },
    deliverUnlogged: dispatcher.deliverUnlogged,
    clock,
    random,
    log,
    report: onChange,
  });
  dispatcher.start([alertsFileChannel(path)]);
  return {
    appender,
    /** Limits the free space on the disk, in pages of the log file. */
    limitDisk(pages: number): void {
      const used = Number(database.prepare('pragma page_count').get()?.page_count);
      database.exec(`pragma max_page_count = ${used + pages}`);
    },
    /** Makes the log file read-only, as when the file system is remounted read-only. */
    setWritable(isWritable: boolean): void {
      database.exec(`pragma query_only = ${isWritable ? 'off' : 'on'}`);
    },
    async untilAccepted(count: number): Promise<void> {
      while (acceptedCount < count) {
        await clock.advance(60_000);
        if (acceptedCount < count) await changed.promise;
      }
    },
    async untilDelivered(count: number): Promise<void> {
      while (deliveredLines(path).length < count) await changed.promise;
    },
    async stop(): Promise<void> {
      await appender.stop();
      await dispatcher.stop();
      logFile.close();
    },
    /** Ends the program without the work of an orderly stop. */
    kill(): void {
      database.close();
    },
  };
}

it('does not repeat deliveries made while the log could not be written, also after a rotation', async () => {
  const first = startDelivery();
  first.limitDisk(0);
  for (let number = 0; number < 81; number++) first.appender.append(fetchOf(number));
  await first.untilDelivered(81);
  expect(textOf(first.appender.problem()?.message)).toContain('disk');
  first.limitDisk(ROOM);
  await first.untilAccepted(81);
  await first.stop();
  expect(deliveredLines(path)).toHaveLength(81);

  renameSync(path, join(folder, 'archived')); // where no lines are searched for
  const second = startDelivery();
  second.appender.append(fetchOf(81));
  await second.untilDelivered(1);
  await second.stop();
  expect(deliveredLines(path)).toEqual([alertLine(alertOf(81))]);
});

it('records deliveries that could not be recorded, once the log can be written', async () => {
  const first = startDelivery();
  first.appender.append(fetchOf(0));
  await first.untilAccepted(1);
  first.setWritable(false);
  await first.untilDelivered(1);
  first.appender.append(fetchOf(1));
  await first.untilDelivered(2);
  first.setWritable(true);
  await first.untilAccepted(2);
  // Killed: only deliveries that are recorded by now are known to the next start.
  first.kill();

  renameSync(path, join(folder, 'archived')); // where no lines are searched for
  const second = startDelivery();
  second.appender.append(fetchOf(2));
  await second.untilDelivered(1);
  await second.stop();
  expect(deliveredLines(path)).toEqual([alertLine(alertOf(2))]);
});

it('does not repeat deliveries after a kill between an append of over 64 kB and its record', async () => {
  const moduleUrl = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  const program = `
    import { readFileSync } from 'node:fs';
    const { alertsFileChannel } = await import(${moduleUrl('./channels/alerts-file/alerts-file.ts')});
    const { systemClock } = await import(${moduleUrl('../time/clock.ts')});
    const { silentLog } = await import(${moduleUrl('../logging/logger.ts')});
    const { createAlertStore } = await import(${moduleUrl('./alert-store.ts')});
    const { createDispatcher } = await import(${moduleUrl('./dispatcher.ts')});
    const { createOutbox } = await import(${moduleUrl('./outbox.ts')});
    const { openLogFile } = await import(${moduleUrl('../log/log-file.ts')});
    const { createSqliteLog } = await import(${moduleUrl('../log/sqlite-log.ts')});
    const folder = process.argv[1];
    const fetch = JSON.parse(readFileSync(folder + '/fetch.json', 'utf8'));
    const { database, wal } = openLogFile(folder + '/journal.sqlite', Date.now());
    const options = { log: silentLog, now: Date.now, onDamage: () => undefined };
    const alerts = createAlertStore(database, options);
    const outbox = createOutbox(database, { alerts, clock: systemClock, log: silentLog });
    const tickLog = createSqliteLog({
      database, wal, onAppend: (batch) => alerts.insert(batch.alerts), onDamaged: options.onDamage, now: Date.now,
    });
    const channel = alertsFileChannel(folder + '/alerts.txt');
    const dispatcher = createDispatcher({
      tickLog, outbox, clock: systemClock, random: Math.random, log: silentLog, report: () => undefined,
    });
    dispatcher.start([{
      ...channel,
      async deliver(alerts) {
        await channel.deliver(alerts);
        process.kill(process.pid, 'SIGKILL');
      },
    }]);
    await tickLog.append(fetch, Date.now());
    dispatcher.wake();`;
  const alerts = Array.from({ length: 600 }, (_, number) => alertOf(number));
  writeFileSync(join(folder, 'fetch.json'), JSON.stringify({ ticks: [], alerts }));
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], { stdio: 'inherit' });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
  const before = deliveredLines(path);
  expect(before).toHaveLength(600);
  expect(statSync(path).size).toBeGreaterThan(64 * 1_024);

  const next = startDelivery();
  next.appender.append(fetchOf(600));
  await next.untilDelivered(601);
  await next.stop();
  expect(deliveredLines(path)).toEqual([...before, alertLine(alertOf(600))]);
});

function deliveredLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch {
    return []; // not written yet
  }
}

function fetchOf(number: number): LogBatch {
  const { coinId, vsCurrency, source, observedAt, price } = alertOf(number);
  const figures = { volume24h: null, amount: null, marketCap: null, change24hPct: null };
  // Large enough that it does not fit in a log file without free space.
  const ticks = Array.from({ length: 200 }, (_, index) => ({
    coinId,
    vsCurrency,
    source,
    price,
    observedAt: observedAt + index,
    ...figures,
  }));
  return { ticks, alerts: [alertOf(number)] };
}

function alertOf(number: number): Alert {
  return {
    id: `alert-${number}`,
    rule: 'moving-average',
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    source: 'coingecko',
    observedAt: NOW + number * 1_000,
    price: 103 + number,
    kind: 'moving-average',
    params: { thresholdPct: 2, windowMinutes: 5 },
    severity: 'warning',
    direction: 'up',
    figures: { average: 100, changePct: 3 },
  };
}
