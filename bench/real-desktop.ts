import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { systemClock } from '../electron/monitor/time/clock.ts';
import { until } from '../tests/program.ts';
import { trayItemOf } from '../tests/shell/linux/tray-item.ts';
import { INSPECTOR_FLAG, inspectPage } from './page-inspector.ts';
import { cpuSince, memoryMb, processesOf } from './processes.ts';
import { type BenchResult, median } from './result.ts';

const ROOT = join(import.meta.dirname, '..');
const HIDDEN_MS = 5 * 60_000;
const SHOWN_TIMES = 15;
/** Long enough that the hidden page misses events, and requests the current state when it is shown. */
const HIDDEN_BETWEEN_MS = 2_000;
const FRAME_MS = 1_000 / 60;

type Environment = Readonly<Record<string, string>>;

const ARGS = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ROOT];

/** CPU and memory of all processes of the app with the window hidden for five minutes. */
export async function measureHidden(
  binary: string,
  env: Environment,
  folder: string,
  settleMs: number,
): Promise<readonly BenchResult[]> {
  const app = spawn(binary, [...ARGS, '--hidden'], { env: { ...process.env, ...env }, stdio: 'ignore' });
  const pid = app.pid ?? 0;
  try {
    await until(async () =>
      (
        await trayItemOf(pid)
          .toolTip()
          .catch(() => '')
      ).includes('$'),
    );
    await systemClock.sleep(settleMs);
    const before = processesOf(pid, folder);
    await systemClock.sleep(HIDDEN_MS);
    const after = processesOf(pid, folder);
    const seconds = HIDDEN_MS / 1_000;
    const isMain = (one: { pid: number }): boolean => one.pid === pid;
    const all = cpuSince(before, after) / seconds;
    const main = cpuSince(before.filter(isMain), after.filter(isMain)) / seconds;
    const mainMb = memoryMb(after.filter(isMain));
    const cpu = { unit: 'ms a second', ratioTo: '1 % of a core' };
    const memory = { unit: `MB in ${after.length} processes`, ratioTo: 'the main process' };
    return [
      { name: 'hidden app: CPU of the main process', value: main, ratio: main / 10, ...cpu },
      { name: 'hidden app: CPU of all processes', value: all, ratio: all / 10, ...cpu },
      {
        name: 'hidden app: memory (PSS)',
        value: memoryMb(after),
        ratio: memoryMb(after) / mainMb,
        ...memory,
      },
    ];
  } finally {
    await end(app);
  }
}

/** Milliseconds from the panel's D-Bus call for a click on the tray icon until the page's first frame is on the screen. */
export async function measureShowing(
  binary: string,
  env: Environment,
  folder: string,
): Promise<readonly BenchResult[]> {
  const args = [...ARGS, INSPECTOR_FLAG];
  const app = spawn(binary, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
  try {
    const page = await inspectPage(join(folder, 'desktop'));
    const tray = trayItemOf(app.pid ?? 0);
    await until(() => page.evaluate('document.querySelector("[data-testid=candle-chart]") !== null'));
    const times: number[] = [];
    for (let count = 0; count < SHOWN_TIMES; count++) {
      await page.evaluate('monitorBridge.hideWindow()');
      await until(() => page.evaluate('document.visibilityState === "hidden"'));
      await systemClock.sleep(HIDDEN_BETWEEN_MS);
      await page.evaluate(PAINTED);
      const clickedAt = performance.timeOrigin + performance.now();
      await tray.click();
      times.push(Number(await page.evaluate('painted')) - clickedAt);
    }
    page.close();
    const value = median(times);
    return [
      {
        name: 'window: from a click on the tray to painted',
        value,
        unit: `ms (${Math.round(Math.min(...times))}–${Math.round(Math.max(...times))})`,
        ratio: value / FRAME_MS,
        ratioTo: 'a frame of 60 Hz',
      },
    ];
  } finally {
    await end(app);
  }
}

/** Resolves with the time of the page's first frame after it is shown: that frame is complete when the second one begins. */
const PAINTED = `
  globalThis.painted = new Promise((resolve) => document.addEventListener('visibilitychange', () => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now())));
  }, { once: true }));
  null`;

async function end(app: ChildProcess): Promise<void> {
  app.kill('SIGTERM');
  if (app.exitCode === null) await once(app, 'exit');
}
