import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { alertLines, openPage, runCli, startProgram, until, withFolder } from '../program.ts';
import { startLevelMarket } from './level-market.ts';

/** Starts a webhook that records the ids of alerts, and can be made to fail. */
async function startHook() {
  const ids: string[] = [];
  let status = 204;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (status < 300) ids.push((JSON.parse(body) as { readonly id: string }).id);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ids,
    fail(): void {
      status = 503;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

it('applies an edited settings.json while it runs: channels are added, routed, invalid and removed, and watchlists change', async () => {
  const hook = await startHook();
  await withFolder(async (folder) => {
    const write = (channels: readonly object[], watchlists: readonly object[] = []): void =>
      writeFileSync(join(folder, 'settings.json'), JSON.stringify({ channels, watchlists }));
    const linesOf = (name: string): readonly string[] => {
      const path = join(folder, name);
      return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
    };
    const more = () => linesOf('more.txt');
    write([]);
    const market = await startLevelMarket(folder);
    const program = await startProgram({ ...market.env, CHANNEL_HOOK_URL: hook.url });
    const page = await openPage(program.url);
    const channels = async (): Promise<Map<string, string>> => {
      const listed = await page.call('channels.list', {});
      return new Map(
        listed.map(({ id, problem, state }) => [id, problem?.code ?? (state ? 'open' : 'closed')]),
      );
    };
    /** Raises another alert; returns its line. */
    const raise = async (): Promise<string> => {
      const before = alertLines(folder).length;
      await until(async () => {
        await market.cross();
        return alertLines(folder).length > before;
      });
      return alertLines(folder).at(-1) ?? '';
    };
    try {
      const first = await raise();
      const file = { id: 'more', kind: 'file', options: { path: 'more.txt' } };
      write([file, { id: 'hook', kind: 'webhook' }]);
      await until(async () => (await channels()).get('hook') === 'open');
      const second = await raise();
      await until(() => hook.ids.length > 0 && more().includes(second));
      // A new channel begins with the next alert.
      expect(more()).not.toContain(first);

      // The route of one channel changes. The other becomes invalid, which is reported, and continues with its last valid settings.
      write([
        { ...file, route: { severity: 'critical' } },
        { id: 'hook', kind: 'webhook', options: { allowPrivat: true } },
      ]);
      await until(async () => (await channels()).get('hook') === 'channel.wrong');
      const [before, delivered] = [more().length, hook.ids.length];
      await raise();
      await until(() => hook.ids.length > delivered);
      expect(more()).toHaveLength(before);

      // When a channel is removed, its pending deliveries are given up.
      hook.fail();
      await raise();
      await until(async () =>
        (await page.call('channels.list', {})).some(({ id, state }) => id === 'hook' && state?.failure),
      );
      const [alert] = (await page.call('alerts', { limit: 1 })).alerts;
      write([file]);
      await until(async () => !(await channels()).has('hook'));
      await until(async () => {
        const deliveries = await page.call('alerts.deliveries', { alertIds: [alert?.id ?? ''] });
        return deliveries.some(({ channel, reason }) => channel === 'hook' && reason === 'channel-removed');
      });

      // Bitcoin's alerts are routed to the channel whose watchlist contains it when they are raised.
      const routed = (name: string) => ({
        id: name,
        kind: 'file',
        options: { path: `${name}.txt` },
        route: { watchlist: name },
      });
      const [majors, others] = [routed('majors'), routed('others')];
      write(
        [majors, others],
        [
          { id: 'majors', coins: ['bitcoin', 'zcash'] },
          { id: 'others', coins: ['ethereum'] },
        ],
      );
      await until(async () => (await channels()).get('others') === 'open');
      const third = await raise();
      await until(() => linesOf('majors.txt').includes(third));
      write(
        [majors, others],
        [
          { id: 'majors', coins: ['zcash'] },
          { id: 'others', coins: ['bitcoin'] },
        ],
      );
      await until(async () =>
        (await page.call('settings.get', {})).settings.watchlists[1]?.coins.includes('bitcoin'),
      );
      const fourth = await raise();
      await until(() => linesOf('others.txt').includes(fourth));
      expect(linesOf('majors.txt')).toEqual([third]);
      expect(linesOf('others.txt')).toEqual([fourth]);

      // A watchlist that a channel refers to cannot be removed. Without it in the file, the channel continues with its last coins.
      const removed = await runCli(['watchlists', 'remove', 'others'], { MONITOR_DATA_DIR: folder });
      expect(removed.code).toBe(1);
      expect(removed.stderr).toContain(
        'Channel "others": there is no watchlist "others". There are: majors.',
      );
      write([majors, others], [{ id: 'majors', coins: ['zcash'] }]);
      await until(async () => (await channels()).get('others') === 'channel.wrong');
      const listed = await runCli(['channels', 'list'], { MONITOR_DATA_DIR: folder });
      expect(listed.stdout).toContain('there is no watchlist "others"');
      const fifth = await raise();
      await until(() => linesOf('others.txt').includes(fifth));
    } finally {
      page.close();
      await program.end('SIGTERM');
      await market.close();
    }
  });
  await hook.close();
});
