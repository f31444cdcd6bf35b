import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { alertLines, environmentFor, openPage, startProgram, until, withFolder } from '../program.ts';
import { startReceiver } from './receiver.ts';

/** Ten minutes of the test's time in a real second. */
const SPEED = 600;
const MINUTE_MS = 60_000;
/** More than the hour of returns that beta needs. */
const CALM_MINUTES = 70;

it('records the alert of a coin that only follows bitcoin, but does not notify people of it, also after a restart', async () => {
  const [chat, hook] = [await startReceiver(), await startReceiver()];
  await withFolder(async (folder) => {
    const origin = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
    const market = await startDemoServer({
      clock: scaledClock(SPEED, origin),
      seed: 'follow',
      jumpsPerDay: 0,
      record: true,
    });
    let at = origin;
    /** Serves a price of each coin, a minute after the last ones, as a factor of the first one. */
    const serve = async (bitcoin: number, ethereum: number, zcash: number): Promise<void> => {
      at += MINUTE_MS;
      const lastUpdatedAt = at;
      market.setPrice('zcash', { price: 400 * zcash, lastUpdatedAt });
      market.setPrice('ethereum', { price: 3_000 * ethereum, lastUpdatedAt });
      market.setPrice('bitcoin', { price: 60_000 * bitcoin, lastUpdatedAt });
      await until(() => market.served().some((one) => one.lastUpdatedAt === lastUpdatedAt));
    };
    const channels = [
      { id: 'chat', kind: 'mattermost', options: { allowPrivate: true } },
      { id: 'hook', kind: 'webhook', options: { allowPrivate: true } },
    ];
    // Otherwise alerts of all three coins would be a move of the market.
    const marketAlerts = { enabled: false };
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ channels, marketAlerts }));
    const start = () =>
      startProgram({
        ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: 60 }),
        MONITOR_EXCHANGES: 'none',
        CHANNEL_CHAT_URL: chat.url,
        CHANNEL_HOOK_URL: hook.url,
      });
    let program = await start();
    try {
      for (let minute = 0; minute < CALM_MINUTES; minute++) {
        const move = 1 + 0.003 * Math.sin(1.3 * minute);
        await serve(move, move ** 1.5 * (1 + 0.0003 * Math.sin(2.9 * minute)), move);
      }
      expect(alertLines(folder)).toEqual([]);
      await program.end('SIGTERM');
      program = await start();
      await serve(0.96, 0.96 ** 1.5, 0.88);

      const page = await openPage(program.url);
      try {
        await until(() => alertLines(folder).length === 3 && hook.bodies.length === 3);
        await until(async () => (await page.status()).database.status === 'ready');
        const { alerts } = await page.call('alerts', { limit: 10 });
        const of = (coinId: string) => alerts.find((alert) => alert.coinId === coinId);
        expect(alerts).toHaveLength(3);
        expect(of('ethereum')?.inhibitedBy).toMatchObject({ alertId: of('bitcoin')?.id, coinId: 'bitcoin' });
        expect(of('ethereum')?.inhibitedBy?.beta).toBeCloseTo(1.5, 1);
        expect([of('bitcoin')?.inhibitedBy, of('zcash')?.inhibitedBy]).toEqual([undefined, undefined]);

        const inChat = async () => {
          const deliveries = await page.call('alerts.deliveries', { alertIds: alerts.map(({ id }) => id) });
          return deliveries.filter(({ channel, status }) => channel === 'chat' && status !== 'pending');
        };
        await until(async () => (await inChat()).length === 3);
        expect(await inChat()).toContainEqual(
          expect.objectContaining({ alertId: of('ethereum')?.id, status: 'skipped', reason: 'inhibited' }),
        );
        expect(chat.bodies.join()).toContain('Bitcoin');
        expect(chat.bodies.join()).toContain('Zcash');
        expect(chat.bodies.join()).not.toContain('Ethereum');
        const envelope = hook.bodies
          .map((body) => JSON.parse(body))
          .find(({ subject }) => subject === 'ethereum');
        expect(envelope.data.inhibitedBy).toMatchObject({ coin: 'bitcoin', alertId: of('bitcoin')?.id });
      } finally {
        page.close();
      }
    } finally {
      await program.end('SIGTERM');
      await market.close();
      await Promise.all([chat.close(), hook.close()]);
    }
  });
});
