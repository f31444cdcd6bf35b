import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { message } from '../../shared/messages/message.ts';
import { copyCluster } from '../cluster-template.ts';
import { alertLines, environmentFor, runCli, until, withFolder } from '../program.ts';
import { type DesktopProgram, quit, startDesktop } from '../shell/desktop-program.ts';
import type { MenuLine } from '../shell/desktop-protocol.ts';
import { leftBehind } from '../shell/left-behind.ts';
import { queryUrl } from './storage-fixture.ts';

/** A minute of the test's time in a real second. */
const SPEED = 60;
const POLL_SECONDS = 10;
const STEP_MS = 10_000;
/** `STARTS=100 npm run test:integration -- desktop` sets another number. */
const STARTS = Number(process.env.STARTS ?? 6);
const COINS = 3;
/** At most this many responses can be in flight when a program quits: served but not yet accepted. */
const UNDER_WAY = 1;

type Stage = {
  readonly folder: string;
  readonly market: DemoServer;
  readonly origin: number;
  start(args?: readonly string[]): DesktopProgram;
};

/** A market and a data folder for desktop apps, which are removed afterwards. */
async function onStage(work: (stage: Stage) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    copyCluster(folder);
    const origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
    const clock = scaledClock(SPEED, origin);
    const market = await startDemoServer({ clock, seed: 'desktop', jumpsPerDay: 0, record: true });
    const env = environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: POLL_SECONDS });
    const programs: DesktopProgram[] = [];
    const start = (args: readonly string[] = []): DesktopProgram => {
      const program = startDesktop(env, args);
      programs.push(program);
      return program;
    };
    try {
      await work({ folder, market, origin, start });
    } finally {
      for (const program of programs) program.signal('SIGTERM');
      await Promise.all(programs.map(({ ended }) => ended));
      await market.close();
    }
  });
}

async function serveBitcoin({ market, origin }: Stage, price: number, step: number): Promise<void> {
  const lastUpdatedAt = origin + step * STEP_MS;
  market.setPrice('bitcoin', { price, lastUpdatedAt });
  await until(() =>
    market.served().some((one) => one.coinId === 'bitcoin' && one.lastUpdatedAt === lastUpdatedAt),
  );
}

const labels = (menu: readonly MenuLine[] | undefined): string =>
  (menu ?? []).map(({ label }) => label).join('\n');

const icon = (path: string | undefined): string => basename(path ?? '', '.png');

const SNAPSHOT_REQUEST = { id: 1, procedure: 'snapshot', input: {} } as const;

/** The snapshot as the page receives it. */
async function snapshotText(app: DesktopProgram): Promise<string> {
  return JSON.stringify(await app.act({ do: 'ask', request: SNAPSHOT_REQUEST, frame: 'main' }));
}

describe('the desktop app', () => {
  it('shows prices, an alert and its window, and leaves nothing behind when it quits', async () => {
    await onStage(async (stage) => {
      const { folder, market, start } = stage;
      market.setPrice('bitcoin', { price: 60_000, lastUpdatedAt: stage.origin });
      const app = start();
      const view = await until(async () => {
        const state = await app.inspect();
        return state.tray?.toolTip.includes('$60,000.00') && state.window?.url && state;
      });
      expect(view.window).toMatchObject({ isVisible: true, url: 'app://monitor/' });
      expect(icon(view.tray?.image)).toBe('calm');
      expect(labels(view.tray?.menu)).toMatch(
        /^Bitcoin {2}\$60,000\.00.*\nEthereum .*\nZcash .*\n—\nNo alerts yet\n—\nShow\nPause alerts\nRules\nSettings\n—\nStart at login\n—\nQuit$/,
      );
      await until(async () => (await snapshotText(app)).includes('"status":"ready"'));
      expect(await app.act({ do: 'ask', request: SNAPSHOT_REQUEST, frame: 'foreign' })).toEqual({
        id: 1,
        ok: false,
        error: { code: 'bad-request', message: message('call.other-frame') },
      });

      await app.act({ do: 'close-window' });
      const hidden = await app.inspect();
      expect(hidden.window?.isVisible).toBe(false);
      expect(hidden.notifications.map(({ title }) => title)).toEqual([
        'Crypto Price Monitor is still running',
      ]);

      for (let step = 1; step <= 31; step++) await serveBitcoin(stage, 60_000, step);
      await serveBitcoin(stage, 61_800, 32);
      const alerted = await until(async () => {
        const state = await app.inspect();
        return state.notifications.length > 1 && icon(state.tray?.image) === 'alert' && state;
      });
      expect(alerted.notifications[1]).toEqual({
        title: 'Bitcoin ▲ +3.00%',
        body: '$61,800.00, average $60,000.00\nPrice changed by more than 2% from the 5-min average.',
        silent: true,
      });
      expect(labels(alerted.tray?.menu)).toContain('Bitcoin ▲ +3.00% at $61,800.00');
      expect(alertLines(folder)).toHaveLength(1);

      await app.act({ do: 'click-notification', index: 1 });
      const shown = await until(async () => {
        const state = await app.inspect();
        return icon(state.tray?.image) === 'calm' && state;
      });
      expect(shown.window?.isVisible).toBe(true);
      expect(shown.window?.shown).toMatchObject([{ kind: 'alert', alert: { coinId: 'bitcoin' } }]);

      await app.act({ do: 'close-window' });
      expect((await app.inspect()).notifications).toHaveLength(2);
      const second = start();
      expect(await second.ended).toBe(0);
      await until(async () => (await app.inspect()).window?.isVisible);

      await app.act({ do: 'crash-page' });
      await until(async () => (await app.inspect()).tray?.toolTip.includes('crashed'));
      await until(async () => !(await app.inspect()).tray?.toolTip.includes('crashed'));

      expect(await quit(app)).toBe(0);
      expect(leftBehind(folder)).toEqual([]);
    });
  });

  it('holds notifications while alerts are paused, even after a restart, and then shows one summary', async () => {
    await onStage(async (stage) => {
      const { folder, market, start } = stage;
      market.setPrice('bitcoin', { price: 60_000, lastUpdatedAt: stage.origin });
      const first = start(['--hidden']);
      await until(async () => (await first.inspect()).tray?.toolTip.includes('$60,000.00'));
      expect((await first.inspect()).window?.isVisible).toBe(false);
      await first.act({ do: 'click-menu', path: ['Pause alerts', 'Until I resume'] });
      await first.act({ do: 'move-window', bounds: { x: 40, y: 50, width: 900, height: 700 } });
      expect(await quit(first)).toBe(0);

      const app = start(['--hidden']);
      const resumed = await until(async () => {
        const state = await app.inspect();
        return state.tray?.toolTip.includes('Alerts are paused') && state;
      });
      expect(labels(resumed.tray?.menu)).toContain('Resume alerts');
      expect(resumed.window?.bounds).toEqual({ x: 40, y: 50, width: 900, height: 700 });

      for (let step = 1; step <= 31; step++) await serveBitcoin(stage, 60_000, step);
      await serveBitcoin(stage, 61_800, 32);
      await until(() => alertLines(folder).length === 1);
      const paused = await until(async () => {
        const state = await app.inspect();
        return labels(state.tray?.menu).includes('$61,800.00') && state;
      });
      expect(icon(paused.tray?.image)).toBe('calm');
      await app.act({ do: 'click-menu', path: ['Resume alerts'] });
      for (let step = 33; step <= 64; step++) await serveBitcoin(stage, 61_800, step);
      await serveBitcoin(stage, 60_000, 65);
      const woken = await until(async () => {
        const state = await app.inspect();
        return state.notifications.length > 1 && state;
      });
      expect(woken.notifications.map(({ title }) => title)).toEqual([
        'Missed while alerts were paused: Bitcoin ▲ +3.00%',
        'Bitcoin ▼ −2.91%',
      ]);
      expect(await quit(app)).toBe(0);
      expect(leftBehind(folder)).toEqual([]);
    });
  });

  it('requests a price as soon as the machine wakes, and ends with the system', async () => {
    await onStage(async ({ folder, market, start }) => {
      // Without the event it would poll again after an hour.
      const app = start(['--hidden', '--poll-seconds', '3600']);
      const requested = (): number =>
        market.requests().filter((one) => one.endpoint === '/simple/price').length;
      await until(async () => (await app.inspect().catch(() => null))?.tray?.toolTip.includes('$'));
      expect(requested()).toBe(1);
      await app.act({ do: 'power', event: 'suspend' });
      await app.act({ do: 'power', event: 'resume' });
      await until(() => requested() === 2);
      await app.act({ do: 'power', event: 'shutdown' }).catch(() => undefined); // it may exit before it responds
      expect(await app.ended).toBe(0);
      expect(leftBehind(folder)).toEqual([]);
    });
  });

  it(`leaves no process and no lock, and loses no price, in ${STARTS} starts and quits`, async () => {
    await onStage(async ({ folder, market, start }) => {
      /** The number of prices that had been served when the program exited. */
      const servedAtEnd: number[] = [];
      for (let count = 0; count < STARTS; count++) {
        const servedBefore = market.served().length;
        const app = start(['--hidden']);
        await until(async () => (await app.inspect().catch(() => null))?.tray?.toolTip.includes('$'));
        await until(() => market.served().length > servedBefore + COINS);
        // Every other run quits with its database ready, the others while it starts.
        if (count % 2 === 0) await until(async () => (await snapshotText(app)).includes('"status":"ready"'));
        expect(await quit(app)).toBe(0);
        expect(leftBehind(folder)).toEqual([]);
        // Lets the market handle a request that was sent before the exit: it may have waited for the search for processes.
        await new Promise((resolve) => setTimeout(resolve, 0));
        servedAtEnd.push(market.served().length);
      }
      const last = start(['--hidden']);
      const url = await until(async () =>
        (await runCli(['database-url', '--data-dir', folder])).stdout.trim(),
      );
      market.freeze(market.served().at(-1)?.lastUpdatedAt ?? 0);
      // A further poll shows that the program has accepted the prices of the one before, which may be in flight until then.
      const servedAtFreeze = market.served().length;
      await until(() => market.served().length >= servedAtFreeze + 2 * COINS);
      await until(async () => (await snapshotText(last)).includes('"waitingTicks":0'));
      const rows = await queryUrl<{ coin_id: string; observed_at: Date; price: number }>(
        url,
        'select coin_id, observed_at, price from ticks',
      );
      const stored = new Set(rows.map((row) => `${row.coin_id} ${row.observed_at.getTime()} ${row.price}`));
      expect(rows).toHaveLength(stored.size);
      const lost = market
        .served()
        .flatMap(({ coinId, lastUpdatedAt, price }, index) =>
          stored.has(`${coinId} ${lastUpdatedAt} ${price}`) ? [] : [index],
        );
      const underWay = (index: number): boolean =>
        servedAtEnd.some((count) => index < count && index >= count - UNDER_WAY * COINS);
      expect(lost.filter((index) => !underWay(index))).toEqual([]);
      expect(await quit(last)).toBe(0);
      expect(leftBehind(folder)).toEqual([]);
    });
  });
});
