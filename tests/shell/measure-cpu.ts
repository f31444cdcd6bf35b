import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/clock.ts';
import { EXCHANGE_URL_VARIABLE } from '../../electron/monitor/feed/exchange/demo-exchange.ts';
import { until } from '../program.ts';
import { quit, startDesktop } from './desktop-program.ts';

/*
 * What the desktop app costs while nobody looks: CPU of its main process with the window hidden, at the default poll
 * interval, as a share of one core. `node tests/shell/measure-cpu.ts [minutes]`, after a build.
 */

const SETTLE_MS = 20_000;
const MINUTE_MS = 60_000;
const TRADE_EVERY_MS = 1_000;
const minutes = Number(process.argv[2] ?? 3);

const folder = mkdtempSync(join(tmpdir(), 'measure-cpu-'));
// Three coins that trade once a second each are streamed meanwhile, as by default.
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
  await sleep(SETTLE_MS); // the database starts, and its first batch is written
  const before = (await app.look()).cpu;
  await sleep(minutes * MINUTE_MS);
  const after = (await app.look()).cpu;
  const usedMs = (after.user - before.user + after.system - before.system) / 1_000;
  const share = (100 * usedMs) / (minutes * MINUTE_MS);
  process.stdout.write(`${usedMs.toFixed(0)} ms in ${minutes} min: ${share.toFixed(3)} % of a core\n`);
} finally {
  await quit(app);
  await market.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
