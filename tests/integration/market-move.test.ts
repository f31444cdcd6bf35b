import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadCoins } from '../../demo/coins.ts';
import { startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { alertLines, environmentFor, openPage, startProgram, until, withFolder } from '../program.ts';
import { startReceiver } from './receiver.ts';

/** A minute of the test's time in a real second. */
const SPEED = 60;
const POLL_SECONDS = 10;
const STEP_MS = 10_000;
const SECOND_MS = 1_000;
const COINS = 30;

it('notifies people once of a fall of 30 coins, and records and delivers 30 alerts', async () => {
  const [chat, hook] = [await startReceiver(), await startReceiver()];
  await withFolder(async (folder) => {
    const origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
    const clock = scaledClock(SPEED, origin);
    const coins = loadCoins(COINS);
    const market = await startDemoServer({ clock, seed: 'fall', jumpsPerDay: 0, record: true, coins });
    for (const { id, priceUsd } of coins) market.setPrice(id, { price: priceUsd, lastUpdatedAt: origin });
    let at = origin;
    const serve = async (factorOf: (index: number) => number): Promise<void> => {
      at = Math.max(at + STEP_MS, Math.floor(clock.now() / SECOND_MS) * SECOND_MS);
      const lastUpdatedAt = at;
      for (const [index, { id, priceUsd }] of coins.entries())
        market.setPrice(id, { price: priceUsd * factorOf(index), lastUpdatedAt });
      await until(() => market.served().some((one) => one.lastUpdatedAt === lastUpdatedAt));
    };
    const channels = [
      { id: 'chat', kind: 'mattermost', options: { allowPrivate: true } },
      { id: 'hook', kind: 'webhook', options: { allowPrivate: true } },
    ];
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ channels }));
    const program = await startProgram({
      ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: POLL_SECONDS }),
      MONITOR_COINS: coins.map(({ id }) => id).join(','),
      MONITOR_EXCHANGES: 'none',
      DATABASE_URL: 'postgresql://me@127.0.0.1:1/prices',
      CHANNEL_CHAT_URL: chat.url,
      CHANNEL_HOOK_URL: hook.url,
    });
    const page = await openPage(program.url);
    try {
      for (let step = 0; step < 15; step++) await serve(() => 1);
      // All coins fall by at least 4%, the eighth one most.
      await serve((index) => (index === 7 ? 0.88 : 0.96 - index / 10_000));
      await until(() => alertLines(folder).length >= COINS && hook.bodies.length >= COINS);
      const { alerts } = await page.call('alerts', { limit: 100 });
      expect(alerts).toHaveLength(COINS);
      expect(new Set(alerts.map(({ coinId }) => coinId)).size).toBe(COINS);
      const deliveries = async () =>
        (await page.call('alerts.deliveries', { alertIds: alerts.map(({ id }) => id) })).filter(
          ({ channel }) => channel === 'chat',
        );
      await until(async () => (await deliveries()).every(({ status }) => status === 'delivered'));
      expect(await deliveries()).toHaveLength(COINS);
      expect(chat.bodies).toHaveLength(1);
      expect(JSON.parse(chat.bodies[0] ?? '').text).toContain(
        'Market falls: 30 of 30 coins, most of all Load Coin 8 ▼ −12.00',
      );
      expect(alertLines(folder)).toHaveLength(COINS);
      expect(hook.bodies).toHaveLength(COINS);
    } finally {
      page.close();
      await program.end('SIGTERM');
      await market.close();
      await Promise.all([chat.close(), hook.close()]);
    }
  });
});
