import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import { alertLines, environmentFor, openPage, runCli, startProgram, until, withFolder } from '../program.ts';

/** A minute of the test's time in a real second. */
const SPEED = 60;
const POLL_SECONDS = 10;
const STEP_MS = 10_000;
const SECOND_MS = 1_000;

type Received = { readonly id: string; readonly isSigned: boolean; readonly body: string };

/** Starts a receiver of webhooks, which can be made to fail. */
async function startReceiver(secret: string) {
  const received: Received[] = [];
  let status = 204;
  const listener: RequestListener = async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
    const expected = createHmac('sha256', secret).update(`${id}.${at}.${body}`).digest('base64');
    if (status < 300) received.push({ id: String(id), isSigned: signature === `v1,${expected}`, body });
    response.writeHead(status).end();
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/planted-path`,
    received,
    reply(next: number): void {
      status = next;
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const CHANNELS = [
  { id: 'hook', kind: 'webhook' },
  { id: 'wrong', kind: 'slack', options: { url: 'https://example.com/planted' } },
  { id: 'off', kind: 'webhook', enabled: false },
];

describe('a webhook of the built program', () => {
  it('receives each alert signed, also after an outage and a restart, and its secrets appear nowhere', async () => {
    const secret = 'planted-secret-of-the-webhook';
    const receiver = await startReceiver(secret);
    await withFolder(async (folder) => {
      const origin = Math.floor(Date.now() / STEP_MS) * STEP_MS;
      const clock = scaledClock(SPEED, origin);
      const market = await startDemoServer({
        clock,
        seed: 'channels',
        jumpsPerDay: 0,
        record: true,
      });
      market.setPrice('bitcoin', { price: 60_000, lastUpdatedAt: origin });
      writeFileSync(join(folder, 'settings.json'), JSON.stringify({ channels: CHANNELS }));
      writeFileSync(join(folder, 'hook-url'), `${receiver.url}\n`);
      const env = {
        ...environmentFor(folder, market.url, { speed: SPEED, origin, pollSeconds: POLL_SECONDS }),
        MONITOR_COINS: 'bitcoin',
        CHANNEL_HOOK_URL_FILE: join(folder, 'hook-url'),
        CHANNEL_HOOK_SIGNING_SECRET: secret,
      };
      const outputs: string[] = [];
      let at = origin;
      const serve = async (price: number, count = 1): Promise<void> => {
        for (let step = 0; step < count; step++) {
          // On whole seconds, as the provider reports them.
          at = Math.max(at + STEP_MS, Math.floor(clock.now() / SECOND_MS) * SECOND_MS);
          const lastUpdatedAt = at;
          market.setPrice('bitcoin', { price, lastUpdatedAt });
          await until(() => market.served().some((one) => one.lastUpdatedAt === lastUpdatedAt));
        }
      };
      try {
        const list = await runCli(['channels', 'list', '--data-dir', folder], env);
        expect(list).toMatchObject({
          code: 1,
          stderr: 'crypto-price-monitor: The settings of 1 of 3 channels are invalid; see above.\n',
        });
        expect(list.stdout).toContain('hook\twebhook\tready\n');
        expect(list.stdout).toContain('wrong\tslack\tChannel "wrong": "url" is a secret');
        expect(list.stdout).toContain('off\twebhook\toff\n');
        const tested = await runCli(['channels', 'test', 'hook', '--data-dir', folder], env);
        expect(tested).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/^hook: delivered in \d+ ms\n$/),
        });
        expect(receiver.received[0]?.id).toMatch(/^test:\d+$/);

        receiver.reply(503);
        const failing = await runCli(['channels', 'test', 'hook', '--data-dir', folder], env);
        expect(failing).toMatchObject({ code: 1, stdout: '' });
        expect(failing.stderr).toContain('hook: unreachable: 127.0.0.1 responded with 503.');

        const first = await startProgram(env);
        const page = await openPage(first.url);
        await serve(60_000, 12);
        await serve(61_800);
        await until(() => alertLines(folder).length === 1);
        // The failing webhook delays no other channel, and reports why it waits.
        await until(async () => (await page.call('channels.list', {})).some(({ state }) => state?.failure));
        const listed = await page.call('channels.list', {});
        expect(listed.map(({ id, enabled }) => [id, enabled])).toEqual([
          ['alerts-file', true],
          ['hook', true],
          ['wrong', true],
          ['off', false],
        ]);
        expect(listed[1]).toMatchObject({ state: { waiting: 1, failure: { kind: 'unreachable' } } });
        expect(listed[2]).toMatchObject({ state: null, problem: { code: 'channel.wrong' } });
        const [alert] = (await page.call('alerts', { limit: 1 })).alerts;
        const alertId = alert?.id ?? '';
        const deliveries = await page.call('alerts.deliveries', { alertIds: [alertId] });
        expect(deliveries).toMatchObject([
          { channel: 'alerts-file', status: 'delivered' },
          { channel: 'hook', status: 'failed', reason: 'unreachable' },
        ]);
        outputs.push(JSON.stringify([listed, deliveries, await page.call('settings.get', {}), page.events]));
        page.close();
        outputs.push((await first.end('SIGKILL')).stderr);

        receiver.reply(204);
        const second = await startProgram(env);
        await until(() => receiver.received.length === 2);
        expect(receiver.received[1]).toMatchObject({ id: alertId, isSigned: true });
        expect(JSON.parse(receiver.received[1]?.body ?? '')).toMatchObject({
          specversion: '1.0',
          id: alertId,
          data: { coin: 'bitcoin', price: 61_800, direction: 'up' },
        });
        expect(alertLines(folder)).toHaveLength(1);
        outputs.push(
          (await second.end('SIGTERM')).stderr,
          list.stdout,
          failing.stderr,
          ...alertLines(folder),
        );
      } finally {
        await market.close();
      }
      for (const output of outputs) {
        expect(output).not.toContain(secret);
        expect(output).not.toContain('planted');
      }
    });
    await receiver.close();
  });
});
