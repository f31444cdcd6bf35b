import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoServer } from '../demo/server.ts';
import { systemClock } from '../electron/monitor/clock.ts';
import { EXCHANGE_URL_VARIABLE } from '../electron/monitor/feed/exchange/demo-exchange.ts';
import { buildIfNeeded } from '../scripts/build-if-needed.ts';
import { until } from '../tests/program.ts';
import { quit, startDesktop } from '../tests/shell/desktop-program.ts';
import type { BenchResult } from './result.ts';

/** The database starts, its first batch is written, history is fetched, and the code that runs often is compiled. */
const SETTLE_MS = 30_000;
const MEASURED_MS = 120_000;
const TRADE_EVERY_MS = 1_000;

/**
 * What the desktop app costs while nobody looks: CPU of its main process with the window hidden, at the default poll
 * interval, while three coins that trade once a second each are streamed, as by default. Measured on the stand-in of
 * Electron, so without Chromium's own share.
 */
export async function benchDesktop(): Promise<readonly BenchResult[]> {
  buildIfNeeded();
  const folder = mkdtempSync(join(tmpdir(), 'bench-desktop-'));
  const market = await startDemoServer({ clock: systemClock, seed: 'cpu', tradeEveryMs: TRADE_EVERY_MS });
  const app = startDesktop(
    {
      MONITOR_DATA_DIR: folder,
      COINGECKO_BASE_URL: market.url,
      [EXCHANGE_URL_VARIABLE]: market.exchangeUrl,
    },
    ['--hidden'],
  );
  try {
    await until(async () => (await app.look().catch(() => null))?.tray?.toolTip.includes('$'));
    await systemClock.sleep(SETTLE_MS);
    const before = (await app.look()).cpu;
    await systemClock.sleep(MEASURED_MS);
    const after = (await app.look()).cpu;
    const usedMs = (after.user - before.user + after.system - before.system) / 1_000;
    const perSecond = usedMs / (MEASURED_MS / 1_000);
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
    await market.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
