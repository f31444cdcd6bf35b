import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoServer, startDemoServer } from '../demo/server.ts';
import { EXCHANGE_URL_VARIABLE } from '../electron/monitor/sources/exchanges/usable-exchanges.ts';
import { systemClock } from '../electron/monitor/time/clock.ts';
import { findAppHost } from '../scripts/app-host.ts';
import { buildIfNeeded } from '../scripts/build-if-needed.ts';
import { until } from '../tests/program.ts';
import { quit, startDesktop } from '../tests/shell/desktop-program.ts';
import { desktopLacks } from '../tests/shell/linux/session-bus.ts';
import { measureHidden, measureShowing } from './real-desktop.ts';
import type { BenchResult } from './result.ts';

/** Until the database has started, its first batch is written, history is fetched, and code that runs often is compiled. */
const SETTLE_MS = 30_000;
const STAND_IN_MS = 120_000;
const TRADE_EVERY_MS = 1_000;

/**
 * The cost of the desktop app with default settings, while three coins are streamed that trade once a second each: CPU and
 * memory with the window hidden, and how soon the window appears on request.
 *
 * On the real Electron if there is one on a Linux desktop. Otherwise it prints so, and measures only the CPU of the main
 * process, on a stand-in for Electron, without Chromium's own share.
 */
export async function benchDesktop(): Promise<readonly BenchResult[]> {
  buildIfNeeded();
  const host = findAppHost();
  const lacking = host.kind === 'browser' ? host.missing : await desktopLacks();
  if (host.kind === 'desktop' && lacking === null) {
    return [
      ...(await onMarket((env, folder) => measureHidden(host.binary, env, folder, SETTLE_MS))),
      ...(await onMarket((env, folder) => measureShowing(host.binary, env, folder))),
    ];
  }
  process.stderr.write(`${lacking}: the desktop app is measured on a stand-in of Electron.\n`);
  return onMarket(measureStandIn);
}

type Environment = Readonly<Record<string, string>>;

async function onMarket(
  measure: (env: Environment, folder: string) => Promise<readonly BenchResult[]>,
): Promise<readonly BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-desktop-'));
  let market: DemoServer | undefined;
  try {
    market = await startDemoServer({ clock: systemClock, seed: 'cpu', tradeEveryMs: TRADE_EVERY_MS });
    const env = {
      MONITOR_DATA_DIR: folder,
      COINGECKO_BASE_URL: market.url,
      [EXCHANGE_URL_VARIABLE]: market.exchangeUrl,
    };
    return await measure(env, folder);
  } finally {
    await market?.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function measureStandIn(env: Environment): Promise<readonly BenchResult[]> {
  const app = startDesktop(env, ['--hidden']);
  try {
    await until(async () => (await app.inspect().catch(() => null))?.tray?.toolTip.includes('$'));
    await systemClock.sleep(SETTLE_MS);
    const before = (await app.inspect()).cpu;
    await systemClock.sleep(STAND_IN_MS);
    const after = (await app.inspect()).cpu;
    const usedMs = (after.user - before.user + after.system - before.system) / 1_000;
    const perSecond = usedMs / (STAND_IN_MS / 1_000);
    return [
      {
        name: 'hidden app: CPU of the main process',
        value: perSecond,
        unit: 'ms a second',
        ratio: perSecond / 10,
        ratioTo: '1 % of a core',
      },
    ];
  } finally {
    await quit(app);
  }
}
